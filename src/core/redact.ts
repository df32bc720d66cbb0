import type { Json } from "./json.ts";

const mask = "***";
/** Shorter values are no secrets, and masking them would garble everything. */
const shortest = 6;

/**
 * Shapes that are secrets wherever they come from, each with what stands in it; the last one is a
 * password in a URL. Most texts have none, and to look for a word costs less than to try a pattern.
 */
const shapes: readonly (readonly [readonly string[], RegExp, string])[] = [
  [["xox"], /\bxox[a-eoprs]-[A-Za-z0-9-]{8,}/g, mask],
  [["xapp-"], /\bxapp-[A-Za-z0-9-]{8,}/g, mask],
  [["gho_", "ghp_", "ghu_", "ghs_", "ghr_"], /\bgh[opusr]_[A-Za-z0-9]{16,}/g, mask],
  // Of an app's installation, as they are given out since 2026.
  [["ghs_"], /\bghs_\d+_eyJ[\w.-]+/g, mask],
  [["github_pat_"], /\bgithub_pat_[A-Za-z0-9_]{16,}/g, mask],
  [["ntn_", "secret_"], /\b(?:ntn|secret)_[A-Za-z0-9]{32,}/g, mask],
  [["@"], /(:\/\/[^\s/:@"'\\]*:)[^\s/@"'\\]+@/g, `$1${mask}@`],
];

/** Takes secrets out of text, in every form in which they could travel. */
export interface Redactor {
  /** From now on these values are masked. Values of fewer than 6 characters are ignored. */
  add(secrets: Iterable<string>): void;
  text(text: string): string;
  json<T extends Json>(value: T): T;
}

export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const known = new Set<string>();
  let pattern: RegExp | undefined;

  const seen = new Set<string>();
  const add = (values: Iterable<string>): void => {
    const fresh = [...values].filter((value) => !seen.has(value));
    if (fresh.length === 0) return;
    for (const value of fresh) {
      seen.add(value);
      for (const part of [value, value.trim(), ...lines(value)]) {
        if (part.length >= shortest) for (const form of forms(part)) known.add(form);
      }
    }
    // Longest first, so that the whole form is masked and not only the part of it that is another.
    const alternatives = [...known].sort((a, b) => b.length - a.length).map(escaped);
    pattern = alternatives.length > 0 ? new RegExp(alternatives.join("|"), "g") : undefined;
  };
  const text = (value: string): string => {
    let result = pattern === undefined ? value : value.replace(pattern, mask);
    for (const [marks, shape, replacement] of shapes) {
      if (marks.some((mark) => result.includes(mark))) result = result.replace(shape, replacement);
    }
    return result;
  };
  const json = (value: Json): Json => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [text(key), json(item)]),
      );
    }
    return value;
  };
  add(secrets);
  return { add, text, json: json as Redactor["json"] };
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** A private key is masked line by line as well: it may be printed with another indentation. */
function lines(value: string): string[] {
  return value.includes("\n") ? value.split(/\r?\n/).map((line) => line.trim()) : [];
}

/** The value as it is, JSON-escaped (once and twice), URL-encoded, base64 and hexadecimal. */
function forms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const found = [secret, json, JSON.stringify(json).slice(1, -1)];
  const encoded = percent(secret);
  found.push(encoded, lowerHex(encoded), encoded.replaceAll("%20", "+"), strict(encoded));
  const bytes = new TextEncoder().encode(secret);
  for (const form of base64(bytes))
    found.push(form, form.replaceAll("+", "-").replaceAll("/", "_"));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  found.push(hex, hex.toUpperCase());
  return found.filter((form) => form.length >= shortest);
}

function percent(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function lowerHex(encoded: string): string {
  return encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

/** As form encoders write it: these five are left alone by `encodeURIComponent`. */
function strict(encoded: string): string {
  return encoded.replace(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * Base64 at each of the three offsets at which the secret can stand in longer text (as in
 * `Basic base64(user:secret)`), without the characters that its neighbours have a part in.
 */
function base64(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((offset) => {
    const padded = new Uint8Array(offset + bytes.length);
    padded.set(bytes, offset);
    const whole = btoa(Array.from(padded, (byte) => String.fromCharCode(byte)).join("")).replaceAll(
      "=",
      "",
    );
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor((padded.length * 8) / 6);
    return whole.slice(from, to);
  });
}
