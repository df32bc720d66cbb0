import type { Treatment } from "../core/doctor-report.ts";
import { paintFor, symbolsFor, type Terminal } from "./terminal.ts";
import { hanging, oneLine } from "./text.ts";

const words: Readonly<Record<Treatment["outcome"], string>> = {
  cured: "mended",
  done: "done, and not enough",
  useless: "taken back",
  failed: "failed",
  declined: "not done",
};

/** What was done, what came of it, and how to take it back. */
export function treatmentLines(treatments: readonly Treatment[], terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const symbols = symbolsFor(terminal);
  return treatments.flatMap(({ text, outcome, undo, message }) => {
    const good = outcome === "cured";
    const mark = good ? paint.good(symbols.done) : paint.warn(symbols.warning);
    const lines = hanging(`${mark} `, `${words[outcome]}: ${oneLine(text)}`, terminal.width);
    if (message !== undefined) lines.push(...hanging("    ", oneLine(message), terminal.width));
    if (undo !== undefined) lines.push(...hanging("  undo  ", oneLine(undo), terminal.width));
    return [...lines, ""];
  });
}
