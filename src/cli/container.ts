import { join, resolve } from "node:path";
import { TestxError } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { AnyProvider } from "../core/provider.ts";
import type { LoadedConfig, ProviderSource } from "../core/settings.ts";
import type { FeatureDeps } from "../features/deps.ts";
import { systemClock } from "../platform/clock.ts";
import { discover } from "../platform/config/discover.ts";
import { loadConfig } from "../platform/config/load.ts";
import { host } from "../platform/host.ts";
import { sqliteJournal } from "../platform/store/journal.ts";
import { registry } from "../providers/registry.ts";
import type { Context } from "./context.ts";
import { secretsOf } from "./io.ts";
import type { SchemaFile } from "./options.ts";
import type { Project, Wanted } from "./project.ts";
import { sandboxOf } from "./sandboxed.ts";

/** The providers that a configuration may name. */
export const providers: ProviderSource = { ids: () => Object.keys(registry), load: loadProvider };

async function loadProvider(id: string): Promise<AnyProvider> {
  const load = Object.hasOwn(registry, id) ? registry[id] : undefined;
  if (!load) throw new Error(`no provider ${id}`);
  return load();
}

/** Wires the ports to what they are made of, opening only what the command wants. */
export async function openProject(wanted: Wanted, context: Context): Promise<Project> {
  const { global, io } = context;
  const folder = await stateFolder(context);
  const closing: (() => void | Promise<void>)[] = [];
  const services = wanted === "everything" || wanted === "services";
  const given = global.sandbox ? withoutHealthUrls({ ...io.env, ...(await nowhere()) }) : io.env;
  // Before anything is opened: a mistake in the configuration must leave no trace.
  const loaded = wanted === "journal" ? undefined : await load(wanted, context, given);
  const sandbox = global.sandbox && services ? await openSandbox(folder, context, closing) : {};
  const env = { ...given, ...sandbox };
  const journal = sqliteJournal(folder, systemClock);
  closing.push(() => journal.close());
  const open = services ? await openServices(folder, env, loaded, context, closing) : undefined;

  const deps = (command: string, emit: FeatureDeps["emit"]): FeatureDeps => {
    if (!open) throw new Error(`${command} did not ask for services`);
    return { ...open, journal, command, emit };
  };
  const config = (): LoadedConfig => {
    if (!loaded) throw new Error("the command did not ask for the configuration");
    return loaded;
  };
  return {
    journal,
    config,
    deps,
    sequenceDeps: (command, emit) => ({ ...deps(command, emit), sequence: config().sequence }),
    async close() {
      for (const close of closing.reverse()) await close();
    },
  };
}

/** `--state`, the project's settings, or `.testx` in the project; the sandbox's lies inside. */
export async function stateFolder({ global, io }: Pick<Context, "global" | "io">): Promise<string> {
  const own = global.state === undefined ? await projectState(io.cwd, global.config) : undefined;
  const folder = own ?? resolve(io.cwd, global.state ?? ".testx");
  return global.sandbox ? join(folder, "sandbox") : folder;
}

async function projectState(cwd: string, config: string | undefined): Promise<string | undefined> {
  try {
    const { project, settings } = await discover(cwd, config, (path) => path);
    const state = (settings?.value as { state?: Json } | undefined)?.state;
    return resolve(project, typeof state === "string" ? state : ".testx");
  } catch (error) {
    // What is wrong with the configuration is told where it is read; the journal needs none.
    if (error instanceof TestxError) return undefined;
    throw error;
  }
}

/** For undoing, a configuration that is broken by now is no obstacle. */
async function load(
  wanted: Wanted,
  { global, io }: Context,
  env: Context["io"]["env"],
): Promise<LoadedConfig | undefined> {
  try {
    return await loadConfig({ cwd: io.cwd, config: global.config, env, providers });
  } catch (error) {
    if (wanted === "services" && error instanceof TestxError) return undefined;
    throw error;
  }
}

/** The sandbox's services are asked themselves, not what stands for them elsewhere. */
function withoutHealthUrls(env: Context["io"]["env"]): Context["io"]["env"] {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/_HEALTH_CHECK_URL$/.test(name)),
  );
}

/** What the sandbox sets in the environment, at an address where nothing listens. */
async function nowhere(): Promise<Readonly<Record<string, string>>> {
  const { loadServices } = await import("../sandbox/services.ts");
  const services = await loadServices();
  const each = services.map(({ id, environment }) => environment(`http://127.0.0.1/${id}`));
  return Object.assign({}, ...each);
}

async function openSandbox(
  folder: string,
  context: Context,
  closing: (() => void | Promise<void>)[],
): Promise<Readonly<Record<string, string>>> {
  const { loadServices } = await import("../sandbox/services.ts");
  const services = await loadServices();
  const { createTransport } = await import("../platform/http.ts");
  const sandbox = await sandboxOf(folder, services, host.pid, () => createTransport());
  closing.push(() => sandbox.close());
  context.redactor.add(secretsOf(sandbox.environment));
  return sandbox.environment;
}

async function openServices(
  folder: string,
  env: Context["io"]["env"],
  loaded: LoadedConfig | undefined,
  { global, redactor, notice, interruption }: Context,
  closing: (() => void | Promise<void>)[],
): Promise<Omit<FeatureDeps, "journal" | "command" | "emit">> {
  const [{ createTransport }, { createSecrets }, { createCache }, { stateLock }, gateway] =
    await Promise.all([
      import("../platform/http.ts"),
      import("../platform/secrets.ts"),
      import("../platform/cache.ts"),
      import("../platform/lock.ts"),
      import("../gateway/context.ts"),
    ]);
  const { connector } = await import("../features/connect.ts");
  const { version } = await import("./version.ts");
  const transport = createTransport({ env });
  const secrets = createSecrets({ env, folder });
  const cache = createCache({
    folder,
    onProblem: ({ code, message }) => notice(`${code}: ${message}`),
  });
  closing.push(
    () => transport.close(),
    () => cache.close(),
  );
  const variable = (name: string): string | undefined => env[name] || undefined;
  const random = Math.random;
  return {
    clock: systemClock,
    random,
    cache,
    lock: stateLock(folder, host, systemClock),
    stop: interruption.signal,
    env: variable,
    provider: loadProvider,
    within: gateway.within,
    digest: secrets.digest,
    remember(secret) {
      secrets.remember(secret);
      redactor.add([secret]);
    },
    // The stand-ins answer for what they have done at once.
    settleMs: (integration, provider) => {
      if (global.sandbox) return 0;
      const known = loaded?.sequence.integrations.find(({ id }) => id === integration);
      return known?.settings.timeouts.settleMs ?? provider.settleMs ?? 5000;
    },
    connector: connector({
      transport,
      clock: systemClock,
      random,
      userAgent: `testx/${version}`,
      env: variable,
      provider: loadProvider,
      secrets,
      sequence: loaded?.sequence,
    }),
  };
}

/** For `testx config`: reads the configuration when it is asked to, and nothing else. */
export function configReader({ global, io }: Context): () => Promise<LoadedConfig> {
  return () => loadConfig({ cwd: io.cwd, config: global.config, env: io.env, providers });
}

/** The JSON Schema of a configuration file; that of the sequence knows every provider. */
export async function schemaOf(file: SchemaFile): Promise<JsonObject> {
  const { jsonSchema } = await import("../platform/config/json-schema.ts");
  const ids = file === "sequence" ? providers.ids() : [];
  return jsonSchema(file, await Promise.all(ids.map(loadProvider)));
}

/** This process, as others are told who has the sandbox open. */
export const { pid } = host;
