import type { DeferredItem } from "../core/results.ts";
import { failureText } from "./failures.ts";
import { paintFor, symbolsFor, type Terminal, typed } from "./terminal.ts";
import { ago, count, hanging, oneLine, timestamp } from "./text.ts";

/** What waits and what is given up, with why and since when. */
export function deferredLines(
  items: readonly DeferredItem[],
  terminal: Terminal,
  now: number,
): string[] {
  if (items.length === 0) return ["Nothing waits."];
  const paint = paintFor(terminal);
  const lines: string[] = [];
  for (const [state, mine] of Map.groupBy(items, (item) => item.state)) {
    lines.push(paint.strong(state === "waiting" ? "Waiting" : "Given up"));
    for (const item of mine) {
      const tried = item.attempts === 0 ? "" : `, failed ${count(item.attempts, "time")}`;
      const head = `  ${item.id.slice(0, 8)}  `;
      const text = `${oneLine(item.title)} (${item.step}), put off ${ago(now - item.since)}${tried}`;
      lines.push(
        ...hanging(head, text, terminal.width).map((line) =>
          line.replace(head, `  ${paint.faint(item.id.slice(0, 8))}  `),
        ),
        ...hanging("            ", oneLine(item.failure.message), terminal.width).map(paint.faint),
      );
    }
  }
  const sync = typed("testx integrations sync", terminal);
  const retry = typed("testx deferred retry --all", terminal);
  const waiting = items.some(({ state }) => state === "waiting");
  const dead = items.some(({ state }) => state === "given up");
  const next = [
    ...(waiting ? [`${sync} carries out what waits.`] : []),
    ...(dead ? [`${retry} has it try again what was given up.`] : []),
  ];
  return [...lines, "", ...next.flatMap((text) => hanging("", text, terminal.width))];
}

/** All that is known of one. */
export function deferredDetail(item: DeferredItem, terminal: Terminal, now: number): string[] {
  const paint = paintFor(terminal);
  const symbols = symbolsFor(terminal);
  const facts: readonly (readonly [string, string])[] = [
    ["id", item.id],
    ["step", `${item.step} (${item.kind})`],
    ["state", item.state],
    ["since", `${timestamp(item.since)} (${ago(now - item.since)}), run ${item.run}`],
    ["last", `${timestamp(item.at)} (${ago(now - item.at)})`],
    ["attempts", String(item.attempts)],
  ];
  const input = Object.entries(item.input).map(
    ([key, value]) => `${key}: ${oneLine(JSON.stringify(value))}`,
  );
  return [
    paint.strong(oneLine(item.title)),
    ...facts.flatMap(([label, text]) =>
      hanging(`  ${label.padEnd(9)} `, oneLine(text), terminal.width),
    ),
    "  asks for",
    ...input.flatMap((text) => hanging(`    ${symbols.arrow} `, text, terminal.width)),
    "",
    ...failureText(item.failure, terminal),
  ];
}
