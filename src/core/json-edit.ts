/**
 * Edits of a JSON text that leave the rest of it as it is written. Lines and columns count from 1,
 * columns in UTF-16 units; both name the opening quote of a key. `undefined`: no key is there.
 */
export function withoutKey(text: string, line: number, column: number): string | undefined {
  const key = keyAt(text, line, column);
  if (key === undefined) return undefined;
  const end = valueEnd(text, key.value);
  if (end === undefined) return undefined;
  const before = text.slice(0, key.start).trimEnd().length;
  const comma = skipBlanks(text, end);
  if (text[comma] === ",") return text.slice(0, before) + text.slice(comma + 1);
  const start = text[before - 1] === "," ? before - 1 : before;
  return text.slice(0, start) + text.slice(end);
}

export function withKey(
  text: string,
  line: number,
  column: number,
  name: string,
): string | undefined {
  const key = keyAt(text, line, column);
  return key && text.slice(0, key.start) + JSON.stringify(name) + text.slice(key.end);
}

interface Key {
  readonly start: number;
  readonly end: number;
  /** Where its value begins. */
  readonly value: number;
}

function keyAt(text: string, line: number, column: number): Key | undefined {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    start = text.indexOf("\n", start) + 1;
    if (start === 0) return undefined;
  }
  start += column - 1;
  const end = stringEnd(text, start);
  if (end === undefined) return undefined;
  const colon = skipBlanks(text, end);
  return text[colon] === ":" ? { start, end, value: skipBlanks(text, colon + 1) } : undefined;
}

/** Behind the closing quote. */
function stringEnd(text: string, start: number): number | undefined {
  if (text[start] !== '"') return undefined;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return undefined;
}

function valueEnd(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const sign = text[at] as string;
    if (sign === '"') {
      const end = stringEnd(text, at);
      if (end === undefined || depth === 0) return end;
      at = end;
      continue;
    }
    if (sign === "{" || sign === "[") depth += 1;
    else if (sign === "}" || sign === "]") {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && /[,\s]/.test(sign)) return at;
    at += 1;
  }
  return undefined;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? "")) at += 1;
  return at;
}
