import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { JournalStore } from "../core/ports.ts";
import type { StatusItem } from "../core/results.ts";
import { status } from "../features/status.ts";
import { inPlace } from "../render/in-place.ts";
import { writeJson } from "../render/ndjson.ts";
import { writeLines } from "../render/renderer.ts";
import { changeLines, statusLines } from "../render/status.ts";
import type { Context } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";

const everyMs = 1000;

/**
 * Shows what is set up until somebody ends it: drawn anew in place on a terminal; elsewhere a line
 * for each change, with `--json` everything at each change.
 */
export async function watchStatus(journal: JournalStore, context: Context): Promise<number> {
  const { screen, global, redactor, interruption, now } = context;
  const ended = new AbortController();
  interruption.onStop(() => ended.abort());
  const { terminal } = screen.out;
  const drawing = terminal.interactive && !global.json;
  const keys = drawing ? onKey(context.io.stdin, () => ended.abort()) : undefined;
  const picture = drawing ? inPlace(screen.out) : undefined;
  let before: readonly StatusItem[] | undefined;
  try {
    while (!ended.signal.aborted) {
      const items = redactor.json(status(journal) as never) as unknown as StatusItem[];
      const at = now();
      const changed = JSON.stringify(items) !== JSON.stringify(before);
      if (picture !== undefined) {
        const width = screen.out.size?.().columns ?? terminal.width;
        picture.draw([...statusLines(items, { ...terminal, width }, at), "", "q ends this."]);
      } else if (changed && global.json) writeJson(screen.out, { at, steps: items } as never);
      else if (changed) writeLines(screen.out, changeLines(before ?? [], items, at));
      before = items;
      await sleep(everyMs, undefined, { signal: ended.signal }).catch(() => {});
    }
  } finally {
    keys?.();
  }
  return exitCodes.done;
}

/** q, and what Ctrl-C and Ctrl-D are while keys are read. */
const endings: ReadonlySet<string> = new Set(["q", "Q", "\u0003", "\u0004"]);

type Keyboard = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/** Calls `end` at one of these keys; what it gives puts the terminal back as it was. */
function onKey(stdin: Keyboard, end: () => void): () => void {
  if (!stdin.isTTY || stdin.setRawMode === undefined) return () => {};
  const pressed = (keys: Buffer | string): void => {
    if ([...String(keys)].some((key) => endings.has(key))) end();
  };
  stdin.setRawMode(true);
  stdin.on("data", pressed);
  return () => {
    stdin.off("data", pressed);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
}
