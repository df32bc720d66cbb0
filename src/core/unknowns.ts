import type { Json } from "./json.ts";
import { placeholder } from "./references.ts";

/**
 * Stand-ins for values that are known only when setup has run. They look like the service's own,
 * so that validators and SDKs take them, and can be told from everything else: `settled` puts
 * readable placeholders in their place. Another `salt` gives other stand-ins for the same names.
 */
export class Unknowns {
  readonly #salt: string;
  readonly #values = new Map<string, string | number>();
  /** Placeholder by what can stand in a request. */
  readonly #forms = new Map<string, string>();
  #pattern: RegExp | undefined;

  constructor(salt: string) {
    this.#salt = salt;
  }

  /** @param form makes of 32 hexadecimal digits what the value should look like */
  text(name: string, form: (digits: string) => string): string {
    const value = form(digitsOf(`${this.#salt} ${name}`));
    this.#keep(name, value);
    return value;
  }

  /** 16 digits, beyond every number that services count to, and a safe integer. */
  number(name: string): number {
    const digits = digitsOf(`${this.#salt} ${name}`);
    const value = 8e15 + (Number.parseInt(digits.slice(0, 12), 16) % 1e15);
    this.#keep(name, value);
    return value;
  }

  isIn(text: string): boolean {
    return this.namesIn(text).length > 0;
  }

  /** Names of the values that the text holds, each once, in order. */
  namesIn(text: string): string[] {
    const found = this.#search(text)?.matchAll(this.#pattern as RegExp) ?? [];
    return [...new Set(Array.from(found, ([form]) => this.#forms.get(form) as string))];
  }

  /** The value with a placeholder (`⟨slack.channel.id⟩`) in place of each stand-in. */
  settled<T extends Json>(value: T): T {
    return this.#settled(value) as T;
  }

  #settled(value: Json): Json {
    if (typeof value === "number") {
      const name = this.#forms.get(String(value));
      return name === undefined ? value : placeholder(name);
    }
    if (typeof value === "string") {
      const text = this.#search(value);
      if (text === undefined) return value;
      return text.replace(this.#pattern as RegExp, (form) =>
        placeholder(this.#forms.get(form) as string),
      );
    }
    if (Array.isArray(value)) return value.map((item) => this.#settled(item));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.#settled(key), this.#settled(item)]),
    );
  }

  #keep(name: string, value: string | number): void {
    if (this.#values.get(name) === value) return;
    this.#values.set(name, value);
    this.#pattern = undefined;
    const text = String(value);
    const bare = text.replace(/[-.]/g, "");
    for (const form of [text, encodeURIComponent(text), bare]) this.#forms.set(form, name);
  }

  #search(text: string): string | undefined {
    if (this.#forms.size === 0) return undefined;
    // Longest first, so that an address is found before the id in it.
    this.#pattern ??= new RegExp(
      [...this.#forms.keys()]
        .sort((a, b) => b.length - a.length)
        .map((form) => form.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
        .join("|"),
      "g",
    );
    return text;
  }
}

/** 128 bits of the name in hexadecimal: four lanes of FNV-1a. */
function digitsOf(name: string): string {
  return [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b]
    .map((seed) => {
      let hash = seed;
      for (let at = 0; at < name.length; at++) {
        hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
        hash ^= hash >>> 15;
      }
      return (hash >>> 0).toString(16).padStart(8, "0");
    })
    .join("");
}
