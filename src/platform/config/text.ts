/** Half-open range of offsets in a text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface TextProblem extends Span {
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
}

export type Report = (problem: TextProblem) => void;

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

export interface Scanned<T> {
  readonly value: T;
  readonly end: number;
}

const bad = "CONFIG_BAD_JSON";
const [lineFeed, carriageReturn, space, backslash] = [10, 13, 32, 92];

/** Reads the string whose opening quote is at `start`; `undefined`: it is not closed on its line. */
export function scanString(
  text: string,
  start: number,
  report: Report,
): Scanned<string> | undefined {
  const quote = text.charCodeAt(start);
  let value = "";
  let from = start + 1;
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) {
      const end = at + 1;
      // Without escapes there can be no half pair: the decoder lets none through.
      if (from === start + 1) return { value: text.slice(from, at), end };
      value += text.slice(from, at);
      if (!value.isWellFormed()) {
        const message = "This string holds half of a surrogate pair, which is no character.";
        report({ code: bad, message, start, end });
      }
      return { value: value.toWellFormed(), end };
    }
    if (unit === lineFeed || unit === carriageReturn) return undefined;
    if (unit < space) {
      const suggestion = `\\u${unit.toString(16).padStart(4, "0")}`;
      const message = "A control character in a string must be written as an escape.";
      report({ code: bad, message, suggestion, start: at, end: at + 1 });
    } else if (unit === backslash) {
      value += text.slice(from, at);
      const found = scanEscape(text, at, text[start] as string, report);
      if (found === undefined) return undefined;
      value += found.value;
      at = found.end - 1;
      from = found.end;
    }
  }
  return undefined;
}

function scanEscape(
  text: string,
  start: number,
  quote: string,
  report: Report,
): Scanned<string> | undefined {
  const letter = text[start + 1];
  if (letter === undefined || letter === "\n" || letter === "\r") return undefined;
  const known = escapes[letter] ?? (letter === quote ? quote : undefined);
  if (known !== undefined) return { value: known, end: start + 2 };
  const digits = /^u[0-9a-fA-F]{4}/.exec(text.slice(start + 1, start + 6));
  if (digits !== null) {
    return { value: String.fromCharCode(Number.parseInt(digits[0].slice(1), 16)), end: start + 6 };
  }
  const message =
    letter === "u"
      ? "A \\u escape needs four hexadecimal digits."
      : 'There is no such escape; a backslash itself is written "\\\\".';
  report({ code: bad, message, start, end: start + 2 });
  return { value: letter, end: start + 2 };
}

const strict = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/** Reads what begins like a number, also one that JSON does not allow. */
export function scanNumber(text: string, start: number, report: Report): Scanned<number> {
  let end = start;
  while (end < text.length && /[0-9a-zA-Z_+.-]/.test(text[end] as string)) end++;
  const written = text.slice(start, end);
  const value = Number(written);
  if (!strict.test(written)) {
    const suggestion = Number.isFinite(value) ? { suggestion: String(value) } : {};
    report({
      code: bad,
      message: "This is not a number as JSON writes them.",
      start,
      end,
      ...suggestion,
    });
  } else if (!Number.isFinite(value)) {
    report({ code: bad, message: "This number is too large.", start, end });
  }
  return { value: Number.isFinite(value) ? value : 0, end };
}

/** The offset in the text of a string's `wanted`-th unit; `start` is that of its opening quote. */
export function offsetInString(text: string, start: number, wanted: number): number {
  let at = start + 1;
  const next = text.indexOf("\\", at);
  if (next < 0 || next >= at + wanted) return at + wanted;
  for (let unit = 0; unit < wanted && at < text.length; unit++) {
    if (text[at] !== "\\") at++;
    else at += text[at + 1] === "u" ? 6 : 2;
  }
  return at;
}
