import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { originText } from "../../../src/core/settings.ts";
import { formatProblem } from "../../../src/core/validate/format.ts";
import { jsonSchema } from "../../../src/platform/config/json-schema.ts";
import { registry } from "../../../src/providers/registry.ts";
import {
  fallbackFile,
  healthFile,
  load,
  problemsOfLoading,
  projectWith,
  retryFile,
  sequenceFile,
} from "./project.ts";

const page = readFileSync("docs/configuration.md", "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map(
    (match) => match[1] as string,
  );
const shipped = (file: string) => readFileSync(file, "utf8");

it("shows configurations that are right", async () => {
  const [sequence = "", health = "", retry = "", fallback = ""] = blocks("json");
  await load(projectWith({ [sequenceFile]: sequence }));
  const folder = projectWith({
    [sequenceFile]: shipped(sequenceFile),
    [healthFile]: health,
    [retryFile]: retry,
    [fallbackFile]: fallback,
  });
  const { sequence: loaded } = await load(folder);
  expect(
    Object.fromEntries(loaded.integrations.map(({ id, settings }) => [id, settings])),
  ).toMatchObject({
    slack: {
      retry: { maxAttempts: 5, baseDelayMs: 5_000 },
      health: { url: "https://status.example.com/slack", check: "http" },
      fallbacks: { "slack.welcome": { strategy: "defer" } },
    },
    github: {
      retry: {
        maxAttempts: 4,
        operations: [
          { match: "GET /repos/*", settings: { maxAttempts: 3 } },
          { match: "POST *", settings: { maxAttempts: 2, baseDelayMs: 1_000 } },
        ],
      },
      timeouts: { connectMs: 5_000 },
      breaker: { consecutive: 3, openMs: 60_000, minimum: 5 },
      cache: { ttlMs: { repository: 7_200_000, labels: 1_800_000 }, revalidateMs: 300_000 },
    },
    notion: {
      fallback: "defer",
      health: { check: "tcp", port: 443 },
      rateLimits: [{ id: "requests", requests: 120, perMs: 60_000, burst: 10 }],
      bulkhead: { reads: 3, writes: 1, queue: 200 },
    },
  });
});

it("shows project settings that are right", async () => {
  const [settings = ""] = blocks("yaml");
  const folder = projectWith({
    ".testxrc.yaml": settings,
    "providers/jira.ts": "export default {};",
    "node_modules/@acme/testx-wiki/package.json": '{ "name": "@acme/testx-wiki" }',
    "node_modules/@acme/testx-wiki/index.js": "export default {};",
    "team/integrations/integration-sequence.json": shipped(sequenceFile),
  });
  const { origins } = await load(folder, { env: { REDIS_PASSWORD: "hush-hush" } });
  const shown = (path: string) => {
    const found = origins.find((one) => one.path === path);
    return found && [found.value, originText(found.origin)];
  };
  expect(shown("integrations.notion.fallback")).toEqual(["defer", ".testxrc.yaml:7:19"]);
  const cache = ["redis://:***@cache.example.com", ".testxrc.yaml:11:1"];
  expect(shown("switches.cacheUrl")).toEqual(cache);
});

it("shows a mistake as it is told", async () => {
  const text = shipped(sequenceFile).replace('"dependsOn": ["slack"]', '"dependsOn": ["slck"]');
  const [problem] = await problemsOfLoading(projectWith({ [sequenceFile]: text }));
  expect(page).toContain(formatProblem(problem as NonNullable<typeof problem>));
});

it("names every key and choice of every file", async () => {
  for (const role of ["health", "retry", "fallback", "project"] as const) {
    const names = new Set<string>();
    const visit = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties, enum: choices } = node as { properties?: object; enum?: unknown[] };
      for (const name of [...Object.keys(properties ?? {}), ...(choices ?? [])]) {
        names.add(String(name));
      }
      for (const item of Object.values(node)) visit(item);
    };
    visit(jsonSchema(role, []));
    for (const name of ["$schema", "version", "clientId"]) names.delete(name);
    expect(names.size).toBeGreaterThan(5);
    const missing = [...names].filter((name) => !new RegExp(`[\`"']${name}[\`"':]`).test(page));
    expect(missing, role).toEqual([]);
  }
});

it("names the defaults that hold", async () => {
  const folder = projectWith({ [sequenceFile]: shipped(sequenceFile) });
  const { sequence } = await load(folder);
  const { retry, breaker, bulkhead, health } = sequence.integrations[0]!.settings;
  const row = (key: string, value: unknown) =>
    expect(page).toMatch(new RegExp(`\\| \`${key}\` \\|.*\\| ${value} \\|\n`));
  row("maxAttempts", retry.maxAttempts);
  row("baseDelayMs", retry.baseDelayMs);
  row("maxDelayMs", retry.maxDelayMs);
  row("budget", `${retry.budget?.ratio}, ${retry.budget?.free}`);
  row("intervalMs", health.intervalMs);
  row("expectedStatus", health.expectedStatus);
  const { enabled: _, ...numbers } = breaker!;
  for (const [key, value] of Object.entries({ ...numbers, queue: bulkhead?.queue })) {
    expect(page).toMatch(new RegExp(`\`${key}\`[^\n]{0,20} \\(${value}\\)`));
  }
});

it("names the fields that steps leave", async () => {
  const providers = await Promise.all(Object.values(registry).map((load) => load()));
  const kinds = providers.flatMap(({ kinds }) => Object.values(kinds));
  expect(kinds.length).toBeGreaterThan(10);
  for (const { kind, fields } of kinds) {
    const names = fields?.map((field) => `\`${field.replace(".*", ".…")}\``).join(" ");
    expect(page).toContain(`| \`${kind}\` | ${names} |\n`);
  }
});

it("names every environment variable with its default", async () => {
  const text = readFileSync("src/platform/config/settings.ts", "utf8");
  const names = [...text.matchAll(/"([A-Z]+(?:_[A-Z]+)+)"/g)].map((match) => match[1] as string);
  expect(names.length).toBeGreaterThan(6);
  for (const name of names) expect(page).toContain(`\`${name}\``);
});

it("shows credentials that are right", async () => {
  const guide = readFileSync("docs/credentials.md", "utf8");
  const found = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  expect(found).toHaveLength(3);
  for (const text of found) {
    const { sequence } = await load(projectWith({ [sequenceFile]: text }));
    expect(sequence.integrations[0]?.settings.credentials?.length).toBeGreaterThan(0);
  }
});
