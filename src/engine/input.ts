import { fail } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { AnyKind } from "../core/provider.ts";
import { dig, type Reference, resolve } from "../core/references.ts";
import {
  issueKeys,
  openBefore,
  type Schema,
  type SchemaIssue,
  type ValidBefore,
  validated,
} from "../core/schema.ts";
import { secretPaths } from "../core/secret-paths.ts";
import type { StepSpec } from "../core/sequence.ts";
import type { EngineDeps } from "./deps.ts";

export interface Prepared {
  /** What the kind's functions take; `undefined` when unknown values leave it invalid. */
  readonly input: unknown;
  /** The resolved input with secrets as references: what the journal keeps. */
  readonly safe: JsonObject;
  /** References whose value is not known yet. */
  readonly unknown: readonly Reference[];
}

/** Puts receipts and environment into a step's input and validates it. */
export async function prepare(
  spec: StepSpec,
  kind: AnyKind,
  deps: Pick<EngineDeps, "env" | "remember" | "valid">,
  state: (step: string) => JsonObject | undefined,
): Promise<Prepared> {
  const { value, missing } = resolve(spec.with, lookupIn(deps, state));
  // First of all: what a validator says of a value may quote it.
  const safe = withoutSecrets(spec.with, value, kind, deps);
  const input = await check(kind.input, value, spec.id, missing, deps.valid);
  return { input, safe, unknown: missing };
}

/** The value of the environment, or of a receipt, that a reference names by its parts. */
export function lookupIn(
  deps: Pick<EngineDeps, "env">,
  state: (step: string) => JsonObject | undefined,
): (parts: readonly string[]) => Json | undefined {
  return ([first, second, ...rest]) =>
    first === "env"
      ? deps.env([second, ...rest].join("."))
      : dig(state(`${first}.${second}`) ?? null, rest);
}

/** Validates an input that the journal kept; one that no longer fits is used as it is. */
export async function revive(
  kind: AnyKind,
  safe: JsonObject,
  { valid }: Pick<EngineDeps, "valid">,
): Promise<unknown> {
  const result = await validated(kind.input, safe, valid);
  return result.issues ? safe : result.value;
}

async function check(
  schema: Schema<unknown>,
  value: JsonObject,
  step: string,
  missing: readonly Reference[],
  valid: ValidBefore | undefined,
): Promise<unknown> {
  const unknown = missing.map(({ path }) => JSON.stringify(path)).join(" ");
  const before =
    unknown === "" ? undefined : openBefore(schema, value, `unknown ${unknown}`, valid);
  if (before?.known) return undefined;
  const result = await validated(schema, value, valid);
  if (!result.issues) return result.value;
  const open = result.issues.filter((issue) => !concerns(issue, missing));
  if (open.length === 0) {
    before?.note();
    return undefined;
  }
  const list = open.map((issue) => `${issueKeys(issue).join(".") || "input"}: ${issue.message}`);
  return fail(
    "STEP_INPUT_INVALID",
    `The values that ${step} came to are not valid: ${list.join("; ")}.`,
  );
}

function concerns(issue: SchemaIssue, missing: readonly Reference[]): boolean {
  const path = issueKeys(issue);
  return missing.some(
    (reference) =>
      reference.path.slice(0, path.length).every((key, at) => String(key) === path[at]) ||
      path.slice(0, reference.path.length).every((key, at) => key === String(reference.path[at])),
  );
}

/** A copy in which secret fields hold their references as written, never a value. */
export function withoutSecrets(
  written: JsonObject,
  value: JsonObject,
  { input, secrets }: Pick<AnyKind, "input" | "secrets">,
  deps: Pick<EngineDeps, "remember">,
): JsonObject {
  const paths = secretPaths(input, secrets);
  if (paths.length === 0) return value;
  const copy = structuredClone(value);
  for (const path of paths) {
    let from: Json | undefined = written;
    let to: Json | undefined = copy;
    for (const key of path.slice(0, -1)) {
      from = dig(from ?? null, [key]);
      to = dig(to ?? null, [key]);
    }
    const last = path.at(-1)!;
    if (to === null || typeof to !== "object" || Array.isArray(to) || !(last in to)) continue;
    const secret = to[last];
    if (typeof secret === "string") deps.remember(secret);
    const original = dig(from ?? null, [last]);
    to[last] = typeof original === "string" && original.includes("${") ? original : "***";
  }
  return copy;
}
