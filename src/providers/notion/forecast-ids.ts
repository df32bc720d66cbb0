import type { Stage } from "../../core/forecast.ts";

/** An id that Notion has yet to give. */
export function newId(stage: Stage, what: string): string {
  return stage.text(what, (digits) =>
    digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
  );
}

export function newUrl(stage: Stage): string {
  return stage.text("url", (digits) => `https://www.notion.so/${digits}`);
}
