import { backoffMs } from "../core/backoff.ts";
import { type Failure, rootFailure, TestxError } from "../core/failure.ts";
import type { Reply, Verdict } from "../core/http.ts";
import type { Clock, Random } from "../core/ports.ts";
import { BufferedReply } from "../core/reply.ts";
import { callOf, type GatewayCall } from "./call.ts";
import type { Classifier } from "./classify.ts";
import type { End } from "./end.ts";
import type { Observer } from "./observe.ts";
import type { Policy } from "./policy.ts";
import { RetryAccount } from "./retry-budget.ts";
import { policyByOperation, type RetrySettings } from "./retry-policies.ts";

export interface RetryDeps {
  readonly settings: RetrySettings;
  readonly classifier: Classifier;
  readonly observer: Observer;
  readonly clock: Clock;
  readonly random: Random;
  /** Left out: one of its own. */
  readonly account?: RetryAccount | undefined;
}

/**
 * The one owner of retry. Sends again what was surely not applied and may work later; what may
 * have been applied only when doing it twice is harmless, whatever the settings say. Never waits
 * past the deadline: when the wait would not fit, the call ends at once. So it does when the
 * gateway's retries are used up, and when testx itself refused to send it.
 */
export function retry(deps: RetryDeps): Policy {
  const { classifier, clock, observer, random } = deps;
  const policyOf = policyByOperation(deps.settings);
  const budget = deps.account ?? new RetryAccount(deps.settings.budget);
  return (next) => {
    const send = (url: string | URL, call: GatewayCall): Promise<Reply> => {
      call.sent = false;
      call.mended = false;
      return next(url, call).then(
        (reply) => {
          if (!(reply instanceof BufferedReply)) return unbuffered(url, call, reply);
          try {
            return settle(url, call, classifier.reply(call, reply, reply.peek()));
          } catch (bug) {
            call.settled();
            throw bug;
          }
        },
        (error: unknown) => failed(url, call, error),
      );
    };
    // The slower ways may each have a promise of their own.
    const unbuffered = async (url: string | URL, call: GatewayCall, reply: Reply) => {
      try {
        return await settle(url, call, classifier.reply(call, reply, await reply.clone().text()));
      } finally {
        call.settled();
      }
    };
    const failed = async (url: string | URL, call: GatewayCall, error: unknown) => {
      try {
        const end = classifier.error(call, error);
        if (end === undefined) throw error;
        return await settle(url, call, end);
      } finally {
        call.settled();
      }
    };

    const settle = (url: string | URL, call: GatewayCall, end: End): Reply | Promise<Reply> => {
      if (call.sent) observer.finished(call, end.verdict, end.status);
      else observer.refused(call, end);
      call.ended(end);
      if (end.reply === undefined || end.verdict.outcome !== "applied") {
        return again(url, call, end).finally(() => call.settled());
      }
      call.settled();
      return end.reply;
    };
    const again = async (url: string | URL, call: GatewayCall, end: End): Promise<Reply> => {
      call.delayed = true;
      if (call.mended && call.cancelled === undefined) {
        call.anew += 1;
        return send(url, call);
      }
      if (!call.sent || !mayRepeat(end.verdict, call)) return result(end, call);
      const policy = policyOf(call.operation.name);
      const tries = call.attempt - call.anew;
      if (tries >= policy.maxAttempts) return result(end, call);
      const ownMs = backoffMs(policy, tries, call.pausedMs, random);
      // Never sooner than the service asks.
      const delayMs = Math.max(end.verdict.retryAfterMs ?? 0, ownMs);
      if (clock.monotonic() + delayMs >= call.deadline) return result(end, call);
      if (!budget.take()) {
        observer.gaveUp(call, end.verdict);
        return result(end, call);
      }
      call.pausedMs = ownMs;
      if (end.verdict.outcome === "unknown") call.unsure = true;
      observer.retrying(call, delayMs, end.verdict);
      try {
        await clock.sleep(delayMs, call.signal);
      } catch (cause) {
        throw call.cancellation(call.unsure ? "unknown" : "not-applied", cause);
      }
      return send(url, call);
    };
    return (url, init) => {
      budget.earn();
      const call = callOf(init);
      try {
        return send(url, call);
      } catch (bug) {
        call.settled();
        return Promise.reject(bug);
      }
    };
  };
}

/** Whether sending it again is harmless and may help. */
function mayRepeat(verdict: Verdict, call: GatewayCall): boolean {
  if (!verdict.transient || call.hopeless || call.cancelled !== undefined) return false;
  const { write, idempotent } = call.operation;
  return verdict.outcome !== "unknown" || !write || idempotent;
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
  if (call.instead !== undefined) throw call.instead;
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
