import { isAbsolute, join } from "node:path";
import { cacheSecrets, namedFile } from "../core/cache-url.ts";
import type { Memo } from "../core/ports.ts";
import type { LoadedConfig } from "../core/settings.ts";
import type { KeptAnswers } from "../features/cache.ts";
import { Answers } from "../gateway/answers.ts";
import { createCache, type OpenCache } from "../platform/cache.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env, World } from "./world.ts";

type Closing = (() => void | Promise<void>)[];

/** What is known of the configuration; without one the environment alone speaks. */
type Settings = Pick<LoadedConfig, "project" | "switches"> | undefined;

/** Of the design: `CACHED_DATA_RETENTION_HOURS`. */
const dayMs = 86_400_000;

/** The cache of a state folder; closed with what else is in `closing`. */
export function openCache(
  place: {
    readonly folder: string;
    readonly env: Env;
    readonly loaded: Settings;
    digest(text: string): string;
    /** What people are told in place of where it is. */
    readonly shown?: string | undefined;
  },
  world: Pick<World, "notice" | "redactor">,
  closing: Closing,
): OpenCache {
  const { folder, env, loaded, digest, shown } = place;
  const url = cacheAddress(env, loaded);
  if (url !== undefined) world.redactor.add(cacheSecrets(url));
  const cache = createCache({
    folder,
    url,
    namespace: () => `testx-${digest("the namespace of the cache").slice(0, 16)}`,
    fallback: loaded?.switches.localStorageFallback ?? true,
    place: shown,
    onProblem: ({ code, message }) => world.notice(`${code}: ${message}`),
  });
  closing.push(() => cache.close());
  return cache;
}

/** What is kept of answers, and the gateways that keep them. */
export interface Kept extends KeptAnswers {
  readonly cache: OpenCache;
  /** Lets what is still being stored get there. */
  settle(): Promise<void>;
}

/** The answers that the gateways keep; what is still being stored is waited for at the end. */
export function openAnswers(
  { cache, memo, loaded }: { cache: OpenCache; memo: Memo; loaded: Settings },
  world: Pick<World, "redactor">,
  digest: (text: string) => string,
  closing: Closing,
): { readonly answers: Answers; readonly kept: Kept } {
  const retentionMs = loaded?.switches.cacheRetentionMs ?? dayMs;
  const answers = new Answers({
    ...{ store: cache, memo, clock: systemClock, digest, retentionMs },
    holdsSecret: (text) => world.redactor.text(text) !== text,
  });
  const settle = () => answers.settle();
  closing.push(settle);
  return { answers, kept: { cache, memo, retentionMs, settle } };
}

/** What is kept, where no call is to be made. */
export function openKept(
  place: Parameters<typeof openCache>[0] & { readonly memo: Memo },
  world: Pick<World, "notice" | "redactor">,
  closing: Closing,
): Kept {
  const retentionMs = place.loaded?.switches.cacheRetentionMs ?? dayMs;
  const cache = openCache(place, world, closing);
  return { cache, memo: place.memo, retentionMs, async settle() {} };
}

/** Relative files begin at the project, as its other paths do. */
export function cacheAddress(env: Env, loaded: Settings): string | undefined {
  const url = loaded?.switches.cacheUrl ?? (env.TESTX_CACHE_URL || undefined);
  const file = namedFile(url);
  if (file === undefined || isAbsolute(file) || loaded === undefined) return url;
  return `sqlite:${join(loaded.project, file)}`;
}
