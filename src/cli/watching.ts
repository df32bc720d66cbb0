import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "./context.ts";
import { onKeys } from "./keyboard.ts";

const everyMs = 1000;

/**
 * Looks every second until somebody ends it: by Ctrl-C, by SIGTERM or, where `keys` are read, by
 * q. The terminal is then as it was.
 */
export async function watching(context: Context, keys: boolean, look: () => void): Promise<void> {
  const ended = new AbortController();
  context.interruption.onStop(() => ended.abort());
  const pressed = (keys: string): void => {
    if ([...keys].some((key) => endings.has(key))) ended.abort();
  };
  const restore = keys ? onKeys(context.io.stdin, pressed) : undefined;
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
