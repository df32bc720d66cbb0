import type { Moment, RunSummary } from "../core/history.ts";
import { goesOnWith } from "../core/journal.ts";
import { failureLine } from "./failure-line.ts";
import { failureText } from "./failures.ts";
import { urlOf } from "./run-view.ts";
import { type Paint, paintFor, symbolsFor, type Terminal, typed } from "./terminal.ts";
import { ago, count, duration, hanging, oneLine, pad, table, timestamp, width } from "./text.ts";
import { changeText, countsText } from "./words.ts";

/** The runs in a table. */
export function historyLines(
  runs: readonly RunSummary[],
  terminal: Terminal,
  now: number,
): string[] {
  if (runs.length === 0) {
    const setup = typed("testx integrations setup", terminal);
    return hanging("", `There has been no run yet. Run ${setup}.`, terminal.width);
  }
  const show = typed("testx history show RUN", terminal);
  const advice = hanging("", `${show} tells what a run did.`, terminal.width);
  return [...historyRows(runs, terminal, now), "", ...advice];
}

export function historyRows(
  runs: readonly RunSummary[],
  terminal: Terminal,
  now: number,
): string[] {
  const { ellipsis } = symbolsFor(terminal);
  const roomy = terminal.width >= 70;
  const rows = (calls: boolean): string[][] =>
    runs.map((run) => [
      run.run,
      run.command,
      run.outcome,
      ago(now - run.startedAt),
      ...(roomy ? [run.durationMs === undefined ? "-" : duration(run.durationMs)] : []),
      ...(roomy ? [cameTo(run, calls)] : []),
    ]);
  const paint = paintFor(terminal);
  const whole = table(rows(true), Number.POSITIVE_INFINITY, ellipsis);
  // How many calls it took is told where all else has its place.
  const aligned = whole.every((line) => width(line) <= terminal.width)
    ? whole
    : table(rows(false), terminal.width, ellipsis, roomy ? 5 : undefined);
  return aligned.map((line, at) => {
    const { outcome } = runs[at] as RunSummary;
    return line.replace(` ${outcome}`, ` ${colored(outcome, paint)}`);
  });
}

function cameTo({ counts, outcome, failure, calls }: RunSummary, withCalls: boolean): string {
  const sent = Object.values(calls ?? {}).reduce((sum, many) => sum + many, 0);
  const parts = [
    countsText(counts, outcome),
    ...(calls === undefined || !withCalls ? [] : [count(sent, "call")]),
    ...(failure === undefined ? [] : [failure.code]),
  ];
  return oneLine(parts.join(", "));
}

function colored(outcome: RunSummary["outcome"], paint: Paint): string {
  switch (outcome) {
    case "succeeded":
      return paint.good(outcome);
    case "failed":
    case "rollback-incomplete":
      return paint.bad(outcome);
    default:
      return paint.warn(outcome);
  }
}

/** A run as a timeline, and why it ended as it did. */
export function runLines(
  run: RunSummary & { readonly timeline: readonly Moment[] },
  terminal: Terminal,
): string[] {
  const paint = paintFor(terminal);
  const { command, of, outcome, startedAt, durationMs, calls, retries = 0, failure } = run;
  const about = of === undefined ? "" : ` of ${of}`;
  const took = durationMs === undefined ? "" : `, took ${duration(durationMs)}`;
  const sent = Object.entries(calls ?? {}).map(([id, many]) => `${id} ${many}`);
  const again = retries === 0 ? "" : ` (${count(retries, "retry", "retries")})`;
  const widest = Math.max(...run.timeline.map((moment) => elapsed(moment).length));
  return [
    paint.strong(`${run.run}  ${command}${about}`),
    ...hanging("", `${outcome}, started ${timestamp(startedAt)}${took}`, terminal.width).map(
      (line, at) => (at === 0 ? line.replace(outcome, colored(outcome, paint)) : line),
    ),
    ...(outcome === "unfinished" ? unfinished(run, terminal) : []),
    countsText(run.counts, outcome),
    ...(sent.length > 0 ? hanging("calls: ", `${sent.join(", ")}${again}`, terminal.width) : []),
    "",
    ...run.timeline.flatMap((moment) => momentLines(moment, widest, terminal, paint)),
    ...(failure === undefined ? [] : ["", ...failureText(failure, terminal)]),
  ];
}

function unfinished({ command, goesOn }: RunSummary, terminal: Terminal): string[] {
  if (!goesOn)
    return hanging("", "It was cut off, and other runs have come since.", terminal.width);
  const again = typed(goesOnWith[command], terminal);
  return hanging("", `It is under way or was cut off; ${again} goes on with it.`, terminal.width);
}

/** Of the longest but one of `what`. */
const wordWidth = 11;

function momentLines(moment: Moment, widest: number, terminal: Terminal, paint: Paint): string[] {
  const label = `  ${elapsed(moment).padStart(widest)}  ${pad(moment.what, wordWidth)}  `;
  const lines = hanging(label, textOf(moment, symbolsFor(terminal).arrow), terminal.width);
  const word = pad(moment.what, wordWidth);
  const shown = { good: paint.good, bad: paint.bad, warn: paint.warn, plain: (it: string) => it };
  return lines.map((line, at) =>
    at > 0 ? line : line.trimEnd().replace(word.trimEnd(), shown[tone(moment)]),
  );
}

function elapsed({ afterMs }: Moment): string {
  return `+${duration(afterMs)}`;
}

function textOf(moment: Moment, arrow: string): string {
  const { step, title, steps, changes = [], receipt, failure, residue = [], outcome } = moment;
  const took = moment.durationMs === undefined ? "" : ` in ${duration(moment.durationMs)}`;
  const about = [step, title].filter((part) => part !== undefined).join(" ");
  switch (moment.what) {
    case "started":
    case "resumed":
      return "";
    case "unchanged":
      return steps === undefined ? oneLine(about) : `${count(steps.length, "step")} as they were`;
    case "update":
      return oneLine(`${about}: ${changes.map((one) => changeText(one, arrow, 40)).join(", ")}`);
    case "created":
    case "updated":
    case "adopted": {
      const url = urlOf(receipt);
      return oneLine(`${about}${took}${url === undefined ? "" : ` ${url}`}`);
    }
    case "absent":
      return oneLine(`${about}: the write had not taken effect`);
    case "doubted":
      return oneLine(`${about}: nobody knows whether it took effect`);
    case "sweep":
      return oneLine(`${about}: removing a copy that a lost reply had left`);
    case "conflict":
      return oneLine(`${about}: somebody else made something there`);
    case "failed":
    case "deferred":
    case "skipped":
      return oneLine(`${about}: ${failure === undefined ? "" : failureLine(failure)}`);
    case "deferred-ended":
      return oneLine(`${about}: ${moment.why ?? ""}`);
    case "finished":
      return outcome ?? "";
    default: {
      const left = residue.map(({ what, why }) => `${what}: ${why}`).join("; ");
      return oneLine(`${about}${took}${left === "" ? "" : `; left: ${left}`}`);
    }
  }
}

function tone({ what, residue = [], outcome }: Moment): "good" | "bad" | "warn" | "plain" {
  switch (what) {
    case "created":
    case "updated":
    case "adopted":
      return "good";
    case "failed":
    case "undo-failed":
      return "bad";
    case "deferred":
    case "skipped":
    case "doubted":
    case "conflict":
      return "warn";
    case "undone":
    case "swept":
      return residue.length > 0 ? "warn" : "good";
    case "finished":
      return outcome === "succeeded" ? "good" : "warn";
    default:
      return "plain";
  }
}
