const uuid =
  /([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})(?![0-9a-f])/gi;

/**
 * The id in what a person writes: an id with or without dashes, or the address of a page as
 * the browser shows it. `undefined` when there is none.
 */
export function idOf(written: string): string | undefined {
  const text = written.trim();
  const isAddress = /^https?:\/\//i.test(text);
  // Beside a database that is open, the page that is seen.
  const peeked = isAddress ? /[?&]p=([^&#]+)/.exec(text)?.[1] : undefined;
  const address = isAddress ? text.replace(/[?#].*$/, "") : text;
  // A title in front of the id may end in hexadecimal digits, so the last match counts.
  const last = [...address.matchAll(uuid), ...(peeked?.matchAll(uuid) ?? [])].at(-1);
  return last?.slice(1, 6).join("-").toLowerCase();
}

/** One form for comparing ids; the service writes them with dashes or without. */
export function sameId(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return plain(a) === plain(b);
}

export function plain(id: string): string {
  return id.replaceAll("-", "").toLowerCase();
}
