import type { Emit } from "../core/events.ts";
import { type Outcome, rootFailure } from "../core/failure.ts";
import type { Clock } from "../core/ports.ts";
import { callOf, type GatewayCall } from "./call.ts";
import type { Policy } from "./policy.ts";

/** Reports every attempt as `call.finished`. */
export function observe(emit: Emit, clock: Clock): Policy {
  return (next) => async (url, init) => {
    const call = callOf(init);
    const startedAt = clock.monotonic();
    try {
      const reply = await next(url, call);
      const verdict = call.verdict;
      report(call, startedAt, verdict?.outcome ?? "applied", verdict?.reason, reply.status);
      return reply;
    } catch (error) {
      const failure = rootFailure(error);
      report(call, startedAt, failure?.outcome ?? "unknown", failure?.code, failure?.status);
      throw error;
    }
  };

  function report(
    call: GatewayCall,
    startedAt: number,
    outcome: Outcome,
    reason: string | undefined,
    status: number | undefined,
  ): void {
    const step = call.context?.step;
    emit({
      type: "call.finished",
      integration: call.integration,
      ...(step !== undefined && { step }),
      operation: call.operation.name,
      write: call.operation.write,
      attempt: call.attempt,
      requestId: call.requestId,
      ...(status !== undefined && { status }),
      outcome,
      durationMs: clock.monotonic() - startedAt,
      ...(reason !== undefined && { reason }),
    });
  }
}
