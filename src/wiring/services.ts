import { createHash } from "node:crypto";
import type { Fetch } from "../core/http.ts";
import type { Clock, Lock, Memo, Random } from "../core/ports.ts";
import { secretVariables } from "../core/secret-variables.ts";
import type { LoadedConfig } from "../core/settings.ts";
import { connector } from "../features/connect.ts";
import type { FeatureDeps } from "../features/deps.ts";
import { within } from "../gateway/context.ts";
import { systemClock } from "../platform/clock.ts";
import { credentialOpener } from "../platform/credentials/open.ts";
import { host } from "../platform/host.ts";
import { createTransport } from "../platform/http.ts";
import { stateLock } from "../platform/lock.ts";
import { createSecrets, type Judge } from "../platform/secrets.ts";
import { tcpProbe } from "../platform/tcp.ts";
import { type Kept, openAnswers, openCache } from "./cache.ts";
import { openMemo } from "./memo.ts";
import { version } from "./version.ts";
import type { Env, World } from "./world.ts";

/** All that features need beside the journal, and who tells what to whom. */
export type Services = Omit<FeatureDeps, "journal" | "command" | "emit"> & {
  /** Left out in a simulation. */
  readonly kept?: Kept | undefined;
};

/** What a simulation puts in the place of the machine's own. */
export interface Simulated {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Fetch;
  readonly memo: Memo;
  readonly lock: Lock;
  digest(secret: string): string;
  /** The services are the real ones, and so are their credentials. */
  readonly credentials?: true;
  /** Looks closer at secrets than setup does. */
  readonly judge?: Judge;
}

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
  simulated?: Simulated,
): Services {
  const transport = simulated?.transport ?? openTransport(env, closing);
  const clock = simulated?.clock ?? systemClock;
  const kept = createSecrets({
    env,
    folder,
    seen: (secret) => world.redactor.add([secret]),
    judge: simulated?.judge,
  });
  const secrets = simulated ? { ...kept, digest: simulated.digest } : kept;
  const { digest } = secrets;
  const own = simulated ? undefined : openCache({ folder, env, loaded, digest }, world, closing);
  const memo = simulated?.memo ?? openMemo(folder, world, closing);
  const keeping = own && openAnswers({ cache: own, memo, loaded }, world, digest, closing);
  const variable = (name: string): string | undefined => env[name] || undefined;
  // A service may repeat what it was once given, whatever it is asked now.
  for (const name of loaded ? secretVariables(loaded) : []) secrets.remember(variable(name) ?? "");
  const provider = world.providers.load;
  const random = simulated?.random ?? Math.random;
  return {
    clock,
    random,
    kept: keeping?.kept,
    memo,
    lock: simulated?.lock ?? stateLock(folder, host, systemClock),
    stop: world.stop,
    env: variable,
    provider,
    within,
    digest: secrets.digest,
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    remember: secrets.remember,
    valid: world.valid,
    // The stand-ins answer for what they have done at once.
    settleMs: (integration, { settleMs = 5000 }) => {
      if (world.sandbox) return 0;
      const known = loaded?.sequence.integrations.find(({ id }) => id === integration);
      return known?.settings.timeouts.settleMs ?? settleMs;
    },
    connector: connector({
      transport,
      clock,
      random,
      userAgent: `testx/${version}`,
      env: variable,
      provider,
      secrets,
      // Of the stand-ins no other credential is to be known, nor a command to be run for them.
      credentials:
        world.sandbox || (simulated && !simulated.credentials)
          ? undefined
          : openCredentials(world, env, loaded?.project ?? world.cwd),
      sequence: loaded?.sequence,
      // A simulation plays the services themselves.
      standIns: world.sandbox && simulated === undefined,
      policies: loaded?.policies,
      valid: world.valid,
      tcp: tcpProbe(),
      memo,
      answers: keeping?.answers,
    }),
  };
}

function openCredentials(world: World, env: Env, project: string) {
  return credentialOpener({
    env,
    folder: world.cwd,
    project,
    clock: systemClock,
    seen: (value) => world.redactor.add([value]),
    notice: (text) => world.notice(text),
  });
}

type Closing = (() => void | Promise<void>)[];

function openTransport(env: Env, closing: Closing): Fetch {
  const transport = createTransport({ env });
  closing.push(() => transport.close());
  return transport;
}
