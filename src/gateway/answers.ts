import {
  type Answer,
  answerOf,
  answerPrefix,
  type CacheCounts,
  countsOf,
  countsPrefix,
  noCounts,
  type Written,
  writtenOf,
  writtenPrefix,
} from "../core/answer.ts";
import type { Json } from "../core/json.ts";
import type { BrowsableCache, Clock, Memo } from "../core/ports.ts";

export interface AnswersDeps {
  readonly store: BrowsableCache;
  /** Where own writes and counts are kept. */
  readonly memo: Memo;
  readonly clock: Clock;
  /** Keyed, so that nobody can try out what a key was made of: HMAC, in hexadecimal. */
  digest(text: string): string;
  /** Whether a known secret, or something that looks like one, stands in a text. */
  holdsSecret(text: string): boolean;
  /** Nothing older than this is used or kept, in ms. */
  readonly retentionMs: number;
}

/** An answer that is there, with what it may be used for. */
export interface Found {
  readonly answer: Answer;
  readonly ageMs: number;
  /** The newest of our own writes to the service that it is older than: none; one; one with a surprise. */
  readonly outdated: "no" | "yes" | "surprisingly";
}

const dayMs = 86_400_000;
/** So many are stored at once. */
const mostWaiting = 100;
/** A longer body is not kept, in characters. */
const longest = 1_000_000;

/**
 * The answers that are kept, of all integrations. That testx has written to a service is kept
 * beside them, by time: what was asked before does not count any more, whoever finds it. Where
 * that record is missing nothing counts. A store that fails makes a miss, never an error: a call
 * that the service has answered must not fail here.
 */
export class Answers {
  readonly #deps: AnswersDeps;
  readonly #counts = new Map<string, CacheCounts>();
  /** By key: what is to be stored. Lost with the process, it is asked again. */
  readonly #waiting = new Map<string, Answer>();
  readonly #underway = new Set<Promise<unknown>>();

  constructor(deps: AnswersDeps) {
    this.#deps = deps;
  }

  /** Where the answer to a request is kept; `request` tells it from every other one. */
  keyOf(integration: string, request: readonly Json[]): string {
    return `${answerPrefix}${integration}:${this.#deps.digest(JSON.stringify(request))}`;
  }

  async find(key: string, origin: string): Promise<Found | undefined> {
    const { store, clock, retentionMs } = this.#deps;
    try {
      const answer = this.#waiting.get(key) ?? answerOf(await store.get(key));
      if (answer === undefined) return undefined;
      const ageMs = clock.now() - answer.askedAt;
      if (ageMs < 0 || ageMs >= retentionMs) return undefined;
      return { answer, ageMs, outdated: standing(answer.askedAt, this.#writtenTo(origin)) };
    } catch {
      return undefined;
    }
  }

  /** Nobody has to wait for it; `settle` does. Stored together with others, away from the calls. */
  keep(key: string, origin: string, answer: Answer): void {
    const { memo, holdsSecret, retentionMs } = this.#deps;
    // Masked it would no longer be what the service said: it could not be compared with anything.
    const shown = [answer.body, answer.url, ...Object.values(answer.headers)];
    if (retentionMs <= 0 || answer.body.length > longest || shown.some(holdsSecret)) {
      this.forget(key);
      return;
    }
    const written = `${writtenPrefix}${origin}`;
    const before = answer.askedAt - 1;
    if (memo.get(written) === undefined) {
      this.#forgetOldWrites();
      memo.update(written, (known) => known ?? { any: before, surprising: before });
    }
    this.#waiting.set(key, answer);
    if (this.#waiting.size >= mostWaiting) this.#store();
  }

  forget(key: string): void {
    this.#waiting.delete(key);
    this.#quietly(() => this.#deps.store.delete([key]));
  }

  /** testx is writing to a service, or has written; `surprising`: and it came out otherwise. */
  wrote(origin: string, surprising: boolean): void {
    const { memo, clock } = this.#deps;
    const now = clock.now();
    const written = `${writtenPrefix}${origin}`;
    if (memo.get(written) === undefined) this.#forgetOldWrites();
    memo.update(written, (known) => {
      const earlier = writtenOf(known) ?? { any: 0, surprising: 0 };
      return {
        any: Math.max(earlier.any, now),
        surprising: surprising ? Math.max(earlier.surprising, now) : earlier.surprising,
      };
    });
  }

  count(integration: string, how: keyof CacheCounts): void {
    const counts = this.#counts.get(integration) ?? noCounts;
    this.#counts.set(integration, { ...counts, [how]: counts[how] + 1 });
  }

  /** Lets what is being stored get there, and adds up what was counted. */
  async settle(): Promise<void> {
    this.#store();
    await Promise.all(this.#underway);
    for (const [integration, fresh] of this.#counts) {
      this.#deps.memo.update(`${countsPrefix}${integration}`, (known) => ({
        ...added(countsOf(known), fresh),
      }));
    }
    this.#counts.clear();
  }

  /**
   * Those to services that nothing is kept of any more: stand-ins have another port each time.
   * Where one is missing nothing counts, so this can do no harm.
   */
  #forgetOldWrites(): void {
    const { memo, clock, retentionMs } = this.#deps;
    const oldest = clock.now() - Math.max(retentionMs, dayMs);
    const isOld = (known: Json | undefined): boolean => {
      const { any, surprising } = writtenOf(known) ?? { any: 0, surprising: 0 };
      return Math.max(any, surprising) < oldest;
    };
    for (const [key, known] of memo.all(writtenPrefix)) {
      // Another process may have written just now.
      if (isOld(known)) memo.update(key, (now) => (isOld(now) ? undefined : now));
    }
  }

  #store(): void {
    const values = new Map(this.#waiting) as ReadonlyMap<string, unknown>;
    this.#waiting.clear();
    const { store, retentionMs } = this.#deps;
    if (values.size === 0) return;
    this.#quietly(() => store.setMany(values as ReadonlyMap<string, Json>, retentionMs));
  }

  #writtenTo(origin: string): Written | undefined {
    return writtenOf(this.#deps.memo.get(`${writtenPrefix}${origin}`));
  }

  #quietly(work: () => Promise<unknown>): void {
    const done: Promise<void> = work().then(
      () => void this.#underway.delete(done),
      () => void this.#underway.delete(done),
    );
    this.#underway.add(done);
  }
}

function standing(askedAt: number, written: Written | undefined): Found["outdated"] {
  if (written === undefined || askedAt <= written.surprising) return "surprisingly";
  return askedAt <= written.any ? "yes" : "no";
}

function added(a: CacheCounts, b: CacheCounts): CacheCounts {
  return {
    hits: a.hits + b.hits,
    misses: a.misses + b.misses,
    revalidated: a.revalidated + b.revalidated,
    stale: a.stale + b.stale,
  };
}
