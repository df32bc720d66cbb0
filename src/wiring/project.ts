import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../core/events.ts";
import { TestxError } from "../core/failure.ts";
import type { MetricsStore } from "../core/metrics.ts";
import { once } from "../core/once.ts";
import type { JournalStore, LockHolder, Memo } from "../core/ports.ts";
import { secretsIn } from "../core/secret-names.ts";
import type { Sequence } from "../core/sequence.ts";
import type { LoadedConfig } from "../core/settings.ts";
import type { FeatureDeps, SequenceDeps } from "../features/deps.ts";
import { systemClock } from "../platform/clock.ts";
import { host } from "../platform/host.ts";
import { lockHolder } from "../platform/lock.ts";
import { sqliteJournal } from "../platform/store/journal.ts";
import type { Kept } from "./cache.ts";
import { maskedJournal } from "./masking.ts";
import { openMemo } from "./memo.ts";
import { ownStandIns, providersOf } from "./own-providers.ts";
import { placed } from "./place.ts";
import { openMetrics, recorder } from "./recording.ts";
import type { Services } from "./services.ts";
import type { Env, World } from "./world.ts";

/** What of the project is needed: no more is opened or loaded. */
export type Wanted =
  /** The configuration and the services: to set up and to plan. */
  | "everything"
  /** The services; a configuration only for its settings, if it is valid: to undo. */
  | "services"
  /** The services, and the configuration if there is one: to compare with what was done. */
  | "recorded"
  /** The configuration, and no service. */
  | "config"
  /** The configuration, if it can be read, for its names, and no service. */
  | "remembered"
  /** What was done before. */
  | "journal";

type Emit = (event: RunEvent) => void;

/** The project with its ports open. */
export interface Project {
  /** Opened when it is first used. */
  readonly journal: JournalStore;
  /** What calls came to, of earlier commands too. */
  metrics(): Promise<MetricsStore>;
  /** What the gateway remembers: breakers, buckets. */
  memo(): Memo;
  /** False where a configuration was looked for and there is none. */
  readonly configured: boolean;
  /** Whether something was done on the sandbox, which this is not. */
  triedOut(): boolean;
  /** Who holds the lock of the state folder. */
  holder(): LockHolder | undefined;
  /** The services' answers that are kept. */
  answers(): Promise<Kept>;
  /** Throws what is wrong with the configuration. */
  config(): LoadedConfig;
  /** `undefined` where there is no configuration, or none that could be read. */
  sequence(): Sequence | undefined;
  /** @param command as others are told who holds the lock: `testx rollback` */
  deps(command: string, emit: Emit): FeatureDeps;
  sequenceDeps(command: string, emit: Emit): SequenceDeps;
  close(): Promise<void>;
}

/** Wires the ports to what they are made of, opening only what is wanted. */
export async function openProject(wanted: Wanted, world: World): Promise<Project> {
  const { folder, missing } = await placed(world);
  // Where there is nothing, nothing would be told of what the folder that was meant remembers.
  if (world.config !== undefined && missing !== undefined) throw missing;
  const closing: (() => void | Promise<void>)[] = [];
  const services = wanted !== "config" && wanted !== "journal" && wanted !== "remembered";
  // What was done before is in the journal, wherever it was done.
  const elsewhere = world.sandbox && wanted !== "journal";
  const given = elsewhere ? await sandboxed(world.env) : world.env;
  // Before anything is opened: a mistake in the configuration must leave no trace.
  const loaded = wanted === "journal" ? undefined : await load(wanted, world, given);
  const journal = maskedJournal(sqliteJournal(folder, systemClock), world.redactor);
  closing.push(() => journal.close());
  const metrics = openMetrics(folder, world, closing);
  const recording = recorder(metrics, systemClock, world, closing);
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  const memo = once(() => openMemo(folder, world, closing));
  const cachePlace = async () => {
    const { createSecrets } = await import("../platform/secrets.ts");
    const { digest } = createSecrets({ env: given, folder, seen: () => {} });
    return { folder, env: given, loaded, digest };
  };
  let open: Services | undefined;
  try {
    const env =
      world.sandbox && services
        ? await openSandboxEnv(folder, world, given, closing, loaded)
        : given;
    if (services) {
      const { openServices } = await import("./services.ts");
      const providers = await providersOf(world, loaded);
      open = openServices(folder, { ...world, providers }, env, loaded, closing);
      // Where memory must not take its place: before anything is asked or written.
      if (loaded?.switches.localStorageFallback === false) await open.kept?.cache.check();
    }
  } catch (error) {
    await close();
    throw error;
  }

  const deps = (command: string, emit: Emit): FeatureDeps => {
    if (!open) throw new Error(`${command} did not ask for services`);
    const told: Emit = (event) => {
      recording(event);
      world.watch?.(event);
      emit(event);
    };
    const { offline = false, fallbackEnabled = true } = loaded?.switches ?? {};
    const modes = { ...(offline && { offline }), ...(!fallbackEnabled && { strict: true }) };
    return { ...open, ...modes, journal, command, emit: told };
  };
  const config = (): LoadedConfig => {
    if (!loaded) throw new Error("the command did not ask for the configuration");
    return loaded;
  };
  return {
    journal,
    metrics,
    memo,
    configured: missing === undefined,
    triedOut: () => !world.sandbox && existsSync(join(folder, "sandbox", "state.db")),
    holder: () => lockHolder(folder, host)?.holder,
    answers: async () => {
      if (open?.kept) return open.kept;
      const { openKept } = await import("./cache.ts");
      return openKept({ ...(await cachePlace()), memo: memo() }, world, closing);
    },
    config,
    sequence: () => loaded?.sequence,
    deps,
    sequenceDeps: (command, emit) => ({ ...deps(command, emit), sequence: config().sequence }),
    close,
  };
}

/**
 * For undoing, a configuration that is broken by now is no obstacle; for comparing one is not
 * needed, but one that is there must be right.
 */
async function load(wanted: Wanted, world: World, env: Env): Promise<LoadedConfig | undefined> {
  const { loadConfig } = await import("../platform/config/load.ts");
  try {
    return await loadConfig({ ...world, env });
  } catch (error) {
    const code = error instanceof TestxError ? error.code : undefined;
    if ((wanted === "services" || wanted === "remembered") && code !== undefined) return undefined;
    if (wanted === "recorded" && code === "CONFIG_NOT_FOUND") return undefined;
    throw error;
  }
}

/**
 * The environment with what the sandbox sets in it, at an address where nothing listens. Its
 * services are asked themselves, not what stands for them elsewhere.
 */
export async function sandboxed(env: Env): Promise<Env> {
  const { loadServices } = await import("../sandbox/services.ts");
  const services = await loadServices();
  const nowhere = services.map(({ id, environment }) => environment(`http://127.0.0.1/${id}`));
  const all: Env = Object.assign({}, env, ...nowhere);
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => !/_HEALTH_CHECK_URL$/.test(name)),
  );
}

/** Starts the stand-ins, or joins those that run; gives the environment that leads to them. */
export async function openSandboxEnv(
  folder: string,
  world: World,
  env: Env,
  closing: (() => void | Promise<void>)[],
  loaded?: LoadedConfig,
): Promise<Env> {
  const { openSandbox } = await import("./sandbox.ts");
  const sandbox = await openSandbox(folder, await ownStandIns(world, loaded));
  closing.push(() => sandbox.close());
  world.redactor.add(secretsIn(sandbox.environment));
  return { ...env, ...sandbox.environment };
}
