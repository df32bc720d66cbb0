import {
  type Answer,
  answerOf,
  answerPrefix,
  type CacheCounts,
  countsOf,
  countsPrefix,
  noCounts,
  writtenOf,
  writtenPrefix,
} from "../core/answer.ts";
import type { CacheItem, CacheShare, CacheStats } from "../core/cache-report.ts";
import { type Failure, fail } from "../core/failure.ts";
import { asPast, healthPrefix } from "../core/health-record.ts";
import type { Json } from "../core/json.ts";
import type { BrowsableCache, Memo } from "../core/ports.ts";
import type { IntegrationSettings } from "../core/sequence.ts";
import type { WorkContext } from "../engine/deps.ts";
import type { SequenceDeps } from "./deps.ts";
import { plan } from "./plan.ts";

export interface KeptAnswers {
  readonly cache: BrowsableCache & { readonly place: string };
  readonly memo: Memo;
  readonly retentionMs: number;
}

/** Which answers; left out: whichever. */
export interface Chosen {
  readonly integration?: string | undefined;
  readonly kind?: string | undefined;
}

interface Kept {
  readonly key: string;
  readonly answer: Answer;
}

async function keptIn(cache: BrowsableCache, chosen: Chosen = {}): Promise<Kept[]> {
  const { integration, kind } = chosen;
  const within = integration === undefined ? answerPrefix : `${answerPrefix}${integration}:`;
  const entries = await cache.entries(within);
  return entries.flatMap(([key, value]) => {
    const answer = answerOf(value);
    const fits = answer !== undefined && (kind === undefined || answer.kind === kind);
    return fits ? [{ key, answer }] : [];
  });
}

/** How much is kept, and how often it has saved a call. @param now ms since the epoch */
export async function cacheStats(kept: KeptAnswers, now: number): Promise<CacheStats> {
  const answers = (await keptIn(kept.cache)).map(({ answer }) => answer);
  const counts = new Map(
    [...kept.memo.all(countsPrefix)].map(([key, value]) => [
      key.slice(countsPrefix.length),
      countsOf(value),
    ]),
  );
  const names = new Set([...answers.map(({ integration }) => integration), ...counts.keys()]);
  const ages = answers.map(({ askedAt }) => Math.max(0, now - askedAt));
  return {
    place: kept.cache.place,
    entries: answers.length,
    size: sizeOf(answers),
    ...(ages.length > 0 && { oldestMs: Math.max(...ages), newestMs: Math.min(...ages) }),
    integrations: [...names].sort().map((integration) => {
      const mine = answers.filter((answer) => answer.integration === integration);
      return share(integration, mine, counts.get(integration) ?? noCounts);
    }),
  };
}

function share(integration: string, answers: readonly Answer[], counts: CacheCounts): CacheShare {
  const { hits, misses, revalidated, stale } = counts;
  const saved = hits + revalidated + stale;
  const all = saved + misses;
  return {
    ...{ integration, entries: answers.length, size: sizeOf(answers), ...counts },
    ...(all > 0 && { hitRate: saved / all }),
  };
}

function sizeOf(answers: readonly Answer[]): number {
  return answers.reduce((sum, { body }) => sum + body.length, 0);
}

/** What is kept, by integration, kind and operation. @param now ms since the epoch */
export async function cacheList(
  kept: KeptAnswers,
  now: number,
  settings: (integration: string) => IntegrationSettings["cache"],
  chosen: Chosen = {},
): Promise<CacheItem[]> {
  const items = (await keptIn(kept.cache, chosen)).map(({ answer }): CacheItem => {
    const { integration, operation, kind, path, askedAt, body, headers, url } = answer;
    const ageMs = Math.max(0, now - askedAt);
    const ttlMs = settings(integration)?.ttlMs?.[kind] ?? answer.ttlMs;
    const origin = URL.parse(url)?.origin ?? "";
    const written = writtenOf(kept.memo.get(`${writtenPrefix}${origin}`));
    return {
      ...{ integration, operation, kind, path, size: body.length, ageMs },
      freshMs: Math.max(0, Math.min(ttlMs, kept.retentionMs) - ageMs),
      leftMs: Math.max(0, kept.retentionMs - ageMs),
      outdated: written === undefined || askedAt <= written.any,
      confirmable: headers.etag !== undefined,
    };
  });
  const place = ({ integration, kind, operation, path }: CacheItem) =>
    [integration, kind, operation, path].join("\n");
  return items.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/**
 * Forgets answers: all, or those of an integration or a kind. For people who know better, and for
 * events that say that something has changed. Gives how many there were.
 */
export async function forgetAnswers(cache: BrowsableCache, chosen: Chosen = {}): Promise<number> {
  const keys = (await keptIn(cache, chosen)).map(({ key }) => key);
  await cache.delete(keys);
  return keys.length;
}

/**
 * As `forgetAnswers`; without a kind also what was counted, and healthy checks that still counted:
 * since when a service has been as it is stays known.
 */
export async function clearCache(kept: KeptAnswers, chosen: Chosen = {}): Promise<number> {
  const { cache, memo } = kept;
  const { integration, kind } = chosen;
  const removed = await forgetAnswers(cache, chosen);
  if (kind !== undefined) return removed;
  if (integration === undefined) {
    await cache.delete((await cache.entries("")).map(([key]) => key));
  }
  const each = (prefix: string, change: (now: Json | undefined) => Json | undefined): void => {
    for (const key of memo.all(prefix).keys()) {
      if (integration === undefined || key === prefix + integration) memo.update(key, change);
    }
  };
  each(countsPrefix, () => undefined);
  each(healthPrefix, asPast);
  return removed;
}

/**
 * Asks for everything that a plan looks at, so that all of it is kept, and new. Sends no write.
 * Gives why some of it could not be asked for. Throws what `plan` throws, and TestxError OFFLINE_REFUSED.
 */
export async function warmCache(deps: SequenceDeps): Promise<Failure | undefined> {
  if (deps.offline) fail("OFFLINE_REFUSED", "Nothing can be asked for offline.");
  const { degraded } = await plan({
    ...deps,
    within: (context: WorkContext, work) => deps.within({ ...context, renew: true }, work),
  });
  return degraded;
}
