import type { Asked, Stage } from "../../core/forecast.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { newId } from "./forecast-ids.ts";
import { plain, sameId } from "./ids.ts";

interface Listed {
  readonly blocks: readonly JsonObject[];
  /** False while there are pages of the list that nobody has asked for. */
  readonly whole: boolean;
}

/** Blocks as Notion shows them, ids included; what is nested stays inside, for `childrenAfter`. */
export function shownBlocks(
  children: Json | undefined,
  stage: Stage,
  place = `block-${stage.past.filter(({ asked }) => asked.operation.write).length}`,
): JsonObject[] {
  return (Array.isArray(children) ? children : []).map((child, at) => {
    const { type, ...rest } = child as JsonObject;
    const own = rest[String(type)] as JsonObject;
    const here = `${place}.${at}`;
    const nested = shownBlocks(own.children, stage, here);
    const has_children = nested.length > 0;
    return {
      ...{ object: "block", id: newId(stage, here), type: String(type), has_children },
      [String(type)]: { ...own, ...(has_children ? { children: nested } : {}) },
    };
  });
}

/** The children of a page or block after the writes rehearsed so far; `undefined`: nobody knows. */
export function childrenAfter(stage: Stage, parent: string): JsonObject[] | undefined {
  const listed = fold(stage).get(plain(parent));
  return listed?.whole === true ? listed.blocks.map(alone) : undefined;
}

/** A block with what a rehearsed update gives it. */
export function withUpdate({ body }: Asked, stage: Stage, id: string): JsonObject {
  const before = blockWith(stage, id);
  const merged = Object.entries(body as JsonObject).map(([key, value]) => [
    key,
    isObject(value) ? { ...(before[key] as JsonObject), ...(value as JsonObject) } : value,
  ]);
  return { ...before, object: "block", id, ...Object.fromEntries(merged) };
}

export function withoutBlock(stage: Stage, id: string): JsonObject {
  return { ...blockWith(stage, id), object: "block", id, in_trash: true };
}

function alone(block: JsonObject): JsonObject {
  const type = String(block.type);
  if (!isObject(block[type])) return block;
  const { children: _, ...own } = block[type] as JsonObject;
  return { ...block, [type]: own };
}

function blockWith(stage: Stage, id: string): JsonObject {
  for (const { blocks } of fold(stage).values()) {
    const block = blocks.find((one) => sameId(one.id as string, id));
    if (block !== undefined) return block;
  }
  return {};
}

/** Lists of children by parent, from what was read and what was written in pretence. */
function fold({ past }: Stage): Map<string, Listed> {
  const lists = new Map<string, Listed>();
  const keep = (parent: string, blocks: readonly JsonObject[], whole = true): void => {
    lists.set(plain(parent), { blocks, whole });
    for (const block of blocks) {
      const own = block[String(block.type)];
      const nested = isObject(own) ? own.children : undefined;
      if (Array.isArray(nested)) keep(String(block.id), nested as JsonObject[]);
    }
  };
  for (const { asked, answer } of past) {
    const body = answer.body as JsonObject | undefined;
    const id = asked.path.split("/")[3] ?? "";
    if (!isObject(body) || answer.status !== 200) continue;
    switch (asked.operation.name) {
      case "pages.create":
        keep(String(body.id), (body.children ?? []) as JsonObject[]);
        break;
      case "blocks.children.list": {
        const earlier = asked.query.start_cursor === undefined ? [] : lists.get(plain(id))?.blocks;
        const all = [...(earlier ?? []), ...(body.results as JsonObject[])];
        keep(id, all, body.has_more !== true);
        break;
      }
      case "blocks.children.append": {
        const { blocks = [], whole = true } = lists.get(plain(id)) ?? {};
        keep(id, inserted(blocks, body.results as JsonObject[], asked), whole);
        break;
      }
      case "blocks.update":
        replace(id, [body as JsonObject]);
        break;
      case "blocks.delete":
        replace(id, []);
        break;
      default:
        break;
    }
  }
  return lists;

  function replace(id: string, by: readonly JsonObject[]): void {
    for (const [parent, { blocks, whole }] of lists) {
      const at = blocks.findIndex((block) => sameId(block.id as string, id));
      if (at >= 0) lists.set(parent, { blocks: blocks.toSpliced(at, 1, ...by), whole });
    }
  }
}

function inserted(
  blocks: readonly JsonObject[],
  fresh: readonly JsonObject[],
  { body }: Asked,
): JsonObject[] {
  const { position } = body as JsonObject;
  if (!isObject(position)) return [...blocks, ...fresh];
  if (position.type === "start") return [...fresh, ...blocks];
  const after = isObject(position.after_block) ? String(position.after_block.id) : "";
  const at = blocks.findIndex((block) => sameId(block.id as string, after));
  return at < 0 ? [...blocks, ...fresh] : blocks.toSpliced(at + 1, 0, ...fresh);
}
