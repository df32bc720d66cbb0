/** A span of time in words, roughly: `90 s`, `45 minutes`, `3 hours`, `4 days`. */
export function spelled(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} hours`
    : `${Math.round(seconds / 86_400)} days`;
}

/** A wait that begins at `now` (ms since the epoch); a long one with its end: `2 hours, until 14:05 UTC`. */
export function spelledWait(ms: number, now: number): string {
  const wait = spelled(Math.ceil(ms / 1000) * 1000);
  if (ms < 120_000) return wait;
  const end = new Date(now + ms).toISOString();
  const day = ms < 86_400_000 ? "" : `${end.slice(0, 10)} `;
  return `${wait}, until ${day}${end.slice(11, 16)} UTC`;
}
