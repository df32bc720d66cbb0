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
