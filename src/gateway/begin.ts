import type { Wire } from "../core/http.ts";
import { GatewayCall } from "./call.ts";
import { current } from "./context.ts";
import type { Policy } from "./policy.ts";

/**
 * The outermost policy: makes the call out of what the SDK gave and of the context around it,
 * gives it its time to connect, and ends it where another policy goes on behind `retry`, which
 * ends all others: a promise less for each. One that was interrupted before goes no further.
 */
export function begin(integration: string, wire: Wire, connectMs?: number): Policy {
  const describe = wire.describe.bind(wire);
  return (next) => (url, init) => {
    let call: GatewayCall;
    try {
      call = new GatewayCall(integration, describe, url, init, current(), connectMs);
      if (call.cancelled !== undefined) throw call.cancellation("not-applied");
    } catch (error) {
      return Promise.reject(error);
    }
    const ended = next(url, call);
    if (!call.outlasted) return ended;
    return ended.then(
      (reply) => {
        call.end();
        return reply;
      },
      (error: unknown) => {
        call.end();
        throw error;
      },
    );
  };
}
