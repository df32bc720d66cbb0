import type { Json, JsonObject } from "../../core/json.ts";
import { strangeAt } from "./strange.ts";
import { type Report, type Span, scanNumber, scanString, type TextProblem } from "./text.ts";

/** A value and where it stands. Of keys that occur twice the last counts, as with JSON.parse. */
export interface JsonNode extends Span {
  readonly value: Json;
  readonly members?: ReadonlyMap<string, JsonMember>;
  readonly items?: readonly JsonNode[];
}

export interface JsonMember {
  readonly key: Span;
  readonly node: JsonNode;
}

export interface ParsedJson {
  /** Left out when the text could not be read to its end. */
  readonly root?: JsonNode;
  readonly problems: readonly TextProblem[];
}

export const deepest = 64;
const mostProblems = 50;
export const forbiddenKeys: ReadonlySet<string> = new Set([
  "__proto__",
  "constructor",
  "prototype",
]);
const bad = "CONFIG_BAD_JSON";
const words: Readonly<Record<string, Json>> = { true: true, false: false, null: null };
const foreignWords: Readonly<Record<string, Json>> = {
  True: true,
  TRUE: true,
  False: false,
  FALSE: false,
  None: null,
  NULL: null,
  nil: null,
};

/** Ends the reading: what follows could only be guessed. */
class Stop extends Error {}

/**
 * Reads JSON with positions. Slips whose meaning is plain (a comma too many or missing,
 * comments, single quotes) are reported and passed over, so that the rest is checked in the
 * same go. Nesting beyond 64 ends the reading before it could exhaust the stack.
 */
export function parseJson(text: string): ParsedJson {
  const problems: TextProblem[] = [];
  const report: Report = (problem) => {
    problems.push(problem);
    if (problems.length >= mostProblems) throw new Stop();
  };
  try {
    const reader = new Reader(text, report);
    const root = reader.document();
    return { root, problems };
  } catch (error) {
    if (error instanceof Stop) return { problems };
    throw error;
  }
}

class Reader {
  readonly #text: string;
  readonly #report: Report;
  readonly #open: number[] = [];
  #at = 0;

  constructor(text: string, report: Report) {
    this.#text = text;
    this.#report = report;
  }

  document(): JsonNode {
    const root = this.#value();
    this.#space();
    if (this.#at < this.#text.length) {
      const rest = { start: this.#at, end: this.#lineEnd() };
      this.#report({ code: bad, message: "Nothing may follow the end of the value.", ...rest });
    }
    return root;
  }

  #value(): JsonNode {
    this.#space();
    const start = this.#at;
    const character = this.#text[start];
    if (character === "{" || character === "[") {
      if (this.#open.length === deepest) {
        const message = `This is nested deeper than ${deepest} levels.`;
        this.#stop({ code: "CONFIG_TOO_DEEP", message, start, end: start + 1 });
      }
      this.#open.push(start);
      const node = character === "{" ? this.#object() : this.#array();
      this.#open.pop();
      return node;
    }
    if (character === '"' || character === "'") {
      return { start, value: this.#string(), end: this.#at };
    }
    if (character !== undefined && /[-+.0-9]/.test(character)) {
      const { value, end } = scanNumber(this.#text, start, this.#report);
      this.#at = end;
      return { start, end, value };
    }
    return this.#word(start);
  }

  #object(): JsonNode {
    const start = this.#at++;
    const value: JsonObject = {};
    const members = new Map<string, JsonMember>();
    this.#list("}", () => {
      const key = this.#key();
      const name = key.name;
      this.#colon();
      const node = this.#value();
      if (forbiddenKeys.has(name)) {
        const message = `The key "${name}" is not allowed anywhere: it reaches into how objects work.`;
        this.#report({ code: "CONFIG_FORBIDDEN_KEY", message, ...key.span });
        return;
      }
      if (members.has(name)) {
        const message = `The key "${name}" stands here twice; the first one would be lost.`;
        this.#report({ code: "CONFIG_DUPLICATE_KEY", message, ...key.span });
      }
      members.set(name, { key: key.span, node });
      value[name] = node.value;
    });
    return { start, end: this.#at, value, members };
  }

  #array(): JsonNode {
    const start = this.#at++;
    const items: JsonNode[] = [];
    this.#list("]", () => {
      items.push(this.#value());
    });
    return { start, end: this.#at, value: items.map((item) => item.value), items };
  }

  /** Reads entries up to and with the closing bracket. */
  #list(close: string, entry: () => void): void {
    let separator: number | undefined;
    // One that is too many at the beginning parts nothing, but none is missing behind it either.
    let leading = false;
    let end = this.#at;
    for (let first = true; ; first = false) {
      this.#space();
      const character = this.#text[this.#at];
      if (character === undefined) this.#unexpected();
      if (character === close) {
        if (separator !== undefined)
          this.#comma("The comma before this bracket is one too many.", separator);
        this.#at++;
        return;
      }
      if (character === "," && (first || separator !== undefined)) {
        this.#comma("This comma is one too many.", this.#at);
        this.#at++;
        leading = separator === undefined;
        continue;
      }
      if (!first && separator === undefined && !leading) {
        if (!this.#startsEntry(close)) this.#unexpected();
        this.#comma("A comma is missing behind this.", Math.max(0, end - 1));
      }
      entry();
      leading = false;
      end = this.#at;
      this.#space();
      separator = this.#text[this.#at] === "," ? this.#at++ : undefined;
    }
  }

  #startsEntry(close: string): boolean {
    const rest = this.#text.slice(this.#at, this.#at + 200);
    return close === "}"
      ? /^["']|^[A-Za-z_$][\w$-]*\s*:/.test(rest)
      : /^["'{[\d-]|^(true|false|null)\b/.test(rest);
  }

  #key(): { name: string; span: Span } {
    const start = this.#at;
    const character = this.#text[start];
    if (character === '"' || character === "'") {
      const name = this.#string();
      return { name, span: { start, end: this.#at } };
    }
    const name = /^[A-Za-z_$][\w$-]*(?=\s*:)/.exec(this.#text.slice(start, start + 200))?.[0];
    if (name === undefined) this.#unexpected();
    const span = { start, end: start + name.length };
    this.#at = span.end;
    this.#report({
      code: bad,
      message: "A key stands in double quotes.",
      suggestion: `"${name}"`,
      ...span,
    });
    return { name, span };
  }

  #colon(): void {
    this.#space();
    const character = this.#text[this.#at];
    if (character === "=") {
      const span = { start: this.#at, end: this.#at + 1 };
      this.#report({
        code: bad,
        message: "A colon separates a key from its value.",
        suggestion: ":",
        ...span,
      });
    } else if (character !== ":") this.#unexpected();
    this.#at++;
  }

  #string(): string {
    const start = this.#at;
    const found = scanString(this.#text, start, this.#report);
    if (found === undefined) {
      const message = "This string is not closed on its line.";
      this.#stop({ code: bad, message, start, end: this.#lineEnd() });
    }
    this.#at = found.end;
    if (this.#text[start] === "'") {
      const suggestion = JSON.stringify(found.value);
      this.#report({
        code: bad,
        message: "A string stands in double quotes.",
        suggestion,
        start,
        end: found.end,
      });
    }
    return found.value;
  }

  #word(start: number): JsonNode {
    const word = /^[A-Za-z_$][\w$]*/.exec(this.#text.slice(start, start + 100))?.[0];
    if (word === undefined) this.#unexpected();
    const end = start + word.length;
    this.#at = end;
    if (Object.hasOwn(words, word)) return { start, end, value: words[word] as Json };
    const message = `"${word}" is no JSON value; text stands in double quotes.`;
    if (!Object.hasOwn(foreignWords, word)) this.#stop({ code: bad, message, start, end });
    const value = foreignWords[word] as Json;
    this.#report({ code: bad, message, suggestion: JSON.stringify(value), start, end });
    return { start, end, value };
  }

  /** Passes over white space; comments are reported and passed over too. */
  #space(): void {
    for (;;) {
      let character = this.#text.charCodeAt(this.#at);
      while (character === 32 || character === 10 || character === 13 || character === 9) {
        character = this.#text.charCodeAt(++this.#at);
      }
      if (character !== 47) return;
      const isBlock = this.#text.startsWith("/*", this.#at);
      if (!isBlock && !this.#text.startsWith("//", this.#at)) return;
      const start = this.#at;
      const close = this.#text.indexOf("*/", start + 2);
      this.#at = isBlock ? (close < 0 ? this.#text.length : close + 2) : this.#lineEnd();
      this.#report({ code: bad, message: "JSON has no comments.", start, end: this.#at });
    }
  }

  #comma(message: string, start: number): void {
    this.#report({ code: bad, message, start, end: start + 1 });
  }

  #unexpected(): never {
    const start = this.#at;
    const opened = this.#open.at(-1);
    if (start < this.#text.length) {
      const { message, length } = strangeAt(this.#text, start);
      this.#stop({ code: bad, message, start, end: start + length });
    }
    const line = opened === undefined ? 0 : this.#text.slice(0, opened).split(/\r\n|\n|\r/).length;
    const message =
      opened === undefined
        ? "The file ends where a value should be."
        : `The file ends, but the "${this.#text[opened]}" of line ${line} is not closed.`;
    this.#stop({ code: bad, message, start, end: start });
  }

  #stop(problem: TextProblem): never {
    this.#report(problem);
    throw new Stop();
  }

  #lineEnd(): number {
    let end = this.#at;
    while (end < this.#text.length && !/[\r\n]/.test(this.#text[end] as string)) end++;
    return end;
  }
}
