import type { BlockObjectRequest } from "@notionhq/client";
import { type Block, toRequest } from "./block.ts";

// https://developers.notion.com/reference/request-limits: 100 children a list, two levels of
// nesting, 1,000 blocks and 500 KB a request.
const maxChildren = 100;
const maxNesting = 2;
const maxBlocks = 1000;
const maxBytes = 450_000;

export interface Batch {
  readonly children: BlockObjectRequest[];
  /** How many of the given blocks are in it, from the front. */
  readonly taken: number;
  /** False when children of them had to stay behind. */
  readonly whole: boolean;
}

/** As many blocks as one request carries, with as much of what is nested in them as it may. */
export function nextBatch(blocks: readonly Block[]): Batch {
  const room = { blocks: maxBlocks, bytes: maxBytes };
  const { requests, whole } = prefix(blocks, 0, room);
  return { children: requests, taken: requests.length, whole };
}

interface Room {
  blocks: number;
  bytes: number;
}

/** The longest prefix that fits; `whole`: nothing inside that prefix is missing. */
function prefix(
  blocks: readonly Block[],
  depth: number,
  room: Room,
): { requests: BlockObjectRequest[]; whole: boolean } {
  const requests: BlockObjectRequest[] = [];
  let whole = true;
  for (const block of blocks.slice(0, maxChildren)) {
    // A table needs at least its first row with it, so it cannot stand on the last level.
    if (block.type === "table" && (depth === maxNesting || room.blocks < 2)) break;
    const request = toRequest(block);
    const bytes = encoder.encode(JSON.stringify(request)).length + 32;
    const first = depth === 0 && requests.length === 0;
    if (!first && (room.blocks < 1 || room.bytes < bytes)) break;
    room.blocks -= 1;
    room.bytes -= bytes;
    if (block.children.length > 0) {
      const inner =
        depth < maxNesting
          ? prefix(block.children, depth + 1, room)
          : { requests: [], whole: false };
      if (block.type === "table" && inner.requests.length === 0) break;
      if (inner.requests.length > 0) attach(request, block, inner.requests);
      if (!inner.whole || inner.requests.length < block.children.length) whole = false;
    }
    requests.push(request);
  }
  return { requests, whole };
}

const encoder = new TextEncoder();

function attach(request: BlockObjectRequest, block: Block, children: BlockObjectRequest[]): void {
  const own = (request as unknown as Record<string, Record<string, unknown>>)[block.type];
  if (own !== undefined) own.children = children;
}
