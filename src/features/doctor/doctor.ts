import type { Area, Diagnosis } from "../../core/diagnosis.ts";
import { fail } from "../../core/failure.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import { suggest } from "../../core/suggest.ts";
import type { EngineDeps } from "../../engine/deps.ts";
import { lacking } from "../../engine/prerequisites.ts";
import { type FeatureDeps, forRun } from "../deps.ts";
import { type Check, runChecks } from "./checks.ts";
import { configurationChecks } from "./configuration.ts";
import type { DoctorDeps } from "./deps.ts";
import { driftChecks } from "./drift.ts";
import { gatewayChecks } from "./gateway.ts";
import { type Endpoint, hostsOf } from "./hosts.ts";
import { networkChecks } from "./network.ts";
import { runtimeChecks } from "./runtime.ts";
import { secretChecks } from "./secrets.ts";
import { serviceCheckId, serviceChecks } from "./services.ts";
import { stateChecks } from "./state.ts";

export interface DoctorOptions {
  /** Only what concerns these integrations, and what they depend on. */
  readonly integrations?: readonly string[];
}

/**
 * Looks at everything that setup depends on, in that order, and tells the cause from what
 * follows from it. Sends no write and changes nothing.
 *
 * @throws TestxError INTEGRATION_UNKNOWN
 */
export async function doctor(deps: DoctorDeps, options: DoctorOptions = {}): Promise<Diagnosis> {
  const config = await deps.config().catch(() => undefined);
  const wanted = options.integrations ?? [];
  const loaded = config && narrowed(config, wanted);
  const checks = [
    ...runtimeChecks(deps),
    ...configurationChecks(deps.config),
    ...stateChecks(deps),
    ...(loaded ? servicesOf(loaded, deps) : []),
  ];
  const seen = new Set<Area>(wanted.length === 0 ? [] : aside);
  return runChecks(
    checks.filter(({ id }) => !seen.has(id.slice(0, id.indexOf(".")) as Area)),
    deps,
  );
}

/** Not what is asked about when one integration is. */
const aside: readonly Area[] = ["runtime"];

function narrowed(config: LoadedConfig, wanted: readonly string[]): LoadedConfig {
  if (wanted.length === 0) return config;
  const { sequence } = config;
  const known = sequence.integrations.map(({ id }) => id);
  for (const id of wanted) {
    if (known.includes(id)) continue;
    const [meant] = suggest(id, known);
    const hint =
      meant === undefined ? `There are ${known.join(", ")}.` : `Did you mean "${meant}"?`;
    fail("INTEGRATION_UNKNOWN", `The sequence has no integration "${id}". ${hint}`);
  }
  return {
    ...config,
    sequence: {
      ...sequence,
      integrations: sequence.integrations.filter(({ id }) => wanted.includes(id)),
      steps: sequence.steps.filter(({ integration }) => wanted.includes(integration)),
    },
  };
}

function servicesOf(config: LoadedConfig, deps: DoctorDeps): Check[] {
  const { sequence, providers } = config;
  const hosts = hostsOf(
    sequence.integrations.flatMap(({ id, provider, settings }): Endpoint[] => {
      const variable = providers.get(provider)?.endpoint?.env;
      const url = settings.health.url ?? settings.endpoint;
      return url === undefined
        ? []
        : [{ integration: id, url, ...(variable === undefined ? {} : { variable }) }];
    }),
  );
  const open = lazily(() => deps.services(config));
  const engine = lazily(async (): Promise<EngineDeps> => forRun(await open(), "doctor").engine);
  const proxied = deps.env("NODE_USE_ENV_PROXY") === "1" && anyProxy(deps.env);
  const network = networkChecks(hosts, {
    network: deps.network,
    now: () => deps.clock.now(),
    env: deps.env,
  });
  const missing = async (id: string) => {
    const integration = sequence.integrations.find((one) => one.id === id);
    if (!integration) return [];
    const steps = sequence.steps.filter((step) => step.integration === id);
    return lacking(await engine(), integration, steps);
  };
  const services = serviceChecks({
    ...{ sequence, hosts, engine },
    proxied: ({ local }) => proxied && !local,
  });
  const whole = async (): Promise<FeatureDeps & { sequence: typeof sequence }> => ({
    ...(await open()),
    sequence,
  });
  return [
    ...secretChecks(config, { ...deps, missing }),
    ...network,
    ...services,
    ...driftChecks(
      whole,
      sequence.integrations.map(({ id }) => serviceCheckId(id)),
    ),
    ...gatewayChecks(
      sequence.integrations.map(({ id }) => id),
      deps,
    ),
  ];
}

function anyProxy(env: DoctorDeps["env"]): boolean {
  const names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
  return names.some((name) => (env(name) ?? "") !== "");
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
