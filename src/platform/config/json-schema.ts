import * as z from "zod";
import { isObject, type JsonObject } from "../../core/json.ts";
import type { AnyKind, AnyProvider } from "../../core/provider.ts";
import { jsonSchemaOf } from "../../core/schema.ts";
import { ignorable } from "./fields.ts";
import { withReferences } from "./referable.ts";
import { type FileRole, fileSchemas, sequenceParts } from "./schemas.ts";

export const fileNames: Readonly<Record<FileRole, string>> = {
  sequence: "integration-sequence.json",
  health: "health-check-config.json",
  retry: "retry-policies.json",
  fallback: "fallback-strategies.json",
  project: "testx.config",
  scenarios: "outage-scenarios.json",
};

/**
 * The JSON Schema (draft 2020-12) of a configuration file, from its validator. That of a
 * sequence has a branch for each provider and within it for each kind, so that editors complete
 * what belongs to them; a string with a reference is right for any type.
 */
export function jsonSchema(role: FileRole, providers: readonly AnyProvider[]): JsonObject {
  const base = plain(fileSchemas[role]());
  const title = `testx: ${fileNames[role]}`;
  const head = { $schema: "https://json-schema.org/draft/2020-12/schema", title };
  if (role !== "sequence") return { ...head, ...base };
  const definitions: JsonObject = {
    reference: {
      type: "string",
      pattern: "\\$\\{[^{}]+\\}",
      description: "A reference: ${integration.step.field} or ${env.NAME}.",
    },
  };
  const branches = providers.map((provider) => integrationSchema(provider, definitions));
  const properties = members(base.properties);
  const integrations = members(properties.integrations);
  return {
    ...head,
    ...base,
    properties: {
      ...properties,
      integrations: { ...integrations, additionalProperties: { oneOf: branches } },
    },
    $defs: definitions,
  };
}

function integrationSchema(provider: AnyProvider, definitions: JsonObject): JsonObject {
  const base = plain(sequenceParts.integration());
  const properties = members(base.properties);
  const config = withReferences(jsonSchemaOf(provider.config), provider.id, definitions);
  const kinds = Object.entries(provider.kinds).map(([name, kind]) =>
    stepSchema(name, kind, definitions),
  );
  // One of a length that nobody wants to see once for each provider.
  definitions.credentials = properties.credentials as JsonObject;
  const branch = {
    ...base,
    title: provider.title,
    properties: {
      ...properties,
      credentials: { $ref: "#/$defs/credentials" },
      provider: { const: provider.id, description: provider.title },
      with: config,
      steps: { ...members(properties.steps), additionalProperties: { oneOf: kinds } },
    },
  };
  return withRequired(branch, config);
}

function stepSchema(name: string, kind: AnyKind, definitions: JsonObject): JsonObject {
  const base = plain(sequenceParts.step());
  const input = withReferences(jsonSchemaOf(kind.input), kind.kind, definitions);
  const branch = {
    ...base,
    title: kind.kind,
    properties: {
      ...members(base.properties),
      kind: { const: name },
      with: input,
      ...ignoreSchema(base, kind),
    },
  };
  return withRequired(branch, input);
}

/** The fields that the kind is known to have, where it says so. */
function ignoreSchema(base: JsonObject, kind: AnyKind): JsonObject {
  const fields = ignorable(kind);
  if (fields === undefined) return {};
  const { description = "" } = members(members(base.properties).ignore);
  const names = fields.filter((field) => !field.endsWith("*"));
  const groups = fields.filter((field) => field.endsWith(".*"));
  const items = [
    { enum: names.concat(groups.map((group) => group.slice(0, -2))) },
    ...groups.map((group) => ({ pattern: `^${group.slice(0, -1).replaceAll(".", "\\.")}.` })),
  ];
  const list = { type: "array", minItems: 1, items: { type: "string", anyOf: items } };
  return { ignore: { description, anyOf: [{ const: true }, list] } };
}

/** `with` may be left out only where an empty one would do. */
function withRequired(branch: JsonObject, input: JsonObject): JsonObject {
  const needs = Array.isArray(input.required) && input.required.length > 0;
  const required = Array.isArray(branch.required) ? branch.required : [];
  return needs ? { ...branch, required: [...required, "with"] } : branch;
}

function plain(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest as JsonObject;
}

function members(value: unknown): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}
