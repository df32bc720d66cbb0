/**
 * How a request ended without a reply that could be read whole.
 * forbidden: the address is one that testx does not connect to.
 * invalid: testx could not even build it. undecodable: the content encoding was broken.
 * reset: closed or cut, also a reply shorter than announced or against the protocol.
 */
export type WireFault =
  | "aborted"
  | "connect-timeout"
  | "dns"
  | "forbidden"
  | "invalid"
  | "proxy"
  | "refused"
  | "reset"
  | "tls"
  | "too-large"
  | "undecodable";

/** What a transport throws. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly fault: WireFault;
  /** False only when it is certain that no byte of the request left this machine. */
  readonly sent: boolean;
  /** The status, when the head of the reply had come. */
  readonly status: number | undefined;

  constructor(
    fault: WireFault,
    message: string,
    parts: { sent: boolean; status?: number | undefined; cause?: unknown },
  ) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.fault = fault;
    this.sent = parts.sent;
    this.status = parts.status;
  }
}
