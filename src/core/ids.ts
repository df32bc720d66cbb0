import type { Random } from "./ports.ts";

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

/** 16 lower-case letters and digits: 82 bits. */
export function newOperationId(random: Random): string {
  let id = "";
  for (let at = 0; at < 16; at++) id += alphabet[Math.floor(random() * alphabet.length)];
  return id;
}

/** `20260131-142501-k3x9`: sorts by time, and is short enough to type. */
export function newRunId(now: number, random: Random): string {
  const time = new Date(now).toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${time}-${newOperationId(random).slice(0, 4)}`;
}
