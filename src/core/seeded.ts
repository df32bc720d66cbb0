import type { Random } from "./ports.ts";

/**
 * Numbers that look random and are the same for the same seed, everywhere (mulberry32: 32 bits
 * of state, quick, good enough for jitter and dice). Streams of different names are independent.
 */
export function seeded(seed: number, stream = ""): Random {
  let state = hashed(`${seed}/${stream}`);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** FNV-1a. */
function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash;
}
