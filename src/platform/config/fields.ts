import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { AnyKind, AnyProvider } from "../../core/provider.ts";
import { findReferences, type Reference } from "../../core/references.ts";
import { type Finding, near, type Path } from "../../core/validate/problem.ts";

/** What may be left to others: the address follows from the rest. */
export function ignorable({ fields }: AnyKind): readonly string[] | undefined {
  return fields?.filter((field) => field !== "url");
}

/** Fields as a kind declares them: their names, and whether a name is one of them or below one. */
export function fieldNames(fields: readonly string[]) {
  const groups = fields.filter((field) => field.endsWith(".*")).map((field) => field.slice(0, -2));
  const names = [...fields.filter((field) => !field.endsWith(".*")), ...groups];
  return {
    names,
    isKnown: (name: string): boolean =>
      names.includes(name) || groups.some((group) => name.startsWith(`${group}.`)),
  };
}

/** Reports references to fields that the steps they lead to do not leave. */
export function checkReferredFields(
  entries: JsonObject,
  providers: ReadonlyMap<string, AnyProvider>,
): Finding[] {
  const findings: Finding[] = [];
  const known = new Map<AnyKind, ReturnType<typeof fieldNames>>();
  for (const [integration, entry] of Object.entries(entries)) {
    for (const [step, body] of Object.entries(members(members(entry).steps))) {
      const base = ["integrations", integration, "steps", step, "with"];
      for (const reference of findReferences(members(body).with ?? null)) {
        const kind = kindOf(reference, entries, providers);
        if (kind?.fields === undefined) continue;
        const fields = known.get(kind) ?? fieldNames(kind.fields);
        known.set(kind, fields);
        const found = unknownField(base, reference, kind, fields, findings);
        if (found !== undefined) findings.push(found);
      }
    }
  }
  return findings;
}

/** Reports a reference to a field that the step it leads to does not leave. */
export function checkReferredField(
  base: Path,
  reference: Reference,
  entries: JsonObject,
  providers: ReadonlyMap<string, AnyProvider>,
): Finding | undefined {
  const kind = kindOf(reference, entries, providers);
  if (kind?.fields === undefined) return undefined;
  return unknownField(base, reference, kind, fieldNames(kind.fields), []);
}

/** The kind of the step that a reference leads to; `undefined` when it leads to none. */
export function kindOf(
  { parts: [integration = "", step = "", ...rest] }: Pick<Reference, "parts">,
  entries: JsonObject,
  providers: ReadonlyMap<string, AnyProvider>,
): AnyKind | undefined {
  if (rest.length === 0 || rest.includes("")) return undefined;
  const entry = members(own(entries, integration));
  const { kind } = members(own(members(entry.steps), step));
  const provider = typeof entry.provider === "string" ? providers.get(entry.provider) : undefined;
  if (provider === undefined || typeof kind !== "string") return undefined;
  return Object.hasOwn(provider.kinds, kind) ? provider.kinds[kind] : undefined;
}

function unknownField(
  base: Path,
  { parts, path, offset, length }: Reference,
  { kind }: AnyKind,
  { names, isKnown }: ReturnType<typeof fieldNames>,
  soFar: readonly Finding[],
): Finding | undefined {
  const [integration = "", step = "", field = "", ...rest] = parts;
  // What lies within a field is known only when it is there.
  if (isKnown(field)) return undefined;
  const close = near(soFar, field, names);
  const choice = close === undefined ? ` It leaves ${names.join(", ")}.` : "";
  return {
    code: "REFERENCE_UNKNOWN",
    message: `${integration}.${step}, a ${kind}, leaves no field "${field}".${choice}`,
    path: [...base, ...path],
    part: { offset, length },
    ...(close === undefined
      ? {}
      : { suggestion: `\${${[integration, step, close, ...rest].join(".")}}` }),
  };
}

/** Names from the document may be ones that every object has. */
function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function members(value: Json | undefined): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}
