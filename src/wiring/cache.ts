import { isAbsolute, join } from "node:path";
import type { Memo } from "../core/ports.ts";
import type { LoadedConfig } from "../core/settings.ts";
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
  },
  world: Pick<World, "notice">,
  closing: Closing,
): OpenCache {
  const { folder, env, loaded, digest } = place;
  const cache = createCache({
    folder,
    url: addressOf(env, loaded),
    namespace: () => `testx-${digest("the namespace of the cache").slice(0, 16)}`,
    fallback: loaded?.switches.localStorageFallback ?? true,
    onProblem: ({ code, message }) => world.notice(`${code}: ${message}`),
  });
  closing.push(() => cache.close());
  return cache;
}

/** The answers that the gateways keep; what is still being stored is waited for at the end. */
export function openAnswers(
  kept: { readonly cache: OpenCache; readonly memo: Memo; readonly loaded: Settings },
  world: Pick<World, "redactor">,
  digest: (text: string) => string,
  closing: Closing,
): Answers {
  const answers = new Answers({
    ...{ store: kept.cache, memo: kept.memo, clock: systemClock, digest },
    holdsSecret: (text) => world.redactor.text(text) !== text,
    retentionMs: kept.loaded?.switches.cacheRetentionMs ?? dayMs,
  });
  closing.push(() => answers.settle());
  return answers;
}

/** Relative files begin at the project, as its other paths do. */
function addressOf(env: Env, loaded: Settings): string | undefined {
  const url = loaded?.switches.cacheUrl ?? (env.TESTX_CACHE_URL || undefined);
  const file = /^sqlite:(?:\/\/)?(.+)$/is.exec(url ?? "")?.[1];
  if (file === undefined || isAbsolute(file) || loaded === undefined) return url;
  return `sqlite:${join(loaded.project, file)}`;
}
