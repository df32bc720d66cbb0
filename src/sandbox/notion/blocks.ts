import type { Json } from "../../core/json.ts";
import {
  append,
  limit,
  mayNest,
  type NewBlock,
  storedBody,
  toNew,
  updateSchema,
} from "./block-requests.ts";
import { check } from "./check.ts";
import { invalid, notFound } from "./error.ts";
import { paginate } from "./paginate.ts";
import * as render from "./render.ts";
import type { Block, Database, Page, Parent, Row } from "./state.ts";
import { type Store, uuid } from "./store.ts";

export type Version = keyof typeof append;

/** Puts new blocks into a parent's list of children, from the given place on. */
export function add(
  store: Store,
  parent: Block | Page,
  blocks: readonly NewBlock[],
  at: number,
): Block[] {
  const above: Parent =
    "values" in parent
      ? { type: "page_id", page_id: parent.id }
      : { type: "block_id", block_id: parent.id };
  const made = blocks.map(({ type, body, children }): Block => {
    fits(parent, type, body);
    const block: Block = { ...store.born(above), type, body, children: [] };
    store.state.blocks[block.id] = block;
    add(store, block, children, 0);
    return block;
  });
  parent.children.splice(at, 0, ...made.map(({ id }) => id));
  return made;
}

function fits(parent: Block | Page, type: string, body: Row): void {
  const table = "type" in parent && parent.type === "table";
  if (table !== (type === "table_row")) {
    invalid(table ? "A table holds rows only." : "table_row is not supported outside of a table.");
  }
  if (table && (body.cells as Json[]).length !== parent.body.table_width) {
    invalid(
      "Content creation Failed. Fix the following: \nNumber of cells in table row must match the table width of the parent table",
    );
  }
}

export function appendChildren(store: Store, blockId: string, body: Json, version: Version): Row {
  uuid(blockId, "block_id");
  const asked = check(append[version], body);
  const blocks = asked.children.map((it) => toNew(it as Row));
  limit(blocks);
  const parent = store.alive(store.block(blockId));
  if (!("children" in parent) || ("type" in parent && !mayNest(parent.type))) {
    return invalid("Block does not support children.");
  }
  const made = add(store, parent, blocks, index(parent.children, asked));
  store.touch(parent);
  return paginate(
    "block",
    made.map((it) => render.block(store, it)),
    undefined,
    undefined,
  );
}

type Position = { type: string; after_block?: { id: string } };

function index(
  children: readonly string[],
  asked: { position?: Position | undefined; after?: string | undefined },
): number {
  if (asked.position !== undefined && asked.after !== undefined) {
    invalid("body failed validation: after and position exclude one another.");
  }
  if (asked.position?.type === "start") return 0;
  const after = asked.after ?? asked.position?.after_block?.id;
  if (after === undefined) return children.length;
  const at = children.indexOf(uuid(after, "after_block.id"));
  return at < 0 ? notFound("block", after) : at + 1;
}

export function listChildren(
  store: Store,
  blockId: string,
  cursor: string | undefined,
  size: number | undefined,
): Row {
  const parent = store.block(blockId);
  if (parent.trashed) return notFound("block", blockId);
  const ids = "children" in parent ? parent.children : [];
  const rows = render.shown(store, ids).map((it) => render.block(store, it));
  return paginate("block", rows, cursor, size);
}

export function retrieveBlock(store: Store, blockId: string): Row {
  return render.block(store, store.block(blockId));
}

export function updateBlock(store: Store, blockId: string, body: Json, version: Version): Row {
  const block = store.block(blockId);
  if (!("type" in block)) {
    return invalid(`Block type ${typeName(block)} cannot be updated; use its own endpoint.`);
  }
  const asked = check(() => updateSchema(block.type, version), body);
  const trash = (asked.in_trash ?? asked.archived) as boolean | undefined;
  if (trash !== false) store.alive(block);
  if (trash !== undefined) block.trashed = trash;
  const own = asked[block.type] as Row | undefined;
  if (own !== undefined) {
    const parent = store.above(block) as Block | Page;
    const merged = { ...block.body, ...changed(block.type, own) };
    fits(parent, block.type, merged);
    block.body = merged;
  }
  store.touch(block);
  return render.block(store, block);
}

/** Only what the request names; the defaults of a new block must not come in. */
function changed(type: string, own: Row): Row {
  const whole = storedBody(type, own);
  return Object.fromEntries(Object.entries(whole).filter(([name]) => own[name] !== undefined));
}

function typeName(it: Page | Database): string {
  return "values" in it ? "child_page" : "child_database";
}

export function deleteBlock(store: Store, blockId: string): Row {
  const block = store.alive(store.block(blockId));
  block.trashed = true;
  store.touch(block);
  return render.block(store, block);
}
