import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TestxError } from "../../src/core/failure.ts";
import type { Sequence } from "../../src/core/sequence.ts";
import { type Problem, problemsOf } from "../../src/core/validate/problem.ts";
import { loadConfig } from "../../src/platform/config/load.ts";
import { loadScenarios } from "../../src/platform/config/scenarios.ts";
import { providersWith } from "../../src/wiring/providers.ts";
import { root } from "../support/cli.ts";
import fc from "../support/property.ts";

let folder: string;
let sequence: Sequence;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "testx-scenarios-"));
  cpSync(join(root, "config"), join(folder, "config"), { recursive: true });
  rmSync(join(folder, "config/integrations/outage-scenarios.json"));
  const env = {
    GITHUB_REPOSITORY: "acme/app",
    NOTION_PARENT_PAGE_ID: "0123456789abcdef0123456789abcdef",
    ANYKROWD_HEALTH_CHECK_URL: "http://127.0.0.1:9/health",
  };
  sequence = (await loadConfig({ cwd: folder, env, providers: providersWith() })).sequence;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string) {
  writeFileSync(join(folder, "config/integrations/outage-scenarios.json"), text);
  return loadScenarios({ cwd: folder }, sequence);
}

async function problems(text: string): Promise<readonly Problem[]> {
  try {
    await load(text);
  } catch (error) {
    if (error instanceof TestxError && error.code === "CONFIG_INVALID") {
      return problemsOf(error.failure.details);
    }
    throw error;
  }
  return [];
}

const whole = `{
  "version": 1,
  "scenarios": {
    "ours": {
      "about": "Slack forgets us while Notion is slow.",
      "seed": 3,
      "faults": [{ "fault": "slow", "integration": "notion", "ms": 500, "untilMs": 60000 }],
      "story": [
        {
          "run": "setup",
          "faults": [{ "fault": "revoked", "integration": "slack", "calls": "writes", "nth": 2 }],
          "expect": { "outcome": ["failed", "rolled-back"], "steps": { "github.*": "untouched" } }
        },
        { "run": "setup", "afterMs": 600000, "expect": { "outcome": "succeeded", "exit": 0 } }
      ]
    }
  }
}`;

test("whatever the file holds: it is read, or every problem has its place in it", async () => {
  const pieces = [
    "",
    "{",
    "}",
    "[]",
    '"x"',
    "-1",
    "null",
    ",",
    '"fault": "x"',
    "\u0000",
    "__proto__",
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length),
      fc.nat(30),
      fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 8 })),
      async (from, length, piece) => {
        const text = whole.slice(0, from) + piece + whole.slice(from + length);
        const lines = text.split(/\r\n|\n|\r/).length;
        for (const { file, code, line = 1, column = 1 } of await problems(text)) {
          expect(file).toBe("config/integrations/outage-scenarios.json");
          expect(code).toMatch(/^CONFIG_/);
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      },
    ),
    { numRuns: 300, examples: [[572, 19, "\r"]] },
  );
});

test("no file, no scenarios", async () => {
  expect(await loadScenarios({ cwd: folder }, sequence)).toEqual([]);
});

test("a whole one is read as it is written", async () => {
  const [scenario] = await load(whole);
  expect(scenario).toMatchObject({ name: "ours", seed: 3, story: [{ run: "setup" }, {}] });
});

describe("every mistake has its place and its code", () => {
  const cases: readonly [string, string, string, Partial<Problem>][] = [
    [
      "a kind of fault that there is not",
      '"revoked"',
      '"revokd"',
      { code: "CONFIG_BAD_VALUE", line: 11 },
    ],
    [
      "an unknown key",
      '"nth": 2',
      '"nht": 2',
      { code: "CONFIG_UNKNOWN_KEY", line: 11, suggestion: "nth" },
    ],
    ["a wrong type", '"ms": 500', '"ms": "500"', { code: "CONFIG_WRONG_TYPE", line: 7 }],
    [
      "a missing key",
      '"run": "setup",\n          "faults"',
      '"faults"',
      { code: "CONFIG_MISSING_KEY", line: 9 },
    ],
    [
      "an unknown integration",
      '"slack", "calls"',
      '"slak", "calls"',
      { code: "CONFIG_UNKNOWN_INTEGRATION", line: 11, column: 59, suggestion: "slack" },
    ],
    ["an unknown step", '"github.*"', '"gihub.*"', { code: "CONFIG_UNKNOWN_STEP", line: 12 }],
    ["an unknown outcome", '"rolled-back"', '"rolledback"', { code: "CONFIG_BAD_VALUE", line: 12 }],
    [
      "a time that never comes",
      '"untilMs": 60000',
      '"fromMs": 5, "untilMs": 5',
      { code: "CONFIG_BAD_VALUE", line: 7 },
    ],
    [
      "an end that a command never has",
      '"run": "setup", "afterMs": 600000',
      '"run": "plan", "afterMs": 600000',
      { code: "CONFIG_BAD_VALUE", line: 14 },
    ],
    [
      "a step of a death that there is not",
      '"run": "setup", "afterMs": 600000',
      '"run": "setup", "dies": { "record": "done", "step": "slack.chanel", "when": "after" }',
      { code: "CONFIG_UNKNOWN_STEP", line: 14, suggestion: "slack.channel" },
    ],
    [
      "a limit for an integration that there is not",
      '"exit": 0',
      '"callsTo": { "slak": 3 }',
      { code: "CONFIG_UNKNOWN_INTEGRATION", line: 14, suggestion: "slack" },
    ],
    [
      "a key twice",
      '"seed": 3,',
      '"seed": 3, "seed": 4,',
      { code: "CONFIG_DUPLICATE_KEY", line: 6 },
    ],
    [
      "a key that harms",
      '"seed": 3,',
      '"__proto__": {},',
      { code: "CONFIG_FORBIDDEN_KEY", line: 6 },
    ],
    ["another version", '"version": 1', '"version": 2', { code: "CONFIG_BAD_VALUE", line: 2 }],
    [
      "a probability of more than all",
      '"nth": 2',
      '"probability": 1.5',
      { code: "CONFIG_BAD_VALUE" },
    ],
    [
      "a story without commands",
      '"faults": [{ "fault": "slow"',
      '"story": [], "faults": [{ "fault": "slow"',
      { code: "CONFIG_DUPLICATE_KEY" },
    ],
    ["a name that is none", '"ours"', '"our own"', { code: "CONFIG_BAD_NAME", line: 4 }],
    ["broken JSON", '"version": 1,', '"version": 1', { line: 2 }],
  ];
  test.each(cases)("%s", async (_, right, wrong, expected) => {
    const found = await problems(whole.replace(right, wrong));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      file: "config/integrations/outage-scenarios.json",
      ...expected,
    });
  });

  test("all of them at once", async () => {
    const text = whole
      .replace('"slack", "calls"', '"slak", "calls"')
      .replace('"github.*"', '"x.*"');
    expect((await problems(text)).map(({ code }) => code)).toEqual([
      "CONFIG_UNKNOWN_INTEGRATION",
      "CONFIG_UNKNOWN_STEP",
    ]);
  });
});
