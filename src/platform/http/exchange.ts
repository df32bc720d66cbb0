import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { FetchInit, Reply } from "../../core/http.ts";
import { BufferedReply, RecordHeaders } from "../../core/reply.ts";
import { WireError } from "../../core/wire-error.ts";
import { decode, isEncoded } from "./decode.ts";
import { fromSocketError } from "./errors.ts";

export interface Exchange {
  readonly start: (onReply: (reply: IncomingMessage) => void) => ClientRequest;
  readonly url: URL;
  readonly secure: boolean;
  readonly body: string | Uint8Array | undefined;
  /** By what it can be cancelled. */
  readonly init: Pick<FetchInit, "signal" | "onCancel">;
  readonly connectMs: number;
  readonly maxBytes: number;
}

/** One request and its whole reply. Whatever goes wrong, the socket is closed by then. */
export function exchange(parts: Exchange): Promise<Reply> {
  const { url, secure, init, connectMs, maxBytes } = parts;
  // Where there is the other, the signal is not even made.
  const signal = init.onCancel === undefined ? (init.signal ?? undefined) : undefined;
  return new Promise<Reply>((resolve, reject) => {
    if (signal?.aborted) {
      reject(new WireError("aborted", "aborted", { sent: false, cause: signal.reason }));
      return;
    }
    let request: ClientRequest | undefined;
    let head: IncomingMessage | undefined;
    let timer: NodeJS.Timeout | undefined;
    // From the moment there is a connection Node writes to it, so anything may have left.
    let sent = false;
    let received = false;
    let settled = false;

    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      init.onCancel?.(undefined);
      return true;
    };
    const giveUp = (error: WireError): void => {
      if (!settle()) return;
      reject(error);
      request?.destroy();
    };
    const succeed = (reply: IncomingMessage, body: Uint8Array): void => {
      if (settle()) resolve(whole(reply, url, body));
    };
    const broken = (cause: unknown): void => {
      if (received) return;
      giveUp(fromSocketError(cause, { url, secure, sent, status: head?.statusCode }));
    };
    const onAbort = (): void =>
      giveUp(
        new WireError("aborted", "aborted", {
          sent,
          status: head?.statusCode,
          cause: signal?.reason,
        }),
      );

    const onConnected = (): void => {
      sent = true;
      clearTimeout(timer);
    };
    const onSocket = (socket: Socket): void => {
      const pending = socket.connecting || (secure && isShakingHands(socket));
      if (request?.reusedSocket || !pending) onConnected();
      else socket.once(secure ? "secureConnect" : "connect", onConnected);
    };

    const onReply = (reply: IncomingMessage): void => {
      head = reply;
      const tooLarge = (): void =>
        giveUp(
          new WireError("too-large", `the reply is larger than ${maxBytes} bytes`, {
            sent,
            status: reply.statusCode,
          }),
        );
      const chunks: Buffer[] = [];
      let size = 0;
      if (Number(reply.headers["content-length"]) > maxBytes && request?.method !== "HEAD") {
        tooLarge();
        return;
      }
      reply.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) tooLarge();
        else chunks.push(chunk);
      });
      reply.on("error", broken);
      reply.on("end", () => {
        received = true;
        const raw = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
        const encoding = reply.headers["content-encoding"];
        if (!isEncoded(encoding) || size === 0) {
          succeed(reply, raw);
          return;
        }
        decode(raw, encoding, maxBytes).then(
          (plain) => succeed(reply, plain),
          (cause: unknown) => giveUp(undecodable(cause, reply, maxBytes)),
        );
      });
    };

    try {
      request = parts.start(onReply);
    } catch (cause) {
      reject(new WireError("invalid", message(cause), { sent: false, cause }));
      return;
    }
    timer = setTimeout(() => {
      giveUp(
        new WireError("connect-timeout", `no connection to ${url.host} within ${connectMs} ms`, {
          sent: false,
        }),
      );
    }, connectMs);
    signal?.addEventListener("abort", onAbort);
    init.onCancel?.(onAbort);
    request.on("socket", onSocket);
    request.on("error", broken);
    // A reply that announces another protocol ends the request without a word.
    request.on("close", () => broken(undefined));
    request.end(parts.body);
  });
}

function isShakingHands(socket: Socket & { secureConnecting?: boolean }): boolean {
  return socket.secureConnecting !== false;
}

function whole(reply: IncomingMessage, url: URL, body: Uint8Array): Reply {
  return new BufferedReply({
    status: reply.statusCode ?? 0,
    statusText: reply.statusMessage ?? "",
    url: withoutUser(url),
    headers: new RecordHeaders(reply.headers),
    body,
  });
}

function withoutUser(url: URL): string {
  if (url.username === "" && url.password === "") return url.href;
  const clean = new URL(url);
  clean.username = "";
  clean.password = "";
  return clean.href;
}

function undecodable(cause: unknown, reply: IncomingMessage, maxBytes: number): WireError {
  const grown = (cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
  return grown
    ? new WireError("too-large", `the reply is larger than ${maxBytes} bytes when unpacked`, {
        sent: true,
        status: reply.statusCode,
      })
    : new WireError("undecodable", `the reply cannot be unpacked: ${message(cause)}`, {
        sent: true,
        status: reply.statusCode,
        cause,
      });
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
