import { createHash } from "node:crypto";
import { secretVariables } from "../core/secret-variables.ts";
import type { LoadedConfig } from "../core/settings.ts";
import { connector } from "../features/connect.ts";
import type { FeatureDeps } from "../features/deps.ts";
import { within } from "../gateway/context.ts";
import { createCache } from "../platform/cache.ts";
import { systemClock } from "../platform/clock.ts";
import { host } from "../platform/host.ts";
import { createTransport } from "../platform/http.ts";
import { stateLock } from "../platform/lock.ts";
import { createSecrets } from "../platform/secrets.ts";
import { version } from "./version.ts";
import type { Env, World } from "./world.ts";

/** All that features need beside the journal, and who tells what to whom. */
export type Services = Omit<FeatureDeps, "journal" | "command" | "emit">;

/**
 * Opens what reaches the services. `env`: the world's own, or with what the sandbox sets in it.
 * What is to be closed at the end is added to `closing`.
 */
export function openServices(
  folder: string,
  world: World,
  env: Env,
  loaded: LoadedConfig | undefined,
  closing: (() => void | Promise<void>)[],
): Services {
  const transport = createTransport({ env });
  const secrets = createSecrets({
    env,
    folder,
    seen: (secret) => world.redactor.add([secret]),
  });
  const cache = createCache({
    folder,
    onProblem: ({ code, message }) => world.notice(`${code}: ${message}`),
  });
  closing.push(
    () => transport.close(),
    () => cache.close(),
  );
  const variable = (name: string): string | undefined => env[name] || undefined;
  // A service may repeat what it was once given, whatever it is asked now.
  for (const name of loaded ? secretVariables(loaded) : []) secrets.remember(variable(name) ?? "");
  const provider = world.providers.load;
  const random = Math.random;
  return {
    clock: systemClock,
    random,
    cache,
    lock: stateLock(folder, host, systemClock),
    stop: world.stop,
    env: variable,
    provider,
    within,
    digest: secrets.digest,
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    remember: secrets.remember,
    // The stand-ins answer for what they have done at once.
    settleMs: (integration, { settleMs = 5000 }) => {
      if (world.sandbox) return 0;
      const known = loaded?.sequence.integrations.find(({ id }) => id === integration);
      return known?.settings.timeouts.settleMs ?? settleMs;
    },
    connector: connector({
      transport,
      clock: systemClock,
      random,
      userAgent: `testx/${version}`,
      env: variable,
      provider,
      secrets,
      sequence: loaded?.sequence,
    }),
  };
}
