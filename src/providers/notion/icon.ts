import type { PageObjectResponse } from "@notionhq/client";

/** An emoji, the address of an image, `notion:` and a name, or null. */
export type IconState = string | null;

export function iconOf(icon: PageObjectResponse["icon"] | undefined): IconState {
  if (icon === null || icon === undefined) return null;
  if (icon.type === "emoji") return icon.emoji;
  if (icon.type === "external") return icon.external.url;
  if (icon.type === "custom_emoji") return `notion:${icon.custom_emoji.id}`;
  return `notion:${icon.type}`;
}

/** `undefined`: Notion offers no way to set it. */
export function iconRequest(icon: IconState) {
  if (icon === null) return null;
  if (/^https?:\/\//.test(icon)) return { type: "external" as const, external: { url: icon } };
  if (icon.startsWith("notion:")) return undefined;
  return { type: "emoji" as const, emoji: icon };
}
