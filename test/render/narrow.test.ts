import { describe, expect, it } from "vitest";
import { failure } from "../../src/core/failure.ts";
import type { StatusItem } from "../../src/core/results.ts";
import type { EffectiveValue } from "../../src/core/settings.ts";
import { formatProblem } from "../../src/core/validate/format.ts";
import type { Problem } from "../../src/core/validate/problem.ts";
import { failureText } from "../../src/render/failures.ts";
import { settingLines } from "../../src/render/settings.ts";
import { statusLines } from "../../src/render/status.ts";
import type { Terminal } from "../../src/render/terminal.ts";
import { width } from "../../src/render/text.ts";

const terminal: Terminal = { color: false, unicode: true, width: 80, interactive: true };

const settings: readonly EffectiveValue[] = [
  {
    path: "integrations.slack.steps.welcome.with.text",
    value: "Welcome to the team! The code lives in acme/app.",
    origin: { kind: "file", file: "config/integrations/sequence.json", line: 31, column: 20 },
  },
];

describe("on 80 columns", () => {
  it("the origin of a setting is never cut", () => {
    const lines = settingLines(settings, terminal, { origin: true });
    expect(lines.join("\n")).toContain("\n    config/integrations/sequence.json:31:20");
    for (const line of lines) expect(width(line)).toBeLessThanOrEqual(80);
    const roomy = settingLines(settings, { ...terminal, width: 160 }, { origin: true });
    expect(roomy).toHaveLength(1);
  });

  it("titles give way, so that the run can be read and copied", () => {
    const item: StatusItem = {
      ...{ step: "notion.entry", integration: "notion", kind: "notion.entry", origin: "created" },
      title: 'entry "Clone the repository and run all of its tests"',
      run: "20260102-120344-k3x9",
      at: 0,
    };
    const lines = statusLines([item], terminal, 90_000);
    expect(lines[1]).toMatch(
      /^ {2}entry "Clone .+… {2}created {2}1m 30s ago, run 20260102-120344-k3x9$/,
    );
    expect(width(lines[1] as string)).toBe(80);
  });

  it("the marks stay below what they mark", () => {
    const source = `    "notion": { "provider": "notion", "dependsOn": ["slck", "notion"], "steps": { "page": 1 } }`;
    const problem: Problem = {
      ...{ code: "GRAPH_UNKNOWN_DEPENDENCY", message: "It is not there.", file: "s.json" },
      ...{ line: 6, column: source.indexOf('"slck"') + 1, source, text: '"slck"' },
    };
    const lines = formatProblem(problem, 60).split("\n");
    const [shown = "", marks = ""] = lines.slice(2);
    expect(shown.slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1)).toBe('"slck"');
    for (const line of lines.slice(2)) expect(width(line)).toBeLessThanOrEqual(60);
  });

  it("each cause of a failure begins a line", () => {
    const messages = ["SLACK_BOT_TOKEN is not set.", "GITHUB_TOKEN\n::error::is not set."];
    const cause = failure("SECRET_MISSING", messages.join(" "), { details: { messages } });
    const lines = failureText(cause, terminal);
    expect(lines.slice(0, 2)).toEqual([
      "✖ SECRET_MISSING  SLACK_BOT_TOKEN is not set.",
      "                  GITHUB_TOKEN ::error::is not set.",
    ]);
  });
});

it("advice repeats the options without which it would be about something else", () => {
  const lines = statusLines([], { ...terminal, options: " --sandbox --state 'my state'" }, 0);
  expect(lines.join(" ")).toContain("`testx integrations setup --sandbox --state 'my state'`");
  const cause = failure("STEP_CONFLICT", "Take it over with `testx setup --adopt slack.channel`.");
  const told = failureText(cause, { ...terminal, options: " --sandbox" }).join(" ");
  expect(told.replace(/\s+/g, " ")).toContain("`testx setup --adopt slack.channel --sandbox`");
  expect(told).toContain("`testx explain STEP_CONFLICT`,");
});
