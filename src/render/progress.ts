import type { RunEvent } from "../core/events.ts";
import { linesFor } from "./lines.ts";
import { logLines } from "./log-line.ts";
import { type Surface, writeLines } from "./renderer.ts";
import { paintFor, symbolsFor } from "./terminal.ts";
import { cut, oneLine } from "./text.ts";

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
  const paint = paintFor(terminal);
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
  if (options.quiet || options.json || !terminal.interactive) {
    return { event() {}, clear() {} };
  }
  const { ellipsis } = symbolsFor(terminal);
  let shown = false;
  let over = false;
  const show = (text: string): void => {
    // What was stopped may still be told of.
    if (over) return;
    shown = true;
    surface.write(`\r\u001b[K${paint.faint(cut(oneLine(text), terminal.width - 1, ellipsis))}`);
  };
  return {
    event(event) {
      if (event.type === "health.started") show(`Checking ${event.integration}${ellipsis}`);
      else if (event.type === "health.finished") show(`Looking at what is there${ellipsis}`);
      else if (event.type === "call.retrying") {
        show(`${event.integration}: ${event.reason}, trying again${ellipsis}`);
      } else if (event.type === "call.finished") show(`${event.integration}: ${event.operation}`);
    },
    clear() {
      over = true;
      if (shown) surface.write("\r\u001b[K");
    },
  };
}
