import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { newId, refuse, type SlackCall } from "./call.ts";
import { kept } from "./text.ts";

/** https://docs.slack.dev/reference/block-kit/blocks */
const blockTypes: ReadonlySet<string> = new Set([
  "actions",
  "context",
  "context_actions",
  "divider",
  "file",
  "header",
  "image",
  "input",
  "markdown",
  "rich_text",
  "section",
  "table",
  "video",
]);

export function blocksOf(call: SlackCall): JsonObject[] | undefined {
  const asked = call.args.blocks;
  if (!Array.isArray(asked)) return undefined;
  const messages: string[] = [];
  if (asked.length > 50)
    messages.push("[ERROR] no more than 50 items allowed [json-pointer:/blocks]");
  const ids = new Set<string>();
  const blocks = asked.map((block, at): JsonObject => {
    const type = isObject(block) ? block.type : undefined;
    if (!isObject(block) || typeof type !== "string" || !blockTypes.has(type)) {
      messages.push(`[ERROR] unsupported type: ${String(type)} [json-pointer:/blocks/${at}/type]`);
      return {};
    }
    const id = typeof block.block_id === "string" ? block.block_id : newId("b", call.context);
    if (ids.has(id))
      messages.push(`[ERROR] duplicate block_id [json-pointer:/blocks/${at}/block_id]`);
    ids.add(id);
    if (type === "section" && !isObject(block.text) && !Array.isArray(block.fields)) {
      messages.push(`[ERROR] missing required field: text [json-pointer:/blocks/${at}]`);
    }
    return { ...(keptTexts(block as JsonObject) as JsonObject), block_id: id };
  });
  if (messages.length > 0) refuse("invalid_blocks", { response_metadata: { messages } });
  return blocks;
}

/** Markup within blocks is kept in Slack's form, too. */
function keptTexts(value: Json): Json {
  if (Array.isArray(value)) return value.map(keptTexts);
  if (!isObject(value)) return value;
  const copy = Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, inner]) => [key, keptTexts(inner)]),
  );
  if (copy.type === "mrkdwn" && typeof copy.text === "string") {
    return { ...copy, text: kept(copy.text), verbatim: copy.verbatim ?? false };
  }
  return copy;
}

export function metadataOf(call: SlackCall): JsonObject | undefined {
  const asked = call.args.metadata;
  if (asked === undefined) return undefined;
  if (!isObject(asked)) return refuse("invalid_metadata_format");
  const { event_type: type, event_payload: payload } = asked as JsonObject;
  if (typeof type !== "string" || type === "" || !isObject(payload)) {
    return refuse("invalid_metadata_format");
  }
  if (JSON.stringify(asked).length > 16_000) return refuse("metadata_too_large");
  return { event_type: type, event_payload: payload as JsonObject };
}

/** Slack makes a block of text that came without any. */
export function richText(call: SlackCall, words: string): JsonObject[] {
  const block_id = newId("b", call.context);
  const elements = [{ type: "rich_text_section", elements: [{ type: "text", text: words }] }];
  return [{ type: "rich_text", block_id, elements }];
}
