import { type Failure, rootFailure, TestxError } from "../core/failure.ts";
import type { Reply, Verdict } from "../core/http.ts";
import type { Clock, Random } from "../core/ports.ts";
import { BufferedReply } from "../core/reply.ts";
import type { RetryPolicy } from "../core/sequence.ts";
import { callOf, type GatewayCall } from "./call.ts";
import type { Classifier, End } from "./classify.ts";
import type { Observer } from "./observe.ts";
import type { Policy } from "./policy.ts";

export type RetrySettings = RetryPolicy;

/** No call is sent more often than this, whatever the settings say. */
const mostAttempts = 3;

export interface RetryDeps {
  readonly settings: RetrySettings;
  readonly classifier: Classifier;
  readonly observer: Observer;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The one owner of retry. Sends again what was surely not applied and may work later; what may
 * have been applied only when doing it twice is harmless. Never waits past the deadline: when
 * the wait would not fit, the call ends at once.
 */
export function retry(deps: RetryDeps): Policy {
  const { classifier, clock, observer } = deps;
  const attempts = Math.min(mostAttempts, Math.max(1, deps.settings.maxAttempts));
  return (next) => {
    const send = (url: string | URL, call: GatewayCall): Promise<Reply> => {
      call.sent = false;
      call.mended = false;
      return next(url, call).then(
        (reply) =>
          reply instanceof BufferedReply
            ? settle(url, call, classifier.reply(call, reply, reply.peek()))
            : unbuffered(url, call, reply),
        (error: unknown) => {
          const end = classifier.error(call, error);
          if (end === undefined) throw error;
          return settle(url, call, end);
        },
      );
    };
    const unbuffered = async (url: string | URL, call: GatewayCall, reply: Reply) =>
      settle(url, call, classifier.reply(call, reply, await reply.clone().text()));

    const settle = (url: string | URL, call: GatewayCall, end: End): Reply | Promise<Reply> => {
      if (call.sent) observer.finished(call, end.verdict, end.status);
      else observer.refused(call, end);
      call.ended(end);
      if (end.reply !== undefined && end.verdict.outcome === "applied") return end.reply;
      return again(url, call, end);
    };
    const again = async (url: string | URL, call: GatewayCall, end: End): Promise<Reply> => {
      if (call.mended && call.cancelled === undefined) return send(url, call);
      const delayMs = call.attempt < attempts ? pause(end.verdict, call, deps) : undefined;
      if (delayMs === undefined) return result(end, call);
      if (end.verdict.outcome === "unknown") call.unsure = true;
      observer.retrying(call, delayMs, end.verdict);
      try {
        await clock.sleep(delayMs, call.signal);
      } catch (cause) {
        throw call.cancellation(call.unsure ? "unknown" : "not-applied", cause);
      }
      return send(url, call);
    };
    return (url, init) => send(url, callOf(init));
  };
}

/** How long to wait before the next attempt; `undefined`: there must be none. */
function pause(verdict: Verdict, call: GatewayCall, deps: RetryDeps): number | undefined {
  if (!verdict.transient || call.cancelled !== undefined) return undefined;
  const { write, idempotent } = call.operation;
  if (verdict.outcome === "unknown" && write && !idempotent) return undefined;
  const delayMs = waitMs(call.attempt, verdict.retryAfterMs, deps.settings, deps.random);
  return deps.clock.monotonic() + delayMs < call.deadline ? delayMs : undefined;
}

/**
 * Full jitter: anything up to base × 2^(attempt − 1), at most max; never less than the service
 * asked for. `attempt` is the one that has just failed, from 1.
 */
export function waitMs(
  attempt: number,
  retryAfterMs: number | undefined,
  settings: Pick<RetrySettings, "baseDelayMs" | "maxDelayMs">,
  random: Random,
): number {
  const ceiling = Math.min(settings.maxDelayMs, settings.baseDelayMs * 2 ** (attempt - 1));
  return Math.max(retryAfterMs ?? 0, Math.round(random() * ceiling));
}

function result(end: End, call: GatewayCall): Reply {
  if (end.reply === undefined) throw call.unsure ? asUnknown(end.error) : end.error;
  if (call.unsure && call.operation.write && !settles(end.reply, end.verdict, call)) {
    const status = end.reply.status;
    throw new TestxError(
      call.failure(
        "GATEWAY_UNSURE",
        `an attempt without an answer was followed by HTTP ${status}`,
        { outcome: "unknown", transient: end.verdict.transient, status },
      ),
    );
  }
  return end.reply;
}

/** Whether a reply ends the doubt about the attempts before it. */
function settles(reply: Reply, verdict: Verdict, call: GatewayCall): boolean {
  if (verdict.outcome !== "not-applied") return true;
  // Gone is what a DELETE wants, whichever attempt did it.
  return call.method === "DELETE" && (reply.status === 404 || reply.status === 410);
}

/** One attempt that may have taken effect makes the whole call unknown. */
function asUnknown(error: unknown): unknown {
  const failure = rootFailure(error);
  if (failure === undefined || failure.outcome === "unknown") return error;
  const unknown: Failure = { ...failure, outcome: "unknown" };
  return new TestxError(unknown, { cause: error });
}
