import type { BlockObjectResponse } from "@notionhq/client";
import { align } from "./align.ts";
import { type Block, encode, fromResponse, keyOf, toUpdate } from "./block.ts";
import type { List } from "./client.ts";
import { sameId } from "./ids.ts";

/**
 * What stands in a page beside what should. testx answers for the blocks that the content in
 * the sequence asks for and for those its own bot user wrote; what people added stays.
 */
export interface Level {
  readonly entries: readonly Entry[];
  readonly wanted: readonly Block[];
  /** By index in `wanted`: the index in `entries`, or -1 when it has to be made. */
  readonly placed: readonly number[];
}

export interface Entry {
  readonly id: string;
  /** As it stands, without children. `undefined`: of a type that testx never touches. */
  readonly block: Block | undefined;
  /**
   * same: as wanted. edited: ours or wanted, but its own text differs. stale: ours and no longer
   * wanted. foreign: somebody else's.
   */
  readonly role: "same" | "edited" | "stale" | "foreign";
  /** A page or a database of its own. */
  readonly child?: true;
  /** What it should be, for same and edited. */
  readonly wanted?: Block;
  readonly inner?: Level;
}

export interface Source {
  readonly list: List;
  /** Id of our bot user; asked only when something is found that the content does not explain. */
  me(): Promise<string>;
}

export async function compare(
  source: Source,
  parent: string,
  wanted: readonly Block[],
): Promise<Level> {
  const responses = await source.list(parent);
  const blocks = responses.map((response) => fromResponse(response));
  const placed = align(
    wanted.map(keyOf),
    blocks.map((block) => (block === undefined ? undefined : keyOf(block))),
  );
  const matches = new Map<number, Block>();
  placed.forEach((at, index) => {
    const block = wanted[index];
    if (at >= 0 && block !== undefined) matches.set(at, block);
  });
  const own = await ownLeftovers(source, responses, blocks, matches);
  const edited = pairEdited(wanted, placed, blocks, own);
  const entries = await Promise.all(
    responses.map(async (response, at): Promise<Entry> => {
      const { id } = response;
      const block = blocks[at];
      const same = matches.get(at);
      const other = edited.get(at);
      const aim = same ?? other;
      if (aim !== undefined) {
        const deep = aim.children.length > 0 || response.has_children;
        const inner = deep ? await compare(source, id, aim.children) : undefined;
        const role = same === undefined ? "edited" : "same";
        return { id, block, role, wanted: aim, ...(inner === undefined ? {} : { inner }) };
      }
      const isChild = response.type === "child_page" || response.type === "child_database";
      if (!own.has(at)) return { id, block, role: "foreign", ...(isChild && { child: true }) };
      const inner = response.has_children ? await compare(source, id, []) : undefined;
      // What people wrote under a block of ours keeps the block alive.
      if (inner !== undefined && holdsForeign(inner)) return { id, block, role: "foreign" };
      return { id, block, role: "stale", ...(inner === undefined ? {} : { inner }) };
    }),
  );
  return { entries, wanted, placed };
}

/** Indices of blocks that nothing wanted explains and that our bot user made. */
async function ownLeftovers(
  { me }: Source,
  responses: readonly BlockObjectResponse[],
  blocks: readonly (Block | undefined)[],
  matches: ReadonlyMap<number, Block>,
): Promise<Set<number>> {
  const left = responses.flatMap((_, at) =>
    blocks[at] !== undefined && !matches.has(at) ? [at] : [],
  );
  if (left.length === 0) return new Set();
  const bot = await me();
  return new Set(left.filter((at) => sameId(responses[at]?.created_by?.id, bot)));
}

/**
 * Between two blocks that are as they should be, ours that differ and missing ones of the same
 * type are taken for one another, in order: changing a block in place keeps its comments.
 */
function pairEdited(
  wanted: readonly Block[],
  placed: number[],
  blocks: readonly (Block | undefined)[],
  own: ReadonlySet<number>,
): Map<number, Block> {
  const pairs = new Map<number, Block>();
  let from = 0;
  for (let index = 0; index < wanted.length; index++) {
    const aim = wanted[index];
    const at = placed[index] ?? -1;
    if (aim === undefined || at >= 0) {
      from = Math.max(from, at + 1);
      continue;
    }
    const next = placed.slice(index + 1).find((it) => it >= 0) ?? blocks.length;
    for (let candidate = from; candidate < next; candidate++) {
      const block = blocks[candidate];
      if (block === undefined || !own.has(candidate)) continue;
      if (toUpdate(block, aim) === undefined) continue;
      pairs.set(candidate, aim);
      placed[index] = candidate;
      from = candidate + 1;
      break;
    }
  }
  return pairs;
}

function holdsForeign(level: Level): boolean {
  return level.entries.some(
    (entry) => entry.role === "foreign" || (entry.inner !== undefined && holdsForeign(entry.inner)),
  );
}

/** The content that testx answers for, as it stands. Equal to the wanted when nothing is to do. */
export function view(level: Level): Block[] {
  return level.entries.flatMap((entry): Block[] => {
    if (entry.role === "foreign" || entry.block === undefined) return [];
    const children = entry.inner === undefined ? [] : view(entry.inner);
    return [{ ...entry.block, children }];
  });
}

export function viewText(level: Level): string {
  return encode(view(level));
}
