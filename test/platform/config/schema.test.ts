import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import { fileNames, jsonSchema } from "../../../src/platform/config/json-schema.ts";
import type { FileRole } from "../../../src/platform/config/schemas.ts";
import { providers } from "./project.ts";

const roles: readonly FileRole[] = ["sequence", "health", "retry", "fallback", "project"];
const schemas = new Map<FileRole, JsonObject>();

beforeAll(async () => {
  const all = await Promise.all([...providers.ids()].sort().map((id) => providers.load(id)));
  for (const role of roles) schemas.set(role, jsonSchema(role, all));
});

function accepts(role: FileRole, value: Json): boolean {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allErrors: true,
    validateFormats: false,
  });
  return ajv.validate(schemas.get(role) as object, value) as boolean;
}

function fileOf(role: FileRole): JsonObject {
  return JSON.parse(readFileSync(`config/integrations/${fileNames[role]}`, "utf8")) as JsonObject;
}

it.each(["sequence", "health", "retry", "fallback"] as const)("takes our own file: %s", (role) => {
  expect(accepts(role, fileOf(role))).toBe(true);
});

it.each(roles)("is the one that is shipped: %s", async (role) => {
  const name = fileNames[role].replace(/\.json$/, "");
  await expect(`${JSON.stringify(schemas.get(role), null, 2)}\n`).toMatchFileSnapshot(
    `../../../schema/${name}.schema.json`,
  );
});

const step = (provider: string, kind: string, input: Json): Json => ({
  version: 1,
  integrations: {
    a: {
      provider,
      with: provider === "github" ? { repository: "a/b" } : {},
      steps: { s: { kind, with: input } },
    },
  },
});

it.each<[string, FileRole, Json]>([
  [
    "a reference for a boolean",
    "sequence",
    step("slack", "channel", { name: "x", private: "${env.PRIVATE}" }),
  ],
  [
    "a reference for a list",
    "sequence",
    step("slack", "members", { channel: "${a.c.id}", members: "${env.MEMBERS}" }),
  ],
  [
    "a reference within a text with a pattern",
    "sequence",
    step("slack", "channel", { name: "dev-${env.TEAM}" }),
  ],
  ["a reference for an address", "sequence", step("http", "check", { url: "${env.URL}" })],
  [
    "an integration without steps",
    "sequence",
    { version: 1, integrations: { a: { provider: "slack" } } },
  ],
  ["a preset's name", "retry", { version: 1, default: "QUICK" }],
  [
    "a policy in full",
    "retry",
    {
      version: 1,
      integrations: {
        a: {
          preset: "QUICK",
          strategy: "fixed",
          operations: { "chat.*": "QUICK", "*": { maxAttempts: 1 } },
          rateLimits: [
            { requests: 3, per: "1s" },
            { id: "b", requests: 1, per: 5, burst: 1 },
          ],
          breaker: { ratio: 0.5 },
          bulkhead: { queue: 0 },
          cache: { ttl: { users: "30m" } },
        },
      },
    },
  ],
  [
    "a fallback with a value",
    "fallback",
    {
      version: 1,
      integrations: {
        a: { steps: { b: { strategy: "default", value: { id: 1 } } }, kinds: { c: "skip" } },
      },
    },
  ],
  [
    "a check by TCP",
    "health",
    { version: 1, integrations: { a: { check: "tcp", host: "h", port: 1 } } },
  ],
  [
    "credentials",
    "sequence",
    {
      version: 1,
      integrations: {
        a: { provider: "slack", credentials: [{ env: "A" }, { command: ["x"], ttl: "1m" }] },
      },
    },
  ],
  [
    "project settings",
    "project",
    { config: "team", switches: { offline: true }, retry: { default: "QUICK" } },
  ],
])("takes %s", (_, role, value) => {
  expect(accepts(role, value)).toBe(true);
});

it.each<[string, FileRole, Json]>([
  ["nothing", "sequence", {}],
  ["an unknown provider", "sequence", { version: 1, integrations: { a: { provider: "slak" } } }],
  ["an unknown kind", "sequence", step("slack", "label", { name: "x" })],
  [
    "another provider's input",
    "sequence",
    step("slack", "channel", { name: "x", color: "000000" }),
  ],
  ["a wrong type", "sequence", step("slack", "channel", { name: "x", private: "yes" })],
  [
    "a missing input",
    "sequence",
    { version: 1, integrations: { a: { provider: "slack", steps: { s: { kind: "channel" } } } } },
  ],
  ["a missing config", "sequence", { version: 1, integrations: { a: { provider: "github" } } }],
  ["a bad name", "sequence", { version: 1, integrations: { env: { provider: "slack" } } }],
  ["an unknown key", "sequence", { version: 1, integrations: {}, extra: 1 }],
  ["too many attempts", "retry", { version: 1, default: { maxAttempts: 21 } }],
  ["a strategy that needs a value", "fallback", { version: 1, integrations: { a: "default" } }],
  ["an unknown check", "health", { version: 1, integrations: { a: { check: "icmp" } } }],
  ["a limit without its time", "retry", { version: 1, default: { rateLimits: [{ requests: 1 }] } }],
  [
    "a source with two ways",
    "sequence",
    {
      version: 1,
      integrations: { a: { provider: "slack", credentials: [{ env: "A", file: "b" }] } },
    },
  ],
  ["an unknown strategy", "fallback", { version: 1, integrations: { a: "hope" } }],
  ["an unknown key of the defaults", "health", { version: 1, defaults: { interval: 1 } }],
  ["an unknown setting", "project", { confg: "team" }],
])("refuses %s", (_, role, value) => {
  expect(accepts(role, value)).toBe(false);
});

it("speaks of every provider and kind, with descriptions", async () => {
  const text = JSON.stringify(schemas.get("sequence"));
  for (const id of providers.ids()) {
    const provider = await providers.load(id);
    for (const kind of Object.values(provider.kinds))
      expect(text).toContain(`"title":"${kind.kind}"`);
  }
  expect(text).toContain("Name without #");
});
