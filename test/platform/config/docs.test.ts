import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { originText } from "../../../src/core/settings.ts";
import { formatProblem } from "../../../src/core/validate/format.ts";
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
      health: { url: "https://status.example.com/slack" },
    },
    github: { retry: { maxAttempts: 4 }, timeouts: { connectMs: 5_000 } },
    notion: { fallback: "defer" },
  });
});

it("shows project settings that are right", async () => {
  const [settings = ""] = blocks("yaml");
  const folder = projectWith({
    ".testxrc.yaml": settings,
    "team/integrations/integration-sequence.json": shipped(sequenceFile),
  });
  const { origins } = await load(folder);
  const found = origins.find(({ path }) => path === "integrations.notion.fallback");
  expect(found && [found.value, originText(found.origin)]).toEqual(["defer", ".testxrc.yaml:7:19"]);
});

it("shows a mistake as it is told", async () => {
  const text = shipped(sequenceFile).replace('"dependsOn": ["slack"]', '"dependsOn": ["slck"]');
  const [problem] = await problemsOfLoading(projectWith({ [sequenceFile]: text }));
  expect(page).toContain(formatProblem(problem as NonNullable<typeof problem>));
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
