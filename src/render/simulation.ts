import type { Scenario } from "../core/scenario.ts";
import type { ExplorationReport, Moment, SimulationReport, Story } from "../core/simulation.ts";
import { failureLine } from "./failure-line.ts";
import { paintFor, symbolsFor, type Terminal } from "./terminal.ts";
import { count, duration, hanging, oneLine, pad, width } from "./text.ts";

/** The matrix of scenarios and integrations, the stories of those that failed, and the sum. */
export function simulationLines(
  report: SimulationReport,
  terminal: Terminal,
  quiet = false,
): string[] {
  const failed = report.stories.filter(({ violations }) => violations.length > 0);
  return [
    ...(quiet ? [] : [...matrixLines(report, terminal), ""]),
    ...failed.flatMap((story) => [...storyLines(story, terminal), ""]),
    ...hanging("", sum(report, failed.length), terminal.width),
  ];
}

function sum({ stories, left, durationMs }: SimulationReport, failed: number): string {
  const simulated = stories.reduce((total, { elapsedMs }) => total + elapsedMs, 0);
  const head =
    failed === 0
      ? `${stories.length === 1 ? "" : "All "}${count(stories.length, "scenario")} held`
      : `${failed} of ${count(stories.length, "scenario")} failed`;
  const more = left === 0 ? "" : `, ${left} not played`;
  return `${head}${more}: ${duration(simulated)} of outages in ${duration(durationMs)}.`;
}

/** One row an idea, one column an integration; what befalls all of them has a column of its own. */
export function matrixLines(report: SimulationReport, terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const symbols = symbolsFor(terminal);
  const columns = [...report.integrations, "all"];
  const rows = Map.groupBy(report.stories, ({ scenario }) => base(scenario.name));
  const first = Math.max(8, ...[...rows.keys()].map((name) => width(name)));
  const mark = (story: Story | undefined, columnWidth: number): string => {
    if (story === undefined) return " ".repeat(columnWidth);
    const good = story.violations.length === 0;
    const sign = good ? paint.good(symbols.done) : paint.bad(symbols.failed);
    return sign + " ".repeat(columnWidth - 1);
  };
  const head = ["", ...columns].map((name, at) =>
    pad(oneLine(name), at === 0 ? first : width(name)),
  );
  return [
    paint.faint(head.join("  ").trimEnd()),
    ...[...rows].map(([name, stories]) => {
      const cells = columns.map((column) => {
        const story = stories.find(({ scenario }) => (scenario.integration ?? "all") === column);
        return mark(story, width(column));
      });
      return [pad(oneLine(name), first), ...cells].join("  ").trimEnd();
    }),
  ];
}

function base(name: string): string {
  return name.split("/")[0] as string;
}

/** What is wrong, and how it came to that. */
export function storyLines(
  story: Story,
  terminal: Terminal,
  replay = `testx simulate ${story.scenario.name} --seed ${story.seed}`,
): string[] {
  const { scenario, violations, moments, seed } = story;
  const paint = paintFor(terminal);
  const { failed, detail } = symbolsFor(terminal);
  const lines = [paint.strong(oneLine(`${scenario.name} (seed ${seed})`))];
  lines.push(...hanging("  ", oneLine(scenario.about), terminal.width));
  for (const { broken, message } of violations) {
    const text = `${failed} ${broken}: ${oneLine(message)}`;
    lines.push(...hanging("  ", text, terminal.width).map((line) => paint.bad(line)));
  }
  lines.push("");
  const afterwards = violations.some(
    (one) => one.act === undefined || one.act >= scenario.story.length,
  );
  let act = -1;
  for (const moment of moments) {
    if (!afterwards && moment.act >= scenario.story.length) break;
    const text = momentText(moment);
    if (text === undefined) continue;
    if (moment.act !== act) {
      act = moment.act;
      const run = scenario.story[act]?.run;
      lines.push(paint.faint(`  ${run === undefined ? "and when all is well again" : run}`));
    }
    const label = `  ${duration(moment.at).padStart(9)} ${detail} `;
    lines.push(...hanging(label, oneLine(text), terminal.width));
  }
  return [...lines, ...hanging("  ", `Play it again: \`${replay}\``, terminal.width)];
}

/** What happened, for people; `undefined` for what goes without saying. */
function momentText(moment: Moment): string | undefined {
  if (moment.type === "notice") return moment.text;
  if (moment.type === "record") return undefined;
  if (moment.type === "wire") {
    const { what, call, detail } = moment;
    const name = `${call.integration} ${call.operation}${call.step ? ` for ${call.step}` : ""}`;
    const again = call.attempt > 1 ? ` (attempt ${call.attempt})` : "";
    switch (what) {
      case "sent":
        return detail === undefined ? undefined : `${name}${again} meets ${detail}`;
      case "landed":
        return `${name} is carried out after testx has given it up`;
      case "cut":
        return `${name}${again} ends without an answer (${detail})`;
      default:
        return undefined;
    }
  }
  return eventText(moment.event);
}

function eventText(event: Extract<Moment, { type: "event" }>["event"]): string | undefined {
  switch (event.type) {
    case "run.started":
      return event.resumed ? "goes on with an unfinished run" : undefined;
    case "run.finished":
      return `ends: ${event.outcome}${event.failure ? `, ${failureLine(event.failure)}` : ""}`;
    case "step.started":
      return `${event.step}: ${event.action}`;
    case "step.finished":
      return `${event.step} is there (${event.origin})`;
    case "step.failed":
    case "step.skipped":
    case "step.deferred":
      return `${event.step} is ${event.type.slice(5)}: ${failureLine(event.failure)}`;
    case "step.probing":
      return event.known
        ? `${event.step}: waits ${duration(event.waitMs)}, as it is not shown as it was left`
        : `${event.step}: waits ${duration(event.waitMs)} and looks what became of it`;
    case "undo.finished":
      return `${event.step} is ${event.residue.length === 0 ? "undone" : "left behind"}`;
    case "recovery.settled":
      return `${event.step}: the write that was cut off is found ${event.found}`;
    case "call.retrying":
      return `tries ${event.operation} again in ${duration(event.delayMs)} (${event.reason})`;
    case "call.refused":
      return `${event.integration} ${event.operation} is not sent: ${event.failure.code}`;
    case "breaker.changed":
      return `the breaker of ${event.integration} is ${event.to}: ${event.reason}`;
    default:
      return undefined;
  }
}

/** What random outages came to; for each failure the command and the scenario that replay it. */
export function explorationLines(report: ExplorationReport, terminal: Terminal): string[] {
  const { failures, played, durationMs, seed } = report;
  const seeds = played === 1 ? `seed ${seed}` : `seeds ${seed} to ${seed + played - 1}`;
  const what = `${count(played, "random outage")} (${seeds}) in ${duration(durationMs)}`;
  const sum =
    failures.length === 0
      ? `Nothing that must hold was broken by ${what}.`
      : `${count(failures.length, "story", "stories")} failed of ${what}.`;
  return [
    ...failures.flatMap((story) => [
      ...storyLines(story, terminal, `testx simulate --explore 1 --seed ${story.seed}`),
      ...hanging("  ", "For outage-scenarios.json:", terminal.width),
      ...pasteLines(story.scenario),
      "",
    ]),
    ...hanging("", sum, terminal.width),
  ];
}

/** A scenario as it stands in its file. */
function pasteLines({ name, ...scenario }: Scenario): string[] {
  const text = JSON.stringify({ [name]: scenario }, null, 2)
    .split("\n")
    .slice(1, -1);
  return text.map((line) => `  ${line}`);
}

/** Names and what they are about. */
export function scenarioLines(scenarios: readonly Scenario[], terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  return scenarios.flatMap(({ name, about }) => [
    paint.strong(oneLine(name)),
    ...hanging("  ", oneLine(about), terminal.width),
  ]);
}
