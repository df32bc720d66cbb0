import type { LookupFunction, Socket } from "node:net";
import { getBuiltinModule } from "node:process";
import type { TcpProbe } from "../core/ports.ts";
import { hostProblem } from "../core/web-address.ts";
import { WireError } from "../core/wire-error.ts";
import { fromSocketError } from "./http/errors.ts";
import { guardedLookup } from "./http/lookup.ts";

/**
 * Tries ports; never connects to link-local and cloud metadata addresses.
 *
 * @param lookup in place of the system's; its answers are judged all the same
 */
export function tcpProbe(lookup?: LookupFunction): TcpProbe {
  return ({ host, port, connectMs, signal }) =>
    new Promise<void>((resolve, reject) => {
      const bare = host.replace(/^\[(.*)\]$/, "$1");
      const problem = hostProblem(host);
      if (problem !== undefined) {
        reject(new WireError("forbidden", `${host} ${problem}`, { sent: false }));
        return;
      }
      const shown = `${host}:${port}`;
      const at = { url: new URL(`tcp://${bare.includes(":") ? `[${bare}]` : bare}:${port}`) };
      let socket: Socket | undefined;
      const end = (error?: WireError): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        socket?.destroy();
        if (error === undefined) resolve();
        else reject(error);
      };
      const onAbort = (): void =>
        end(new WireError("aborted", "aborted", { sent: false, cause: signal?.reason }));
      const timer = setTimeout(() => {
        const message = `no connection to ${shown} within ${connectMs} ms`;
        end(new WireError("connect-timeout", message, { sent: false }));
      }, connectMs);
      if (signal?.aborted) {
        onAbort();
        return;
      }
      signal?.addEventListener("abort", onAbort);
      socket = getBuiltinModule("node:net").connect({
        host: new URL(`http://${at.url.host}`).hostname.replace(/^\[(.*)\]$/, "$1"),
        port,
        lookup: guardedLookup(lookup),
      });
      socket.once("connect", () => end());
      socket.once("error", (cause) =>
        end(fromSocketError(cause, { ...at, secure: false, sent: false, status: undefined })),
      );
    });
}
