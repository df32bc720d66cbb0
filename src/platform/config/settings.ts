import type { Json } from "../../core/json.ts";
import type { AnyProvider } from "../../core/provider.ts";
import type { CredentialSource, IntegrationSettings } from "../../core/sequence.ts";
import type { Switches, ValueOrigin } from "../../core/settings.ts";
import { applyDefaults } from "./defaults.ts";
import { settingsOf } from "./effective.ts";
import {
  address,
  boolean,
  cacheStore,
  type Environment,
  type Given,
  whole,
} from "./environment.ts";
import { askProvider, settleHealth } from "./health-layer.ts";
import { applyLayers, type Layers } from "./layers.ts";
import type { ProjectSettings } from "./schemas.ts";
import type { Values } from "./section.ts";

const hour = 3_600_000;
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
  readonly sandbox: boolean;
  /** Left out: the provider's own. */
  readonly credentials: readonly CredentialSource[] | undefined;
}

/**
 * What holds for one integration. Later wins: defaults, the project's settings and the files
 * (for all, then for this one), the sequence's own `onFailure`, environment, flags.
 */
export function integrationSettings(
  facts: IntegrationFacts,
  layers: Layers,
  environment: Environment,
  fallbackEnabled: Given,
): Effective<IntegrationSettings> {
  const { id, required, provider, onFailure, credentials } = facts;
  const values: Values = new Map();
  const put = (leaf: string, given: Given | undefined) => {
    if (given !== undefined) values.set(leaf, given);
  };
  const usual: Given = {
    value: required ? "fail" : "skip",
    origin: { kind: "default", note: required ? "required" : "optional" },
  };
  applyDefaults(provider, values);
  put("fallback", usual);
  applyLayers(layers, id, required, values);
  put("fallback", onFailure);
  if (fallbackEnabled.value === false) {
    for (const leaf of values.keys()) if (leaf.startsWith("fallback")) values.delete(leaf);
    values.set("fallback", { ...usual, origin: fallbackEnabled.origin });
  }
  applyEnvironment(id, provider, environment, put);
  if (facts.sandbox) askProvider(values);
  settleHealth(values);
  return { settings: settingsOf(values, credentials), values };
}

function applyEnvironment(
  id: string,
  provider: AnyProvider,
  environment: Environment,
  put: (leaf: string, given: Given | undefined) => void,
): void {
  put(
    "health.intervalMs",
    environment.get("INTEGRATION_HEALTH_CHECK_INTERVAL", whole(0, 86_400_000)),
  );
  put("retry.maxAttempts", environment.get("INTEGRATION_RETRY_MAX_ATTEMPTS", whole(1, 20)));
  put("retry.baseDelayMs", environment.get("INTEGRATION_RETRY_BASE_DELAY", whole(0, 600_000)));
  put("timeouts.settleMs", environment.get("INTEGRATION_SETTLE_TIME", whole(0, 600_000)));
  for (const name of new Set([provider.id, id])) {
    const url = environment.get(`${variablePart(name)}_HEALTH_CHECK_URL`, address);
    put("health.url", url);
    // Whatever the file says is asked instead.
    put("health.check", url && { value: "http", origin: url.origin });
  }
  if (provider.endpoint) put("endpoint", environment.get(provider.endpoint.env, address));
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
  cacheUrl: Given | undefined,
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
  const store = environment.get("TESTX_CACHE_URL", cacheStore) ?? cacheUrl;
  if (store !== undefined) values.set("cacheUrl", store);
  const settings = Object.fromEntries([...values].map(([name, { value }]) => [name, value]));
  return { settings: settings as unknown as Switches, values };
}
