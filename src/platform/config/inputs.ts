import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { resolve, scanReferences } from "../../core/references.ts";
import {
  jsonSchemaOf,
  openBefore,
  type Schema,
  type ValidBefore,
  validated,
} from "../../core/schema.ts";
import type { Finding, Path } from "../../core/validate/problem.ts";
import { findingsOf } from "./issues.ts";
import { oddIn } from "./odd.ts";
import { isSecretAt } from "./schema-walk.ts";

export type Env = Readonly<Record<string, string | undefined>>;

export interface CheckedInput {
  readonly findings: readonly Finding[];
  /** With the environment's values in place; `undefined` when it is no object at all. */
  readonly resolved: JsonObject | undefined;
  /** What the validator made of it, when it is valid as a whole. */
  readonly output: unknown;
  /** Top-level fields that hold references to values known only later. */
  readonly open: ReadonlySet<string>;
}

/** What a `with` must be like. */
export interface InputSpec {
  readonly schema: Schema<unknown>;
  /** Its top-level fields that are secrets; left out: those that the schema marks, at any depth. */
  readonly secrets?: readonly string[] | undefined;
}

/**
 * Validates a `with` against a provider's schema. A string with a reference is right for any
 * type; where the environment knows the value already, that value is validated.
 */
export async function checkInput(
  spec: InputSpec,
  written: Json | undefined,
  base: Path,
  env: Env,
  valid: ValidBefore | undefined,
): Promise<CheckedInput> {
  const nothing = { resolved: undefined, output: undefined, open: new Set<string>() };
  if (written !== undefined && !isObject(written)) return { findings: [], ...nothing };
  const value = (written ?? {}) as JsonObject;
  const { value: resolved, missing } = resolve(value, (parts) => lookup(parts, env));
  const { references, broken } = scanReferences(value);
  const excused = new Set([...missing, ...broken].map(({ path }) => JSON.stringify(path)));
  const variables = new Map<string, string[]>();
  for (const { parts, path } of references) {
    const place = JSON.stringify(path);
    if (parts[0] === "env") variables.set(place, [...(variables.get(place) ?? []), parts[1] ?? ""]);
  }

  const isSecret = secretsOf(spec);
  const found = (findings: readonly Finding[], output?: unknown): CheckedInput => ({
    findings: [
      ...findings.map((finding) => ({ ...finding, secret: isSecret?.(finding.path) ?? false })),
      ...(isSecret ? plainSecrets(value, isSecret) : []),
    ].map((finding) => ({ ...finding, path: [...base, ...finding.path] })),
    ...{ resolved, output, open: new Set(missing.map(({ path }) => String(path[0]))) },
  });
  const later = [...excused].join(" ");
  const open =
    later === "" ? undefined : openBefore(spec.schema, resolved, `references ${later}`, valid);
  if (open?.known) return found([]);
  const result = await validated(spec.schema, resolved, valid);
  const findings = findingsOf(result.issues ?? [], {
    value: resolved,
    schema: () => jsonSchemaOf(spec.schema),
    excused: (path) => excused.has(JSON.stringify(path)),
  }).map((finding) => blame(finding, variables.get(JSON.stringify(finding.path)), env));
  if (result.issues === undefined) return found(findings, result.value);
  if (findings.length === 0) open?.note();
  return found(findings);
}

/** An empty variable counts as one that is not set. */
function lookup(parts: readonly string[], env: Env): string | undefined {
  if (parts.length !== 2 || parts[0] !== "env") return undefined;
  const name = parts[1] as string;
  return (Object.hasOwn(env, name) && env[name]) || undefined;
}

function blame(finding: Finding, names: readonly string[] | undefined, env: Env): Finding {
  if (names === undefined) return finding;
  const odd = names.length === 1 ? oddIn(env[names[0] as string] ?? "") : "";
  const message = `The value of the environment variable ${names.join(", ")} does not fit here. ${finding.message}${odd}`;
  const [variable] = names;
  // What could be written in its place is told of the file, not of the variable.
  const { suggestion: _, ...rest } = finding;
  return { ...rest, code: "CONFIG_ENV_VALUE", message, ...(variable && { variable }) };
}

/** Tells whether a secret belongs at a path; `undefined`: nowhere. */
function secretsOf({ schema, secrets }: InputSpec): ((path: Path) => boolean) | undefined {
  if (secrets?.length === 0) return undefined;
  if (secrets) return ([field]) => secrets.includes(String(field));
  const json = jsonSchemaOf(schema);
  return JSON.stringify(json).includes('"writeOnly"')
    ? (path) => isSecretAt(json, path)
    : undefined;
}

/** Secrets that stand in the file itself. */
function plainSecrets(root: JsonObject, isSecret: (path: Path) => boolean): Finding[] {
  const findings: Finding[] = [];
  const visit = (value: Json, path: Path): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, [...path, index]);
    } else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    } else if (typeof value === "string" && value !== "" && isSecret(path)) {
      if (scanReferences(value).references.length > 0) return;
      const message =
        "A secret must not stand in the file: put it into the environment and refer to it by ${env.NAME}.";
      findings.push({ code: "CONFIG_SECRET_IN_FILE", message, path, secret: true });
    }
  };
  visit(root, []);
  return findings;
}
