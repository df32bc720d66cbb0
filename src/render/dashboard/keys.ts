import { paintFor, symbolsFor, type Terminal } from "../terminal.ts";
import { hanging, width } from "../text.ts";
import type { View } from "./view.ts";

/** The line of keys at the bottom, as much of it as fits. */
export function keysLine(page: View["page"], canType: boolean, terminal: Terminal): string {
  const arrows = terminal.unicode ? "↑↓" : "j/k";
  const keys = {
    overview: ["q quit", "r check now", `${arrows} choose`, "enter details", "? help"],
    details: ["q quit", "r check now", `${arrows} the others`, "esc back", "? help"],
    help: ["q quit", "any other key goes back"],
  }[page];
  return paintFor(terminal).faint(fitting(canType ? keys : ["Ctrl-C quits"], terminal.width));
}

/** As many of them, from the left, as there is room for. */
function fitting(items: readonly string[], columns: number): string {
  return items.reduce((line, item) => {
    const longer = line === "" ? item : `${line}   ${item}`;
    return width(longer) <= columns ? longer : line;
  }, "");
}

const keys: readonly (readonly [string, string])[] = [
  ["q, Ctrl-C", "quit"],
  ["r", "check now: asks each service, as `testx integrations health --fresh` does"],
  ["up, down, k, j", "choose an integration; g and G: the first and the last"],
  ["enter", "everything that is known of it; again, or esc: back"],
  ["?", "this page"],
];

/** What the keys do and the signs mean. */
export function helpLines(terminal: Terminal, rows: number): string[] {
  const paint = paintFor(terminal);
  const { done, warning, failed, dash } = symbolsFor(terminal);
  const column = 20;
  const item = (name: string, text: string): string[] =>
    hanging(`  ${name}`.padEnd(column), text, terminal.width);
  const lines = [
    paint.strong("Keys"),
    ...keys.flatMap(([name, text]) => item(name, text)),
    "",
    paint.strong("Signs"),
    ...item(
      `${done} ${warning} ${failed} ${dash}`,
      "healthy, degraded, down, never asked; and for how long",
    ),
    ...item("breaker", "closed: calls go; open: none goes; half-open: one tries; forced: by hand"),
    ...item("limits", "how many rate limits are used up in part, or how long calls wait"),
    ...item(
      "p95",
      "95 % of the calls of 24 hours took at most so long; by the hour, each sign an hour, the higher the slower",
    ),
    "",
    ...hanging(
      "",
      "Nothing is sent unless you press r: what is shown is what other commands have noted.",
      terminal.width,
    ),
  ];
  return lines.slice(0, rows);
}
