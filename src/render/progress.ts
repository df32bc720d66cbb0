import type { RunEvent } from "../core/events.ts";
import { linesFor } from "./lines.ts";
import { logLines } from "./log-line.ts";
import { type Surface, writeLines } from "./renderer.ts";
import { paintFor, symbolsFor } from "./terminal.ts";
import { cut, duration, oneLine } from "./text.ts";
import { doubtText } from "./words.ts";

/** One line that tells what is going on and is gone at the end; with `verbose`, a log. */
export interface Progress {
  event(event: RunEvent): void;
  clear(): void;
}

export function progressLine(
  surface: Surface,
  options: { readonly quiet: boolean; readonly verbose: boolean; readonly json: boolean },
): Progress {
  const { terminal } = surface;
  if (options.verbose && !options.json) {
    return {
      event: (event) =>
        writeLines(
          surface,
          linesFor(event, true).flatMap((line) => logLines(event, line, terminal)),
        ),
      clear() {},
    };
  }
  const { ellipsis } = symbolsFor(terminal);
  const { show, clear } = passingLine(surface, options);
  return {
    event(event) {
      if (event.type === "health.started") show(`Checking ${event.integration}${ellipsis}`);
      else if (event.type === "health.finished") show(`Looking at what is there${ellipsis}`);
      else if (event.type === "call.retrying") {
        show(`${event.integration}: ${event.reason}, trying again${ellipsis}`);
      } else if (event.type === "step.probing") {
        const [why, then] = doubtText(event);
        show(`${event.step}: ${why}, ${then} in ${duration(event.waitMs)}${ellipsis}`);
      } else if (event.type === "call.finished") show(`${event.integration}: ${event.operation}`);
    },
    clear,
  };
}

/** One line for what is said last, on a terminal; gone at the end. */
export function passingLine(
  surface: Surface,
  options: { readonly quiet: boolean; readonly json: boolean },
): { show(text: string): void; clear(): void } {
  const { terminal } = surface;
  if (options.quiet || options.json || !terminal.interactive) return { show() {}, clear() {} };
  const paint = paintFor(terminal);
  const { ellipsis } = symbolsFor(terminal);
  let shown = "";
  let over = false;
  return {
    show(text) {
      // What was stopped may still be told of.
      if (over || text === shown) return;
      shown = text;
      surface.write(`\r\u001b[K${paint.faint(cut(oneLine(text), terminal.width - 1, ellipsis))}`);
    },
    clear() {
      over = true;
      if (shown !== "") surface.write("\r\u001b[K");
    },
  };
}
