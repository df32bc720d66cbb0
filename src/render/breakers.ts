import type { BreakerItem } from "../core/results.ts";
import { type Paint, paintFor, type Terminal } from "./terminal.ts";
import { ago, duration, hanging, oneLine, pad, width } from "./text.ts";

const states: Readonly<Record<BreakerItem["state"], string>> = {
  closed: "closed",
  open: "open",
  "half-open": "half-open",
  "forced-open": "held open",
  "forced-closed": "held closed",
};

/** One line for each integration; why and until when, where there is something to say. */
export function breakerLines(
  items: readonly BreakerItem[],
  terminal: Terminal,
  now: number,
): string[] {
  if (items.length === 0) return ["There is no integration."];
  const paint = paintFor(terminal);
  const longest = Math.max(...items.map(({ integration }) => width(integration)));
  return items.flatMap((item) => {
    const { integration, state, since, until, why } = item;
    const about = [
      ...(state === "closed" || since === undefined ? [] : [`changed ${ago(now - since)}`]),
      ...(until === undefined ? [] : [untilText(state, until - now)]),
      ...(why === undefined || state === "closed" ? [] : [oneLine(why)]),
    ];
    const head = `${pad(integration, longest)}  ${states[state]}`;
    const text = about.length === 0 ? "" : `: ${about.join("; ")}`;
    return hanging(`${pad(integration, longest)}  `, `${states[state]}${text}`, terminal.width).map(
      (line, at) => (at === 0 ? colored(line, head, state, paint) : line),
    );
  });
}

/** What happens next, `ms` from now. */
export function untilText(state: BreakerItem["state"], ms: number): string {
  const held = state === "forced-open" || state === "forced-closed";
  if (held) return `for another ${duration(ms)}`;
  return ms <= 0 ? "the next call goes as a probe" : `one call may go in ${duration(ms)}`;
}

function colored(line: string, head: string, state: BreakerItem["state"], paint: Paint): string {
  if (!line.startsWith(head)) return line;
  const word = states[state];
  const tint = { closed: paint.good, open: paint.bad, "forced-open": paint.bad } as const;
  const painted = state in tint ? tint[state as keyof typeof tint](word) : paint.warn(word);
  return head.slice(0, -word.length) + painted + line.slice(head.length);
}
