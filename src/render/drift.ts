import type { LockHolder } from "../core/ports.ts";
import type { DriftItem, DriftReport, DriftStatus } from "../core/results.ts";
import { differenceText } from "./difference.ts";
import { failureLine } from "./failure-line.ts";
import { integrationOf } from "./run-view.ts";
import { type Paint, paintFor, symbolsFor, type Terminal } from "./terminal.ts";
import { count, hanging, listing, oneLine } from "./text.ts";
import { atWork } from "./words.ts";

/** Signs as in diffs and plans; ASCII on every terminal. */
const signs: Readonly<Record<DriftStatus, string>> = {
  unchanged: "=",
  changed: "~",
  deleted: "-",
  unreachable: "?",
  ignored: " ",
};

/** What differs from the receipts, by integration, and what setup will do about it. */
export function driftLines(report: DriftReport, terminal: Terminal, holder?: LockHolder): string[] {
  const { steps, counts } = report;
  if (steps.length === 0) {
    const text = "Nothing is set up yet, so nothing can have changed.";
    return [...hanging("", text, terminal.width), ...unsettled(report, terminal, holder)];
  }
  const paint = paintFor(terminal);
  const lines: string[] = [];
  for (const [integration, items] of Map.groupBy(steps, (item) => item.integration)) {
    lines.push(paint.strong(oneLine(integration)));
    for (const item of items) lines.push(...itemLines(item, terminal, paint));
    lines.push("");
  }
  const words: readonly [DriftStatus, string][] = [
    ["changed", "changed"],
    ["deleted", "deleted"],
    ["unreachable", "could not be looked at"],
    ["ignored", "ignored"],
    ["unchanged", "unchanged"],
  ];
  const parts = words.flatMap(([status, word]) =>
    counts[status] > 0 ? [`${counts[status]} ${word}`] : [],
  );
  const head = report.drift ? "Drift" : counts.unreachable > 0 ? "No drift seen" : "No drift";
  lines.push(...hanging("", `${head}: ${parts.join(", ")}.`, terminal.width));
  lines.push(...unsettled(report, terminal, holder), ...advice(steps, terminal));
  return lines;
}

function unsettled(
  { unsettled: titles }: DriftReport,
  terminal: Terminal,
  holder: LockHolder | undefined,
): string[] {
  if (titles.length === 0) return [];
  const mark = paintFor(terminal).warn(symbolsFor(terminal).warning);
  const writes = listing(titles.map(oneLine));
  const text = holder
    ? atWork(holder, writes)
    : `A run was cut off; what became of ${writes} is found out by the next setup or rollback.`;
  return hanging(`${mark} `, text, terminal.width);
}

function advice(steps: readonly DriftItem[], terminal: Terminal): string[] {
  const differing = steps.filter(({ status }) => status === "changed" || status === "deleted");
  const [mine, others] = [
    differing.filter(({ inSequence }) => inSequence),
    differing.filter(({ inSequence }) => !inSequence),
  ];
  const lines: string[] = [];
  if (mine.length > 0) {
    const text =
      "Run `testx integrations setup` to set back what the sequence asks for and to make anew what is deleted.";
    lines.push(...hanging("", text, terminal.width));
  }
  if (others.length > 0) {
    const text = `${count(others.length, "of these is", "of these are")} not in the sequence any more: setup leaves it alone.`;
    lines.push(...hanging("", text, terminal.width));
  }
  return lines;
}

function itemLines(item: DriftItem, terminal: Terminal, paint: Paint): string[] {
  const { status } = item;
  const { arrow } = symbolsFor(terminal);
  const color = { changed: paint.warn, deleted: paint.bad, unreachable: paint.bad }[
    status as string
  ];
  const name = oneLine(item.step.slice(integrationOf(item.step).length + 1));
  const gone = item.inSequence ? "" : ", no longer in the sequence";
  const verb = status === "unchanged" ? "" : `, ${verbs[status]}`;
  const head = `  ${signs[status]} `;
  const lines = hanging(head, `${oneLine(item.title)} (${name}${verb}${gone})`, terminal.width);
  lines[0] = lines[0]!.replace(head, `  ${(color ?? paint.faint)(signs[status])} `);
  const more = (text: string): string[] => hanging("      ", text, terminal.width);
  for (const { field, from, to, asked } of item.changes) {
    const [first = "", ...rest] = differenceText(field, from, to, arrow);
    const note = asked || !item.inSequence ? "" : " (not asked for)";
    lines.push(...more(first + note), ...rest.flatMap((line) => more(`  ${line}`)));
  }
  if (item.ignored.length > 0) {
    const text = `${listing(item.ignored)} ${item.ignored.length === 1 ? "differs" : "differ"}, ignored`;
    lines.push(...more(text).map(paint.faint));
  }
  if (item.failure !== undefined) lines.push(...more(failureLine(item.failure)));
  if (status === "changed" && item.url !== undefined) {
    lines.push(`      ${paint.link(oneLine(item.url))}`);
  }
  return lines;
}

const verbs: Readonly<Record<DriftStatus, string>> = {
  unchanged: "",
  changed: "changed",
  deleted: "deleted",
  unreachable: "could not be looked at",
  ignored: "ignored",
};
