import type { Emit, RunEventBody } from "../core/events.ts";
import { rootFailure } from "../core/failure.ts";
import type { Verdict } from "../core/http.ts";
import type { Clock } from "../core/ports.ts";
import type { GatewayCall } from "./call.ts";

/** Told by `retry` of every attempt and of every wait; reports them as events. */
export interface Observer {
  started(call: GatewayCall): void;
  finished(call: GatewayCall, verdict: Verdict, status: number | undefined): void;
  /** A policy ended it before it was sent. */
  refused(call: GatewayCall, end: { readonly error?: unknown }): void;
  retrying(call: GatewayCall, delayMs: number, verdict: Verdict): void;
  /** It might have worked when sent again, but the retry budget is used up. */
  gaveUp(call: GatewayCall, verdict: Verdict): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type CallFinished = Mutable<Extract<RunEventBody, { type: "call.finished" }>>;

export function observer(emit: Emit, clock: Clock): Observer {
  return {
    started(call) {
      call.sentAt = call.at(clock);
    },
    finished(call, verdict, status) {
      const { operation, context } = call;
      call.endedAt = clock.monotonic();
      const event: CallFinished = {
        type: "call.finished",
        integration: call.integration,
        operation: operation.name,
        write: operation.write,
        attempt: call.attempt,
        requestId: call.requestId,
        outcome: verdict.outcome,
        durationMs: call.endedAt - call.sentAt,
      };
      if (context?.step !== undefined) event.step = context.step;
      if (status !== undefined) event.status = status;
      if (verdict.reason !== undefined) event.reason = verdict.reason;
      if (call.waitedMs > 0) event.waitedMs = call.waitedMs;
      if (call.breaker !== undefined) event.breaker = call.breaker;
      if (call.cache !== undefined) event.cache = status === 304 ? "revalidated" : call.cache;
      emit(event);
    },
    refused({ integration, operation, context }, { error }) {
      const failure = rootFailure(error);
      if (failure === undefined) return;
      const step = context?.step;
      emit({
        ...{ type: "call.refused", integration, operation: operation.name },
        ...{ write: operation.write, failure },
        ...(step !== undefined && { step }),
      });
    },
    retrying(call, delayMs, verdict) {
      const step = call.context?.step;
      emit({
        type: "call.retrying",
        integration: call.integration,
        ...(step !== undefined && { step }),
        operation: call.operation.name,
        attempt: call.attempt + 1,
        delayMs,
        reason: verdict.reason ?? verdict.outcome,
      });
    },
    gaveUp({ integration, operation, context, attempt }, verdict) {
      const step = context?.step;
      emit({
        ...{ type: "call.given-up", integration, operation: operation.name, attempt },
        reason: `${verdict.reason ?? verdict.outcome}; the retry budget is used up`,
        ...(step !== undefined && { step }),
      });
    },
  };
}
