import type { RunFinished } from "../core/events.ts";
import { goesOnWith, type StepResidue } from "../core/journal.ts";
import { failureText } from "./failures.ts";
import { type Screen, writeLines } from "./renderer.ts";
import { integrationOf, type RunView, urlOf } from "./run-view.ts";
import { paintFor, symbolsFor, type Terminal, typed } from "./terminal.ts";
import { ago, count, duration, hanging, oneLine, table } from "./text.ts";
import { cameTo, outcomeText } from "./words.ts";

/** A run that failed has no result: how it ended is then for standard error. */
export function writeSummary(view: RunView, screen: Screen, line = (text: string) => text): void {
  const surface = good(view) ? screen.out : screen.err;
  writeLines(surface, summaryText(view, surface.terminal).map(line));
}

function good({ command, finished }: RunView): boolean {
  const outcome = finished?.outcome;
  return (
    outcome === "succeeded" ||
    outcome === "degraded" ||
    (outcome === "rolled-back" && command === "rollback")
  );
}

/** A rollback that closes a run which was cut off before it wrote, or when all was undone. */
function nothingOf({ command, of, finished, steps }: RunView): boolean {
  const done = command === "rollback" && finished?.outcome === "rolled-back";
  return done && of !== undefined && steps.size === 0;
}

/** The end of a run for people: what came of it, links, residue, why it failed, what to do next. */
export function summaryText(view: RunView, terminal: Terminal): string[] {
  const { finished } = view;
  if (finished === undefined) return [];
  const paint = paintFor(terminal);
  const symbols = symbolsFor(terminal);
  const idle = view.command === "setup" && finished.outcome === "succeeded" && !changed(finished);
  const result = nothingOf(view)
    ? `Nothing was left to undo of run ${view.of}`
    : idle
      ? "Everything is as it should be"
      : outcomeText(view.command, finished.outcome);
  // Of a run that came to no end "nothing to do" would not be true.
  const nothing = Object.values(finished.counts).every((many) => many === 0);
  const headline =
    nothing && (nothingOf(view) || !good(view)) ? result : `${result}: ${cameTo(finished)}`;
  const took = `in ${duration(finished.durationMs)}`;
  const [mark, color] = {
    succeeded: [symbols.done, paint.good],
    degraded: [symbols.warning, paint.warn],
    "rolled-back":
      view.command === "rollback" ? [symbols.done, paint.good] : [symbols.failed, paint.bad],
    "rollback-incomplete": [symbols.warning, paint.bad],
    failed: [symbols.failed, paint.bad],
    interrupted: [symbols.warning, paint.warn],
  }[finished.outcome] as [string, (text: string) => string];
  const lines = hanging(`${mark} `, `${headline} ${took}.`, terminal.width);
  lines[0] = lines[0]!.replace(mark, color(mark));
  if (!idle) lines.push(...links(view, terminal));
  lines.push(...waiting(view, terminal));
  lines.push(...fromMemory(view, terminal));
  lines.push(...residueText(finished.residue, terminal));
  if (finished.failure !== undefined && finished.outcome !== "interrupted") {
    lines.push("", ...failureText(finished.failure, terminal));
  }
  const next = nextStep(view, finished, terminal);
  if (next.length > 0) lines.push("", ...next.flatMap((line) => hanging("", line, terminal.width)));
  return ["", ...lines];
}

/** It is not yet what its title says. */
function isDeferred(view: RunView, step: string): boolean {
  return view.steps.get(step)?.state === "deferred";
}

function links(view: RunView, terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const receipts = view.finished?.receipts ?? {};
  const inOrder = new Set([...view.steps.keys(), ...Object.keys(receipts)]);
  const rows = [...inOrder].flatMap((step) => {
    const url = isDeferred(view, step) ? undefined : urlOf(receipts[step]);
    const title = titleOf(view, step);
    // Some titles are the address itself.
    return url === undefined || title.endsWith(` ${url}`) ? [] : [[`  ${title}`, oneLine(url)]];
  });
  if (rows.length === 0) return [];
  const widest = Math.max(...rows.map(([title, url]) => title!.length + url!.length + 2));
  // A link that is cut cannot be opened: on narrow terminals it gets a line of its own.
  const aligned =
    widest <= terminal.width
      ? table(rows, Number.POSITIVE_INFINITY, "")
      : rows.flatMap(([title, url]) => [
          ...hanging("  ", title!.trim(), terminal.width),
          `    ${url}`,
        ]);
  return ["", ...aligned.map((line) => line.replace(/https?:\S+$/, (url) => paint.link(url)))];
}

function waiting(view: RunView, terminal: Terminal): string[] {
  const symbols = symbolsFor(terminal);
  const open = [...view.steps.values()].filter(
    (step) => step.state === "deferred" || step.state === "skipped",
  );
  if (open.length === 0) return [];
  const lines = open.flatMap((step) =>
    hanging(
      `  ${symbols.skipped} `,
      `${oneLine(step.title)} ${step.state}: ${oneLine(step.failure?.message ?? "")}`,
      terminal.width,
    ),
  );
  return ["", ...lines];
}

/** Receipts that nobody could compare with what is there, and how old they are. */
function fromMemory(view: RunView, terminal: Terminal): string[] {
  const stale = view.finished?.stale ?? [];
  if (stale.length === 0) return [];
  const paint = paintFor(terminal);
  const lines = ["", paint.strong("From memory, because nobody could look:")];
  for (const { step, ageMs } of stale) {
    // What waits is called by what it is to become.
    const text = isDeferred(view, step)
      ? `${step}, as it was ${ago(ageMs)}; what is asked of it waits`
      : `${titleOf(view, step)}, as it was ${ago(ageMs)}`;
    lines.push(...hanging("  ? ", text, terminal.width));
  }
  return lines;
}

export function residueText(residue: readonly StepResidue[], terminal: Terminal): string[] {
  if (residue.length === 0) return [];
  const paint = paintFor(terminal);
  const symbols = symbolsFor(terminal);
  const lines = ["", paint.strong("Left behind, for a person to deal with:")];
  for (const item of residue) {
    const url = item.url === undefined ? "" : ` ${oneLine(item.url)}`;
    const text = `${oneLine(item.what)} (${item.step}): ${oneLine(item.why)}`;
    lines.push(...hanging(`  ${symbols.warning} `, text, terminal.width));
    lines.push(...hanging(`    ${symbols.arrow} `, `${oneLine(item.fix)}${url}`, terminal.width));
  }
  return lines;
}

function titleOf(view: RunView, step: string): string {
  const title = oneLine(view.steps.get(step)?.title ?? step);
  return `${integrationOf(step)} ${title}`;
}

function nextStep(view: RunView, finished: RunFinished, terminal: Terminal): string[] {
  const setup = typed("testx integrations setup", terminal);
  const again = typed(goesOnWith[view.command], terminal);
  const rollback = typed("testx rollback", terminal);
  const status = typed("testx integrations status", terminal);
  switch (finished.outcome) {
    case "interrupted":
      return view.command === "rollback"
        ? [`Run ${again} to go on undoing.`]
        : finished.undoable === undefined
          ? [`There is nothing of it to undo. Run ${again} to go on.`]
          : [`Run ${again} to go on where it stopped, or ${rollback} to undo what it did.`];
    case "degraded":
      return whenBack(finished, terminal) ?? [`Run ${setup} again when the services are back.`];
    case "succeeded":
      if (view.command !== "setup") return [];
      // What was there already and is as asked is not undone.
      return finished.undoable !== undefined
        ? [`${rollback} undoes this; ${status} shows what is set up.`]
        : [`${status} shows what is set up, with links.`];
    case "rolled-back":
      if (!nothingOf(view)) return [];
      return [
        `${typed("testx rollback --list", terminal)} shows what of other runs can be undone.`,
      ];
    case "failed":
    case "rollback-incomplete":
      return [];
  }
}

/** How to go on with what waits; nothing, where nothing does. */
function whenBack({ waiting = [], failure }: RunFinished, terminal: Terminal) {
  if (waiting.length === 0) return undefined;
  const sync = typed("testx integrations sync", terminal);
  const list = typed("testx deferred list", terminal);
  const alive = waiting.filter(({ dead }) => !dead).length;
  const dead = waiting.length - alive;
  const conflict = failure?.code === "SYNC_CONFLICT";
  return [
    ...(alive > 0 && !conflict
      ? [`${count(alive, "write waits", "writes wait")}: run ${sync} when the services are back.`]
      : []),
    ...(conflict ? [`${count(alive, "write waits", "writes wait")}: ${list} shows why.`] : []),
    ...(dead > 0 ? [`${count(dead, "write is", "writes are")} given up: see ${list}.`] : []),
  ];
}

function changed({ counts }: RunFinished): boolean {
  return counts.created + counts.updated + counts.adopted > 0;
}
