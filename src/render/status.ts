import { goesOnWith } from "../core/journal.ts";
import type { OpenRun, RollbackPoint, StatusItem } from "../core/results.ts";
import { type Paint, paintFor, symbolsFor, type Terminal, typed } from "./terminal.ts";
import { ago, count, hanging, listing, oneLine, table, timestamp } from "./text.ts";

/** What is set up, by which run and when, with links. */
export function statusLines(
  items: readonly StatusItem[],
  terminal: Terminal,
  now: number,
): string[] {
  const paint = paintFor(terminal);
  const symbols = symbolsFor(terminal);
  if (items.length === 0) {
    const setup = typed("testx integrations setup", terminal);
    return hanging("", `Nothing is set up yet. Run ${setup}.`, terminal.width);
  }
  // As they came to be, which is in the order of what depends on what.
  const inOrder = [...items].sort((a, b) => made(a).at - made(b).at);
  const roomy = terminal.width >= 60;
  const lines: string[] = [];
  for (const [integration, mine] of Map.groupBy(inOrder, (item) => item.integration)) {
    const rows = mine.map((item) => {
      const how = item.deferred === undefined ? (item.origin ?? "") : "deferred";
      const { run, at } = made(item);
      const base = [`  ${oneLine(item.title)}`, how];
      return roomy ? [...base, `${ago(now - at)}, run ${run}`] : base;
    });
    lines.push(paint.strong(integration));
    table(rows, terminal.width, symbols.ellipsis, 0).forEach((line, at) => {
      const item = mine[at] as StatusItem;
      lines.push(line);
      if (item.deferred !== undefined) {
        const why = hanging("    ", oneLine(item.deferred.message), terminal.width);
        lines.push(...why.map((text) => paint.warn(text)));
      }
      if (item.url !== undefined) lines.push(`    ${paint.link(oneLine(item.url))}`);
    });
  }
  return lines;
}

/** That there is more to come, or that it was cut off. */
export function openRunLines({ command, atWork }: OpenRun, terminal: Terminal): string[] {
  const mark = paintFor(terminal).warn(symbolsFor(terminal).warning);
  const again = typed(goesOnWith[command], terminal);
  const back = command === "rollback" ? "" : `, and ${typed("testx rollback", terminal)} undoes it`;
  const text = atWork
    ? `A ${command} is at work now.`
    : `The newest ${command} did not come to its end: ${again} goes on with it${back}.`;
  return hanging(`${mark} `, text, terminal.width);
}

/** The run that did to it what is told of it, and when. */
function made(item: StatusItem): { readonly run: string; readonly at: number } {
  return item.deferred === undefined ? (item.made ?? item) : item;
}

/** What is different from before, a line each: for logs. */
export function changeLines(
  before: readonly StatusItem[],
  now: readonly StatusItem[],
  at: number,
): string[] {
  const known = new Map(before.map((item) => [item.step, JSON.stringify(item)]));
  const gone = new Set(known.keys());
  const lines: string[] = [];
  for (const item of now) {
    gone.delete(item.step);
    if (known.get(item.step) === JSON.stringify(item)) continue;
    const how = item.deferred === undefined ? item.origin : "deferred";
    const url = item.url === undefined ? "" : `  ${item.url}`;
    lines.push(`${how}  ${item.step}  ${item.title}  run ${item.run}${url}`);
  }
  for (const step of gone) lines.push(`gone  ${step}`);
  return lines.map((line) => `${timestamp(at)} ${oneLine(line)}`);
}

const signs: Readonly<Record<RollbackPoint["would"], string>> = {
  delete: "-",
  restore: "~",
  nothing: "=",
};

/** Rollback points by run, the order in which they would be undone. */
export function pointLines(
  points: readonly RollbackPoint[],
  terminal: Terminal,
  options: { readonly dryRun: boolean },
): string[] {
  const paint = paintFor(terminal);
  if (points.length === 0) return ["There is nothing to undo."];
  const lines: string[] = [];
  for (const [run, mine] of Map.groupBy(points, (point) => point.run)) {
    const latest = Math.max(...mine.map((point) => point.at));
    lines.push(paint.strong(`run ${run}, ${timestamp(latest)}`));
    for (const point of mine) lines.push(...pointText(point, terminal, paint));
  }
  const ending = options.dryRun
    ? `This would undo ${count(points.length, "write")}. Nothing has been changed.`
    : `${typed("testx rollback --to POINT", terminal)} undoes back to a point, itself included.`;
  return [...lines, "", ...hanging("", ending, terminal.width)];
}

function pointText(point: RollbackPoint, terminal: Terminal, paint: Paint): string[] {
  const would = {
    delete: "would be removed",
    restore: `would get back ${listing(point.fields)}`,
    nothing: "would be left as it is",
  }[point.would];
  const why = point.reason === undefined ? "" : `: ${oneLine(point.reason)}`;
  const head = `  ${signs[point.would]} ${point.point}  `;
  return hanging(head, `${oneLine(point.title)} ${would}${why}`, terminal.width).map((line) =>
    line.replace(point.point, paint.faint(point.point)),
  );
}
