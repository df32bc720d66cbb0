import type { Area, Diagnosis } from "../../core/diagnosis.ts";
import { TestxError } from "../../core/failure.ts";
import { once } from "../../core/once.ts";
import type { Sequence } from "../../core/sequence.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import { lacking } from "../../engine/prerequisites.ts";
import { Sessions } from "../../engine/session.ts";
import { sourcesOf } from "../credentials.ts";
import { forRun } from "../deps.ts";
import { narrowed } from "../narrowed.ts";
import { cacheChecks } from "./cache.ts";
import { type Check, type RunDeps, runChecks } from "./checks.ts";
import { configurationChecks } from "./configuration.ts";
import type { DoctorDeps } from "./deps.ts";
import { stepChecks } from "./drift.ts";
import { gatewayChecks } from "./gateway.ts";
import { type Endpoint, hostsOf } from "./hosts.ts";
import { networkChecks } from "./network.ts";
import { observing } from "./observed.ts";
import { passedOver } from "./passed-over.ts";
import { isProxied, proxyOf } from "./proxy.ts";
import { runtimeChecks } from "./runtime.ts";
import { secretChecks } from "./secrets.ts";
import { serviceChecks } from "./services.ts";
import { stateChecks } from "./state.ts";

export interface DoctorOptions extends Pick<RunDeps, "looking"> {
  /** Only what concerns these integrations. */
  readonly integrations?: readonly string[];
}

/**
 * Looks at everything that setup depends on, in that order, and tells the cause from what
 * follows from it. Sends no write and changes nothing.
 *
 * @throws TestxError INTEGRATION_UNKNOWN
 */
export async function doctor(deps: DoctorDeps, options: DoctorOptions = {}): Promise<Diagnosis> {
  const config = await deps.config().catch((error: unknown) => {
    if (error instanceof TestxError) return undefined;
    throw error;
  });
  const wanted = options.integrations ?? [];
  const loaded = config && { ...config, sequence: narrowed(config.sequence, wanted) };
  const checks = [
    ...runtimeChecks(deps),
    ...configurationChecks(deps.config),
    ...stateChecks(deps),
    ...(config && loaded ? servicesOf(loaded, config.sequence, deps) : []),
    ...cacheChecks(deps, config),
    ...(loaded ? gatewayChecks(loaded, deps) : []),
  ];
  const aside: readonly Area[] = wanted.length === 0 ? [] : ["runtime", "cache"];
  return runChecks(
    checks.filter(({ id }) => !aside.includes(id.slice(0, id.indexOf(".")) as Area)),
    { clock: deps.clock, stop: deps.stop, looking: options.looking },
  );
}

/** The longest that somebody who asks what is wrong waits for one answer, in ms. */
const longestMs = 15_000;

function hurried(config: LoadedConfig): LoadedConfig {
  const integrations = config.sequence.integrations.map((one) => {
    const { timeouts, health } = one.settings;
    const totalMs = Math.min(timeouts.totalMs, longestMs);
    // Each call of it has its limit; this is for what a provider of one's own may wait for instead.
    const timeoutMs = health.timeoutMs ?? 2 * totalMs;
    const hurried = { timeouts: { ...timeouts, totalMs }, health: { ...health, timeoutMs } };
    return { ...one, settings: { ...one.settings, ...hurried } };
  });
  return { ...config, sequence: { ...config.sequence, integrations } };
}

function isElsewhere(named: string | undefined, usual: string): boolean {
  return named !== undefined && URL.parse(named)?.origin !== URL.parse(usual)?.origin;
}

function withSeveralSources({ sequence, providers }: LoadedConfig, { env }: DoctorDeps): string[] {
  return sequence.integrations
    .filter(({ provider, settings }) => {
      const [spec] = providers.get(provider)?.secrets ?? [];
      return spec && (sourcesOf(spec, settings.credentials, env) ?? []).length > 1;
    })
    .map(({ id }) => id);
}

/** `whole`: the sequence with what was not asked for, to which steps may refer. */
function servicesOf(config: LoadedConfig, whole: Sequence, deps: DoctorDeps): Check[] {
  const { sequence, providers } = config;
  const wanted = sequence.integrations.map(({ id }) => id);
  const endpoints = sequence.integrations.flatMap(
    ({ id, provider, required, settings }): Endpoint[] => {
      const endpoint = providers.get(provider)?.endpoint;
      const { url: check } = settings.health;
      const api = endpoint && {
        url: settings.endpoint ?? endpoint.url,
        ...{ integration: id, required, variable: endpoint.env },
        moved: !deps.sandbox && isElsewhere(settings.endpoint, endpoint.url),
      };
      const own = check && { integration: id, required, url: check };
      return [...(api ? [api] : []), ...(own ? [own] : [])];
    },
  );
  const hosts = hostsOf(endpoints);
  const { through, of: seenOf } = observing();
  const credentials = passedOver(deps.sandbox ? [] : withSeveralSources(config, deps));
  const open = once(async () => {
    const features = await deps.services(hurried(config));
    const { connector } = features;
    // What is kept of limits and breakers neither stands in the way of a look nor learns from it.
    return {
      ...features,
      sequence: whole,
      emit: credentials.emit,
      connector: (emit: Parameters<typeof connector>[0]) => connector(emit, through, "none"),
    };
  });
  const engine = once(async () => {
    const { engine } = forRun(await open(), "doctor");
    return { engine, sessions: new Sessions(engine, "none") };
  });
  const proxy = proxyOf(deps.env);
  const { network, clock } = deps;
  const missing = async (id: string) => {
    const integration = sequence.integrations.find((one) => one.id === id);
    if (!integration) return [];
    const steps = sequence.steps.filter((step) => step.integration === id);
    return lacking((await engine()).engine, integration, steps);
  };
  return [
    ...secretChecks(config, { ...deps, missing }),
    ...credentials.checks,
    ...networkChecks(hosts, { network, now: () => clock.now(), proxy }),
    ...serviceChecks({
      ...{ sequence, hosts, engine, observed: seenOf },
      endpoint: (id) => endpoints.find(({ integration }) => integration === id),
      proxied: (host) => isProxied(proxy, host),
    }),
    ...stepChecks({ sequence: whole, wanted, features: open, engine }),
  ];
}
