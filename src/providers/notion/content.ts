import type { UpdateBlockParameters } from "@notionhq/client";
import { fail } from "../../core/failure.ts";
import type { Call } from "../../core/provider.ts";
import { nextBatch } from "./batch.ts";
import { type Block, encode, toUpdate } from "./block.ts";
import { isGone, isInTrash } from "./classify.ts";
import { lister, type NotionClient, sharedLister } from "./client.ts";
import { compare, type Entry, type Level, viewText } from "./compare.ts";
import { notionVersion } from "./version.ts";

/** Nesting deeper than a request carries takes a pass each; Markdown never comes near this. */
const maxPasses = 40;

/** The content of a page that testx answers for, in the form of `encode`. */
export async function readContent(
  client: NotionClient,
  page: string,
  wanted: readonly Block[],
  call: Call,
): Promise<string> {
  const source = { list: sharedLister(client, call), me: client.me };
  return viewText(await compare(source, page, wanted));
}

/**
 * Brings a page's content to `wanted` with as few and as gentle writes as possible: blocks that
 * are right stay, those that differ are changed in place, missing ones are inserted where they
 * belong, and only then those of ours that are left over are deleted. Stopped anywhere, the
 * next call goes on from what is there.
 */
export async function writeContent(
  client: NotionClient,
  page: string,
  wanted: readonly Block[],
  call: Call,
): Promise<void> {
  const source = { list: lister(client, call), me: client.me };
  const goal = encode(wanted);
  for (let pass = 0; pass < maxPasses; pass++) {
    const level = await compare(source, page, wanted);
    if (viewText(level) === goal) return;
    if (await carryOut(client, page, level, call)) return;
  }
  fail("NOTION_CONTENT_UNSETTLED", `The content of page ${page} did not become what was written.`);
}

/** Whether all that was wanted is there now; if not, another look has to find the rest. */
async function carryOut(
  client: NotionClient,
  parent: string,
  level: Level,
  call: Call,
): Promise<boolean> {
  for (const entry of level.entries) {
    if (entry.role === "edited") await update(client, entry, call);
  }
  let whole = await insertMissing(client, parent, level, call);
  for (const { id, role, inner } of level.entries) {
    if (inner === undefined || (role !== "same" && role !== "edited")) continue;
    if (!(await carryOut(client, id, inner, call))) whole = false;
  }
  for (const { id, role } of level.entries) {
    if (role === "stale") await remove(client, id, call);
  }
  return whole;
}

async function update(client: NotionClient, entry: Entry, call: Call): Promise<void> {
  const { block, wanted, id } = entry;
  if (block === undefined || wanted === undefined) return;
  call.signal.throwIfAborted();
  await client.api.blocks.update({
    block_id: id,
    ...toUpdate(block, wanted),
  } as unknown as UpdateBlockParameters);
}

async function insertMissing(
  client: NotionClient,
  parent: string,
  level: Level,
  call: Call,
): Promise<boolean> {
  const { wanted, placed, entries } = level;
  const last = entries.at(-1)?.id;
  let anchor: Anchor = firstAnchor(level, client.version());
  let whole = true;
  for (let index = 0; index < wanted.length; ) {
    const at = placed[index] ?? -1;
    if (at >= 0) {
      const id = entries[at]?.id;
      anchor = id === undefined || id === last ? "end" : { after: id };
      index += 1;
      continue;
    }
    const run = missingFrom(level, index);
    const batch = nextBatch(run);
    if (batch.taken === 0) return false;
    call.signal.throwIfAborted();
    const reply = await client.api.blocks.children.append({
      block_id: parent,
      children: batch.children,
      ...positionOf(anchor, client.version()),
    });
    if (!batch.whole) whole = false;
    index += batch.taken;
    if (anchor === "end") continue;
    const made = reply.results[batch.taken - 1]?.id;
    if (made === undefined) return false;
    anchor = { after: made };
  }
  return whole;
}

type Anchor = "start" | "end" | { readonly after: string };

/**
 * In front of the first block that is right already. With none, behind all that is there; but
 * where what stays begins with pages and databases, in front of them, as in a page made at once.
 */
function firstAnchor({ placed, entries }: Level, version: string): Anchor {
  const first = placed.find((at) => at >= 0);
  if (first === undefined) {
    const staying = entries.find(({ role }) => role !== "stale");
    return staying?.child === true && version === notionVersion ? "start" : "end";
  }
  const before = entries[first - 1];
  return before === undefined ? "start" : { after: before.id };
}

function positionOf(anchor: Anchor, version: string) {
  if (anchor === "end") return {};
  if (anchor === "start") return { position: { type: "start" as const } };
  if (version !== notionVersion) return { after: anchor.after };
  return { position: { type: "after_block" as const, after_block: { id: anchor.after } } };
}

function missingFrom({ wanted, placed }: Level, start: number): Block[] {
  let end = start;
  while (end < wanted.length && (placed[end] ?? -1) < 0) end += 1;
  return wanted.slice(start, end);
}

async function remove(client: NotionClient, id: string, call: Call): Promise<void> {
  call.signal.throwIfAborted();
  try {
    await client.api.blocks.delete({ block_id: id });
  } catch (error) {
    if (!isGone(error) && !isInTrash(error)) throw error;
  }
}
