import type { FetchInit, Wire } from "../core/http.ts";
import { GatewayCall } from "./call.ts";
import { current } from "./context.ts";
import type { Policy } from "./policy.ts";

/**
 * The outermost policy: makes the call out of what the SDK gave and of the context around it,
 * and lets go of their signals when it is over. One that was interrupted before goes no further.
 */
export function begin(integration: string, wire: Wire): Policy {
  const describe = wire.describe.bind(wire);
  return (next) => async (url, init?: FetchInit) => {
    const call = new GatewayCall({ integration, url, init, context: current(), describe });
    if (call.cancelled !== undefined) throw call.cancellation("not-applied");
    try {
      return await next(url, call);
    } finally {
      call.release();
    }
  };
}
