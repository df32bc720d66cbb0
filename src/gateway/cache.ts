import type { Emit } from "../core/events.ts";
import { TestxError } from "../core/failure.ts";
import type { Cacheable, Fetch, FetchInit, Reply, Wire } from "../core/http.ts";
import { defaultResponseCache } from "../core/policy-defaults.ts";
import type { Clock } from "../core/ports.ts";
import type { ResponseCacheSettings } from "../core/sequence.ts";
import type { Answers, Found } from "./answers.ts";
import { callOf, GatewayCall, type Watcher } from "./call.ts";
import type { CredentialSettings } from "./credentials.ts";
import type { End } from "./end.ts";
import { answerTo, confirmed, replyWith, sameTag } from "./kept-reply.ts";
import type { Policy } from "./policy.ts";

export interface CacheOptions {
  readonly wire: Wire;
  readonly settings: Partial<ResponseCacheSettings> | undefined;
  readonly answers: Answers;
  readonly clock: Clock;
  readonly emit: Emit;
  /** What the calls are sent with, where that is not what the SDK was given. */
  readonly credentials?: CredentialSettings | undefined;
}

/**
 * Answers reads from earlier answers, where that can do no harm. testx looks before it writes,
 * looks again after it has, looks what became of a write without an answer, and compares before
 * it undoes: what it sees then decides about somebody's data, so it must be what is there. The
 * rule, by the phase of the work that a call belongs to (`CallContext.phase`):
 *
 * - `apply`, `undo`, `health`, and calls of no phase: asked in full. Nothing is looked up.
 * - `read` (plan, drift, setup's first look, verifying, settling, comparing before an undo): asked.
 *   Where the service gave an ETag it is sent along, and a 304 brings back the earlier body: the
 *   service has looked, now, and says that nothing is different. Where it gave none, it is asked
 *   in full. Alone a `lookup` (which user has this address) is answered unasked while it is young,
 *   and no write has surprised since: being refused, or of unknown outcome. One that is a little
 *   older counts too, while a new one is fetched; any other when no new one can be had, up to the
 *   retention. How old it is is told.
 *
 * What has been asked before our own newest write to the same service was begun or ended does
 * not count for any of that, and serves its ETag only. Answers belong to the whole request with
 * all its headers, so another token, address or API version never meets them.
 */
export function responseCache(options: CacheOptions): Policy {
  const { wire, answers, clock, emit, credentials } = options;
  const { enabled, ttlMs, revalidateMs } = { ...defaultResponseCache, ...options.settings };
  const cacheable = wire.cacheable?.bind(wire);
  if (cacheable === undefined || !enabled) return (next) => next;
  const written = writeWatcher(answers);

  return (next) => (url, init) => {
    const call = callOf(init);
    if (call.operation.write) {
      call.watch(written);
      return next(url, call);
    }
    if (call.context?.phase !== "read") return next(url, call);
    const about = cacheable(call.request);
    if (about === undefined) return next(url, call);
    call.outlasted = true;
    return answer(next, url, call, about);
  };

  /** `undefined`: nobody can tell at the moment, and so nothing is looked up. */
  async function holder(): Promise<string | undefined> {
    if (credentials === undefined) return "";
    try {
      return await credentials.keyring.constant();
    } catch {
      return undefined;
    }
  }

  async function answer(
    next: Fetch,
    url: string | URL,
    call: GatewayCall,
    about: Cacheable,
  ): Promise<Reply> {
    const { origin, href } = call.request.url;
    const whose = await holder();
    if (whose === undefined) return next(url, call);
    const key = answers.keyOf(call.integration, identityOf(call, href, whose));
    const found = await answers.find(key, origin);
    const counts = about.lookup && (found?.outdated === "no" || found?.outdated === "yes");
    const fallback = counts ? found : undefined;
    const asking: Asking = { next, url, key, about, whose };
    if (fallback && call.context?.renew !== true) {
      const freshMs = ttlMs[about.kind] ?? about.ttlMs;
      if (fallback.ageMs < freshMs) return told("fresh", call, fallback);
      if (fallback.ageMs < freshMs + revalidateMs) {
        refresh(asking, call, fallback);
        return told("stale", call, fallback);
      }
    }
    const end = new LastEnd();
    call.watch(end);
    try {
      const reply = await ask(asking, call, found, end);
      const failed = end.last?.verdict.outcome !== "applied" && end.last?.verdict.transient;
      return fallback && failed ? told("stale", call, fallback) : reply;
    } catch (error) {
      if (fallback && call.cancelled !== "interrupted") return told("stale", call, fallback);
      throw error;
    }
  }

  /** Asks the service, along with the ETag of what is kept, and keeps what it says. */
  async function ask(
    { next, url, key, about, whose }: Asking,
    call: GatewayCall,
    found: Found | undefined,
    end: LastEnd,
  ): Promise<Reply> {
    const { origin } = call.request.url;
    const tag = found?.answer.headers.etag;
    const askedAt = clock.now();
    call.cache = "miss";
    if (tag !== undefined) call.override = { ...call.override, "if-none-match": tag };
    const reply = await next(url, call);
    if (reply.status === 304 && found && tag !== undefined) {
      if (sameTag(reply.headers.get("etag") ?? tag, tag)) {
        const now = confirmed(found.answer, reply, askedAt);
        answers.count(call.integration, "revalidated");
        if (whose === (await holder())) answers.keep(key, origin, now);
        return replyWith(now);
      }
      answers.forget(key);
      const what = "HTTP 304 with the ETag of something else than was asked for";
      const unknown = { outcome: "unknown", transient: true, status: 304 } as const;
      throw new TestxError(call.failure("GATEWAY_UNREADABLE", what, unknown));
    }
    answers.count(call.integration, "misses");
    const { last } = end;
    // With another credential it is somebody else's answer.
    if (whose !== (await holder())) return reply;
    const plain = last?.verdict.outcome === "applied" && last.verdict.reason === undefined;
    const kept = plain ? await answerTo(call, reply, about, askedAt) : undefined;
    if (kept !== undefined) answers.keep(key, origin, kept);
    else if (found && !last?.verdict.transient) answers.forget(key);
    return reply;
  }

  /** Asks once more behind the back of who got the older answer. */
  function refresh(asking: Asking, call: GatewayCall, found: Found): void {
    const { integration, method, headers, body, context, connectMs } = call;
    const given: FetchInit = { method, headers, body };
    const describe = wire.describe.bind(wire);
    const again = new GatewayCall(integration, describe, asking.url, given, context, connectMs);
    const end = new LastEnd();
    again.outlasted = true;
    again.watch(end);
    // Who is interested is told by the events of the attempt.
    ask(asking, again, found, end).then(
      () => again.end(),
      () => again.end(),
    );
  }

  function told(state: "fresh" | "stale", call: GatewayCall, { answer, ageMs }: Found): Reply {
    const { integration, operation, context } = call;
    answers.count(integration, state === "fresh" ? "hits" : "stale");
    const step = context?.step;
    emit({
      ...{ type: "call.cached", integration, operation: operation.name, state, ageMs },
      ...(step !== undefined && { step }),
    });
    return replyWith(answer);
  }
}

class LastEnd implements Watcher {
  last: End | undefined = undefined;

  ended(_: GatewayCall, end: End): void {
    this.last = end;
  }
}

interface Asking {
  readonly next: Fetch;
  readonly url: string | URL;
  readonly key: string;
  readonly about: Cacheable;
  /** Who asks, where not all of it is in the SDK's headers. */
  readonly whose: string;
}

/** Everything that could make the service answer differently; the token is in the headers. */
function identityOf(call: GatewayCall, href: string, whose: string) {
  const { "x-request-id": _, ...headers } = call.headers;
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return [call.method, href, call.request.body ?? null, whose, named.sort()];
}

/** Told before as well as after: the process may be killed in between. */
function writeWatcher(answers: Answers): Watcher {
  return {
    sending: (call) => answers.wrote(call.request.url.origin, false),
    ended(call, { verdict }) {
      if (call.sent) answers.wrote(call.request.url.origin, verdict.outcome !== "applied");
    },
  };
}
