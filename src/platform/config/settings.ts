import type { Json } from "../../core/json.ts";
import type { AnyProvider } from "../../core/provider.ts";
import type { Fallback, IntegrationSettings } from "../../core/sequence.ts";
import type { Switches, ValueOrigin } from "../../core/settings.ts";
import { address, boolean, type Environment, type Given, whole } from "./environment.ts";
import { applyLayers, type Layers } from "./layers.ts";
import type { ProjectSettings } from "./schemas.ts";

const hour = 3_600_000;
const usualSettleMs = 5_000;
const byDefault: ValueOrigin = { kind: "default" };

export interface Effective<T> {
  readonly settings: T;
  /** By name within the settings: `retry.maxAttempts`. */
  readonly values: ReadonlyMap<string, Given>;
}

export interface IntegrationFacts {
  readonly id: string;
  readonly required: boolean;
  readonly provider: AnyProvider;
  readonly onFailure: Given | undefined;
}

/**
 * What holds for one integration. Later wins: defaults, the project's settings and the files
 * (for all, then for this one), the sequence's own `onFailure`, environment, flags.
 */
export function integrationSettings(
  { id, required, provider, onFailure }: IntegrationFacts,
  layers: Layers,
  environment: Environment,
  fallbackEnabled: Given,
): Effective<IntegrationSettings> {
  const values = new Map<string, Given>();
  const set = (leaf: string, value: Json, origin: ValueOrigin) =>
    values.set(leaf, { value, origin });
  const put = (leaf: string, given: Given | undefined) => {
    if (given !== undefined) values.set(leaf, given);
  };
  const usual = required ? "fail" : "skip";
  set("fallback", usual, { kind: "default", note: required ? "required" : "optional" });
  set("health.intervalMs", 300_000, byDefault);
  set("health.expectedStatus", 200, byDefault);
  set("retry.maxAttempts", 3, byDefault);
  set("retry.baseDelayMs", 1_000, byDefault);
  set("retry.maxDelayMs", 30_000, byDefault);
  set("timeouts.connectMs", provider.timeouts.connectMs, { kind: "default", note: provider.id });
  set("timeouts.totalMs", provider.timeouts.totalMs, { kind: "default", note: provider.id });
  const settleMs = provider.settleMs ?? usualSettleMs;
  set("timeouts.settleMs", settleMs, { kind: "default", note: provider.id });
  if (provider.endpoint) {
    set("endpoint", provider.endpoint.url, { kind: "default", note: provider.id });
  }

  applyLayers(layers, id, required, set);
  put("fallback", onFailure);
  if (fallbackEnabled.value === false) set("fallback", usual, fallbackEnabled.origin);

  put(
    "health.intervalMs",
    environment.get("INTEGRATION_HEALTH_CHECK_INTERVAL", whole(0, 86_400_000)),
  );
  put("retry.maxAttempts", environment.get("INTEGRATION_RETRY_MAX_ATTEMPTS", whole(1, 20)));
  put("retry.baseDelayMs", environment.get("INTEGRATION_RETRY_BASE_DELAY", whole(0, 600_000)));
  put("timeouts.settleMs", environment.get("INTEGRATION_SETTLE_TIME", whole(0, 600_000)));
  for (const name of new Set([provider.id, id])) {
    put("health.url", environment.get(`${variablePart(name)}_HEALTH_CHECK_URL`, address));
  }
  if (provider.endpoint) put("endpoint", environment.get(provider.endpoint.env, address));
  return { settings: build(values), values };
}

function build(values: ReadonlyMap<string, Given>): IntegrationSettings {
  const number = (leaf: string) => values.get(leaf)?.value as number;
  const optional = (key: string, leaf: string) =>
    values.has(leaf) ? { [key]: values.get(leaf)?.value } : {};
  return {
    fallback: values.get("fallback")?.value as Fallback,
    health: {
      intervalMs: number("health.intervalMs"),
      expectedStatus: number("health.expectedStatus"),
      ...optional("url", "health.url"),
      ...optional("timeoutMs", "health.timeoutMs"),
    },
    retry: {
      maxAttempts: number("retry.maxAttempts"),
      baseDelayMs: number("retry.baseDelayMs"),
      maxDelayMs: number("retry.maxDelayMs"),
    },
    timeouts: {
      connectMs: number("timeouts.connectMs"),
      totalMs: number("timeouts.totalMs"),
      settleMs: number("timeouts.settleMs"),
    },
    ...optional("endpoint", "endpoint"),
  };
}

/** `my-crm` → `MY_CRM` */
function variablePart(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

/** What holds for all integrations alike. */
export function switchSettings(
  project: ProjectSettings["switches"],
  origin: (key: string) => ValueOrigin,
  environment: Environment,
): Effective<Switches> {
  const values = new Map<string, Given>();
  const put = (
    name: keyof Switches,
    standard: Json,
    key: keyof NonNullable<typeof project>,
    given: Given | undefined,
    factor = 1,
  ) => {
    const own = project?.[key];
    const written =
      own === undefined
        ? undefined
        : { value: typeof own === "number" ? own * factor : own, origin: origin(key) };
    values.set(name, given ?? written ?? { value: standard, origin: byDefault });
  };
  const flag = (name: string) => environment.get(name, boolean);
  const hours = environment.get("CACHED_DATA_RETENTION_HOURS", whole(0, 87_600, hour));
  put("enabled", true, "enabled", flag("INTEGRATION_SEQUENCE_ENABLED"));
  put("fallbackEnabled", true, "fallbackEnabled", flag("INTEGRATION_FALLBACK_ENABLED"));
  put("offline", false, "offline", flag("OFFLINE_MODE_ENABLED"));
  put("cacheRetentionMs", 24 * hour, "cacheRetentionHours", hours, hour);
  put("localStorageFallback", true, "localStorageFallback", flag("LOCAL_STORAGE_FALLBACK"));
  const settings = Object.fromEntries([...values].map(([name, { value }]) => [name, value]));
  return { settings: settings as unknown as Switches, values };
}
