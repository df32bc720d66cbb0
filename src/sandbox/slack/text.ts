/** What Slack makes of text: https://docs.slack.dev/messaging/formatting-message-text */

const special = /<(?:https?:\/\/|mailto:|tel:|#C|@[UW]|!)[^<>]*>/g;
const address = /https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)"']/g;
const emoji: Readonly<Record<string, string>> = {
  "👋": ":wave:",
  "🚀": ":rocket:",
  "🎉": ":tada:",
  "✅": ":white_check_mark:",
  "📚": ":books:",
  "🔧": ":wrench:",
};

/** Escapes what is not Slack's own markup, and puts addresses and emoji into Slack's form. */
export function kept(written: string): string {
  const named = written.replace(/\p{Extended_Pictographic}\ufe0f?/gu, (one) => {
    return emoji[one] ?? one;
  });
  let result = "";
  let from = 0;
  for (const match of named.matchAll(special)) {
    result += linked(named.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return result + linked(named.slice(from));
}

function linked(plain: string): string {
  let result = "";
  let from = 0;
  for (const match of plain.matchAll(address)) {
    result += `${escaped(plain.slice(from, match.index))}<${escaped(match[0])}>`;
    from = match.index + match[0].length;
  }
  return result + escaped(plain.slice(from));
}

export function escaped(plain: string): string {
  return plain
    .replace(/&(?!amp;|lt;|gt;)/g, "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
