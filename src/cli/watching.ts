import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "./context.ts";

const everyMs = 1000;

/**
 * Looks every second until somebody ends it: by Ctrl-C, by SIGTERM or, where `keys` are read, by
 * q. The terminal is then as it was.
 */
export async function watching(context: Context, keys: boolean, look: () => void): Promise<void> {
  const ended = new AbortController();
  context.interruption.onStop(() => ended.abort());
  const restore = keys ? onKey(context.io.stdin, () => ended.abort()) : undefined;
  try {
    while (!ended.signal.aborted) {
      look();
      await sleep(everyMs, undefined, { signal: ended.signal }).catch(() => {});
    }
  } finally {
    restore?.();
  }
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
