/**
 * Slack keeps text in a form of its own: `&`, `<` and `>` escaped, addresses as `<url>` or
 * `<url|label>`, emoji as `:name:`. https://docs.slack.dev/messaging/formatting-message-text
 */

/** The text as a person would write it, on one line. */
export function plainText(kept: string): string {
  return plainLines(kept).replace(/\s+/g, " ").trim();
}

/** The same with its line breaks. */
export function plainLines(kept: string): string {
  return kept
    .replace(/<((?:https?|ftp|mailto|tel):[^|<>]+)(?:\|([^<>]*))?>/g, (all, url: string, label) => {
      if (label === undefined) return url;
      const written = url.replace(/^(?:https?:\/\/|mailto:|tel:)/, "");
      return written === label || written === `${label}/` ? label : all;
    })
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

const pictograph =
  /(?:\p{RI}\p{RI}|\p{Extended_Pictographic}(?:\ufe0f|\p{EMod})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{EMod})?)*)/gu;
const shortcode = /:[a-z0-9_+'-]+:(?::skin-tone-\d:)?/g;

/** Whether what Slack keeps is what was asked for. */
export function sameText(kept: string, wanted: string): boolean {
  const a = plainText(kept);
  const b = plainText(wanted);
  if (a === b) return true;
  // Which emoji became which name is Slack's to know; that there is one must do.
  return b.search(pictograph) >= 0 && emojiBlind(a) === emojiBlind(b);
}

function emojiBlind(text: string): string {
  return text.replace(pictograph, "\u0000").replace(shortcode, "\u0000");
}

/** 64 bits of FNV-1a as 16 hex digits: to see that content differs, not to protect it. */
export function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
