import type { RunEvent } from "../core/events.ts";
import type { Line } from "./lines.ts";
import { paintFor, type Terminal } from "./terminal.ts";
import { hanging, pad, timestamp, wrap } from "./text.ts";

/**
 * A line of a log: when, what kind, about which step, what. On a terminal only the time of day
 * (UTC), and what does not fit stands below its beginning.
 */
export function logLines(
  event: RunEvent,
  line: Line,
  terminal: Pick<Terminal, "color" | "width">,
): string[] {
  const paint = paintFor(terminal);
  const word = pad(line.word, 7);
  const colored = {
    info: word,
    good: paint.good(word),
    warn: paint.warn(word),
    bad: paint.bad(word),
    detail: paint.faint(word),
  }[line.level];
  const wide = !Number.isFinite(terminal.width);
  const when = wide ? timestamp(event.at) : timestamp(event.at).slice(11);
  const text = `${line.about}  ${line.text}`;
  if (wide) return [`${paint.faint(when)} ${colored} ${text}`];
  const label = `${when} ${word} `;
  const [first = "", ...more] =
    terminal.width < label.length + 24
      ? [label.trimEnd(), ...wrap(text, terminal.width - 2).map((part) => `  ${part}`)]
      : hanging(label, text, terminal.width);
  return [first.replace(when, paint.faint(when)).replace(word, colored), ...more];
}
