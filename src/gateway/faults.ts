import { TestxError } from "../core/failure.ts";
import type { WireError, WireFault } from "../core/wire-error.ts";
import type { GatewayCall } from "./call.ts";

/** Code of the catalogue, and whether the same call may succeed a little later. */
const faults: Readonly<
  Record<Exclude<WireFault, "aborted">, { readonly code: string; readonly transient: boolean }>
> = {
  "connect-timeout": { code: "GATEWAY_TIMEOUT", transient: true },
  dns: { code: "GATEWAY_DNS", transient: true },
  forbidden: { code: "HTTP_URL_REFUSED", transient: false },
  invalid: { code: "GATEWAY_REQUEST_INVALID", transient: false },
  proxy: { code: "GATEWAY_PROXY", transient: true },
  refused: { code: "GATEWAY_REFUSED", transient: true },
  reset: { code: "GATEWAY_RESET", transient: true },
  tls: { code: "GATEWAY_TLS", transient: false },
  "too-large": { code: "GATEWAY_TOO_LARGE", transient: false },
  undecodable: { code: "GATEWAY_UNREADABLE", transient: true },
};

/** What a transport threw as a failure: unknown as soon as a byte may have left. */
export function fromWireError(error: WireError, call: GatewayCall): TestxError {
  const outcome = error.sent ? "unknown" : "not-applied";
  if (error.fault === "aborted") return call.cancellation(outcome, error);
  const { code, transient } = faults[error.fault];
  return new TestxError(
    call.failure(code, error.message, {
      outcome,
      transient,
      ...(error.status !== undefined && { status: error.status }),
    }),
    { cause: error },
  );
}
