/** How many more calls tokens are good for; one that is not named is good for any number. */
export type Lasting = { [token: string]: number };

/** Counts a call with a token. False: it is no good any more. */
export function lasts(lasting: Lasting, token: string): boolean {
  if (!Object.hasOwn(lasting, token)) return true;
  const left = lasting[token] ?? 0;
  lasting[token] = Math.max(0, left - 1);
  return left > 0;
}
