import type { Totals } from "../core/estimate.ts";
import type { Failure } from "../core/failure.ts";
import { type Action, type Plan, type PlanItem, writes } from "../core/plan.ts";
import type { LockHolder } from "../core/ports.ts";
import type { Fallback } from "../core/sequence.ts";
import { callLines, totalsLines } from "./calls.ts";
import { failureLine } from "./failure-line.ts";
import { integrationOf } from "./run-view.ts";
import { type Paint, paintFor, symbolsFor, type Terminal, typed } from "./terminal.ts";
import { ago, count, hanging, listing, oneLine } from "./text.ts";
import { atWork, changeText, planSigns, planText } from "./words.ts";

export interface PlanResult {
  readonly plan: Plan;
  /** Writes of an earlier run that setup will settle first, by title. */
  readonly unsettled: readonly string[];
  readonly degraded?: Failure;
  readonly totals?: Totals;
}

export interface PlanView {
  /** Whether to show each write that setup would send. */
  readonly calls?: boolean;
  /** Where the plan was saved. */
  readonly file?: string | undefined;
  /** Who is at work, where somebody is. */
  readonly holder?: LockHolder | undefined;
}

/**
 * A plan for people: by integration, each change with from and to, and what to know before.
 */
export function planLines(
  { plan, unsettled, degraded, totals }: PlanResult,
  terminal: Terminal,
  { calls = false, file, holder }: PlanView = {},
): string[] {
  const paint = paintFor(terminal);
  const lines: string[] = [];
  for (const [integration, items] of Map.groupBy(plan, (item) => item.integration)) {
    lines.push(paint.strong(integration));
    for (const item of items) {
      lines.push(...itemLines(item, terminal, paint, calls));
      if (calls) lines.push(...callLines(item, terminal).map(paint.faint));
    }
    lines.push("");
  }
  lines.push(...hanging("", `Plan: ${planText(plan)}.`, terminal.width));
  if (totals !== undefined) lines.push(...totalsLines(totals, terminal, calls));
  const writing = plan.filter(writes);
  const lasting = writing.filter((item) => item.irreversible !== undefined);
  if (lasting.length > 0) {
    const text = `${count(lasting.length, "step")} of these cannot be undone: ${listing(lasting.map((item) => item.step))}.`;
    lines.push(...hanging(`${paint.warn(symbolsFor(terminal).warning)} `, text, terminal.width));
  }
  if (unsettled.length > 0) {
    const open = listing(unsettled.map(oneLine));
    const text = holder
      ? atWork(holder, open)
      : `An earlier run was cut off; setup first finds out about ${open}.`;
    lines.push(...hanging(`${paint.warn(symbolsFor(terminal).warning)} `, text, terminal.width));
  }
  if (degraded !== undefined) {
    const text = `It would not be everything: ${failureLine(degraded)}`;
    lines.push(...hanging(`${paint.warn(symbolsFor(terminal).warning)} `, text, terminal.width));
  }
  if (writing.length > 0) {
    const saved = file === undefined ? "" : ` --plan ${file}`;
    const setup = typed(`testx integrations setup${saved}`, terminal);
    lines.push(...hanging("", `Run ${setup} to do it.`, terminal.width));
  }
  return lines;
}

const fallbacks: Readonly<Record<Fallback, string>> = {
  fail: "everything is undone",
  skip: "it is left out, with what comes after it",
  defer: "it waits, with what comes after it",
  cache: "it waits; what comes after it gets the last receipt",
  default: "it is left out; what comes after it gets the default value",
};

function itemLines(item: PlanItem, terminal: Terminal, paint: Paint, calls: boolean): string[] {
  const symbols = symbolsFor(terminal);
  const color = colors(paint)[item.action];
  const sign = planSigns[item.action];
  const name = item.step.slice(integrationOf(item.step).length + 1);
  const head = `  ${sign} `;
  const verb = item.action === "unchanged" ? "" : `, ${verbs[item.action]}`;
  const first = hanging(head, `${oneLine(item.title)} (${name}${verb})`, terminal.width);
  first[0] = first[0]!.replace(head, `  ${color(sign)} `);
  const more = (label: string, text: string): string[] =>
    hanging(`      ${label}`, text, terminal.width);
  const lines = [...first];
  if (item.reason !== undefined) lines.push(...more("", oneLine(item.reason)));
  if (item.ageMs !== undefined) {
    lines.push(...more("", `its last receipt is of ${ago(item.ageMs)}`).map(paint.faint));
  }
  for (const change of item.changes) lines.push(...more("", changeText(change, symbols.arrow)));
  if (item.ignored !== undefined) {
    const differ = item.ignored.length === 1 ? "differs" : "differ";
    const text = `${listing(item.ignored)} ${differ}, left alone as the sequence says`;
    lines.push(...more("", text).map(paint.faint));
  }
  if (item.unknown.length > 0) {
    lines.push(...more("", `known after ${listing(item.unknown)}`));
  }
  if (calls && item.fallback !== undefined) {
    lines.push(...more("", `if its service fails: ${fallbacks[item.fallback]}`).map(paint.faint));
  }
  if (item.irreversible !== undefined && writes(item)) {
    const label = `${symbols.warning} `;
    const text = more(label, `cannot be undone: ${oneLine(item.irreversible)}`);
    lines.push(...text.map((line) => paint.warn(line)));
  }
  return lines;
}

const verbs: Readonly<Record<Action, string>> = {
  create: "create",
  update: "update",
  adopt: "adopt, it is there already",
  unchanged: "",
  deferred: "deferred",
  blocked: "blocked",
  skipped: "skipped",
  cached: "from memory",
};

function colors(paint: Paint): Readonly<Record<Action, (text: string) => string>> {
  const { good, warn, bad, faint } = paint;
  return {
    create: good,
    update: warn,
    adopt: good,
    unchanged: faint,
    deferred: warn,
    blocked: bad,
    skipped: faint,
    cached: warn,
  };
}
