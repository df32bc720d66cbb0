import { TestxError } from "../../core/failure.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { AnyKind, AnyProvider } from "../../core/provider.ts";
import type { ValidBefore } from "../../core/schema.ts";
import type { ProviderSource } from "../../core/settings.ts";
import { append, type Finding, near } from "../../core/validate/problem.ts";
import { checkReferredFields, fieldNames, ignorable } from "./fields.ts";
import { checkInput, type Env } from "./inputs.ts";
import { duplicateKeys, type KeyedStep } from "./natural-keys.ts";

export interface CheckedProviders {
  readonly findings: readonly Finding[];
  /** By id: those that the sequence names and that exist. */
  readonly providers: ReadonlyMap<string, AnyProvider>;
}

interface Trust {
  /** The stand-ins are asked, and never the services themselves. */
  readonly sandbox?: boolean | undefined;
  readonly valid?: ValidBefore | undefined;
}

/**
 * Checks what only the providers know: that they and their kinds exist, that `with` fits, and
 * that no two steps are one and the same resource. Loads the providers that are named.
 */
export async function checkProviders(
  document: Json,
  source: ProviderSource,
  env: Env,
  { sandbox = false, valid }: Trust,
): Promise<CheckedProviders> {
  const entries = members(members(document).integrations);
  const ids = source.ids();
  const wanted = new Set(Object.values(entries).map((entry) => members(entry).provider));
  const loaded = await Promise.all(
    ids
      .filter((id) => wanted.has(id))
      .map(async (id) => [id, await loadedFrom(source, id)] as const),
  );
  const providers = new Map(loaded.flatMap(([id, it]) => (it === undefined ? [] : [[id, it]])));
  const findings: Finding[] = [];
  const keyed: KeyedStep[] = [];
  for (const [id, entry] of Object.entries(entries)) {
    const { provider: name, ...rest } = members(entry);
    if (typeof name !== "string" || name === "") continue;
    const provider = providers.get(name);
    if (provider === undefined) {
      // One that cannot be loaded is told where it is named.
      if (!ids.includes(name)) findings.push(unknownProvider(id, name, ids));
      continue;
    }
    if (sandbox && source.own().includes(name) && needsStandIn(provider, env)) {
      findings.push(noStandIn(id, provider));
    }
    await checkIntegration(id, rest, provider, { env, valid }, findings, keyed);
  }
  append(findings, duplicateKeys(keyed));
  append(findings, checkReferredFields(entries, providers));
  return { findings, providers };
}

async function loadedFrom(source: ProviderSource, id: string): Promise<AnyProvider | undefined> {
  try {
    return await source.load(id);
  } catch (error) {
    if (error instanceof TestxError) return undefined;
    throw error;
  }
}

/** Whether nothing but the real service would answer. */
function needsStandIn({ endpoint, sandbox }: AnyProvider, env: Env): boolean {
  if (sandbox !== undefined) return false;
  if (endpoint === undefined) return true;
  const url = env[endpoint.env] || endpoint.url;
  return !(URL.canParse(url) && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(new URL(url).hostname));
}

function noStandIn(id: string, { id: name, endpoint }: AnyProvider): Finding {
  const or = endpoint === undefined ? "" : `, or point ${endpoint.env} at one on this machine`;
  return {
    code: "PROVIDER_NO_STAND_IN",
    message: `The provider ${name} has no stand-in, and on the sandbox its real service is not asked. Give it one${or}.`,
    path: ["integrations", id, "provider"],
  };
}

async function checkIntegration(
  id: string,
  entry: JsonObject,
  provider: AnyProvider,
  { env, valid }: { readonly env: Env } & Pick<Trust, "valid">,
  findings: Finding[],
  keyed: KeyedStep[],
): Promise<void> {
  const base = ["integrations", id];
  const config = await checkInput(
    { schema: provider.config, secrets: provider.configSecrets },
    entry.with,
    [...base, "with"],
    env,
    valid,
  );
  append(findings, config.findings);
  for (const [name, step] of Object.entries(members(entry.steps))) {
    const { kind: short, with: input, ignore } = members(step);
    if (typeof short !== "string" || short === "") continue;
    const path = [...base, "steps", name];
    const kind = Object.hasOwn(provider.kinds, short) ? provider.kinds[short] : undefined;
    if (kind === undefined) {
      findings.push(unknownKind([...path, "kind"], short, provider));
      continue;
    }
    append(findings, unknownFields([...path, "ignore"], ignore, kind));
    const checked = await checkInput(
      { schema: kind.input, secrets: kind.secrets },
      input,
      [...path, "with"],
      env,
      valid,
    );
    append(findings, checked.findings);
    if (checked.resolved === undefined) continue;
    const scope = `${provider.id} ${JSON.stringify(config.resolved ?? id)}`;
    keyed.push({ id: `${id}.${name}`, path, scope, kind, checked });
  }
}

function unknownProvider(id: string, name: string, ids: readonly string[]): Finding {
  const suggestion = near([], name, ids);
  return {
    code: "CONFIG_UNKNOWN_PROVIDER",
    message: `There is no provider "${name}". There are ${[...ids].sort().join(", ")}.`,
    path: ["integrations", id, "provider"],
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function unknownKind(path: Finding["path"], name: string, provider: AnyProvider): Finding {
  const kinds = Object.keys(provider.kinds);
  const prefix = `${provider.id}.`;
  const short = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const suggestion = kinds.includes(short) ? short : near([], short, kinds);
  return {
    code: "CONFIG_UNKNOWN_KIND",
    message: `The provider ${provider.id} has no kind "${name}". It has ${kinds.sort().join(", ")}.`,
    path,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** Names under `ignore` that are no fields of what the step makes. */
function unknownFields(path: Finding["path"], ignore: Json | undefined, kind: AnyKind): Finding[] {
  const fields = ignorable(kind);
  if (fields === undefined || !Array.isArray(ignore)) return [];
  const { names, isKnown } = fieldNames(fields);
  return ignore.flatMap((name, index): Finding[] => {
    if (typeof name !== "string" || name === "" || isKnown(name)) return [];
    const suggestion = near([], name, names);
    const choice = suggestion === undefined ? ` It has ${names.join(", ")}.` : "";
    return [
      {
        code: "CONFIG_BAD_VALUE",
        message: `A ${kind.kind} has no field "${name}" to ignore.${choice}`,
        path: [...path, index],
        ...(suggestion === undefined ? {} : { suggestion }),
      },
    ];
  });
}

function members(value: Json | undefined): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}
