import type { SimulationReport, Story } from "../core/simulation.ts";
import { command } from "./github.ts";
import { matrixLines, storyLines } from "./simulation.ts";
import type { Terminal } from "./terminal.ts";
import { count, duration } from "./text.ts";

/** For files, where nobody wants colours or breaks in lines. */
const paper: Terminal = {
  ...{ color: false, unicode: true, interactive: false },
  width: Number.POSITIVE_INFINITY,
};

/** JUnit XML as CI systems read it: one suite, one case a scenario. */
export function junitXml({ stories, durationMs, seed }: SimulationReport): string {
  const failed = stories.filter(({ violations }) => violations.length > 0).length;
  const head = `tests="${stories.length}" failures="${failed}" errors="0" skipped="0" time="${seconds(durationMs)}"`;
  const cases = stories.flatMap((story) => [
    `    <testcase classname="testx.simulate" name="${xml(story.scenario.name)}">`,
    ...failure(story),
    "    </testcase>",
  ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="testx simulate" ${head}>`,
    `  <testsuite name="testx simulate" ${head}>`,
    `    <properties><property name="seed" value="${seed}"/></properties>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function failure(story: Story): string[] {
  const [first] = story.violations;
  if (first === undefined) return [];
  const message = xml(`${first.broken}: ${first.message}`).replaceAll("\n", "&#10;");
  const text = xml(storyLines(story, paper).join("\n"));
  return [`      <failure type="${xml(first.broken)}" message="${message}">${text}</failure>`];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Without characters that XML 1.0 cannot hold at all. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** For a pull request or the summary of a job: the matrix, and the stories of what failed. */
export function simulationMarkdown(report: SimulationReport): string {
  const failed = report.stories.filter(({ violations }) => violations.length > 0);
  const sum =
    failed.length === 0
      ? `${report.stories.length === 1 ? "" : "All "}${count(report.stories.length, "scenario")} held, in ${duration(report.durationMs)}.`
      : `**${failed.length} of ${count(report.stories.length, "scenario")} failed.**`;
  return [
    "## Outages",
    "",
    sum,
    "",
    ...fenced(matrixLines(report, paper)),
    ...failed.flatMap((story) => [
      "",
      `<details><summary>${html(story.scenario.name)}</summary>`,
      "",
      ...fenced(storyLines(story, paper)),
      "",
      "</details>",
    ]),
    "",
  ].join("\n");
}

/** With a fence that nothing inside can end. */
function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.map((line) => /`{3,}/.exec(line)?.[0].length ?? 0));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, ...lines, fence];
}

function html(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** An annotation for each scenario that failed. */
export function simulationAnnotations({ stories }: SimulationReport): string {
  return stories
    .filter(({ violations }) => violations.length > 0)
    .map(({ scenario, violations }) => {
      const text = violations.map(({ broken, message }) => `${broken}: ${message}`).join("\n");
      return command("error", { title: `testx simulate ${scenario.name}` }, text);
    })
    .join("");
}
