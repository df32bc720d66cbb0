import type { RunEvent } from "../core/events.ts";
import type { Line } from "./lines.ts";
import type { Paint } from "./terminal.ts";
import { pad, timestamp } from "./text.ts";

/** A line of a log: when, what kind, about which step, what. */
export function logLine(event: RunEvent, line: Line, paint: Paint): string {
  const word = pad(line.word, 7);
  const colored = {
    info: word,
    good: paint.good(word),
    warn: paint.warn(word),
    bad: paint.bad(word),
    detail: paint.faint(word),
  }[line.level];
  return `${paint.faint(timestamp(event.at))} ${colored} ${line.about}  ${line.text}`;
}
