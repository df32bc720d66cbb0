import type { Call } from "../../core/provider.ts";
import type { Residue } from "../../core/step.ts";
import { isGone, isInTrash } from "./classify.ts";
import { ifThere, lister, type NotionClient } from "./client.ts";
import { isAnother, rowsOfOthers } from "./rows-of-others.ts";

export interface Made {
  readonly id: string;
  readonly url: string;
  readonly createdBy?: string;
}

/** Moves a page or row that testx made to the trash, unless others have put something into it. */
export async function trashPage(
  client: NotionClient,
  made: Made,
  title: string,
  call: Call,
): Promise<Residue[]> {
  const touched = await ifThere(() => isTouched(client, made.id, made, call));
  if (touched === undefined) return [];
  if (touched) return [kept(made, title)];
  await alreadyIsFine(() => client.api.pages.update({ page_id: made.id, in_trash: true }));
  return [];
}

/** As `trashPage`, for a database with one data source. */
export async function trashDatabase(
  client: NotionClient,
  made: Made & { readonly dataSourceId: string },
  title: string,
  call: Call,
): Promise<Residue[]> {
  if (await hasRowsOfOthers(client, made.dataSourceId, made, call)) return [kept(made, title)];
  await alreadyIsFine(() => client.api.databases.update({ database_id: made.id, in_trash: true }));
  return [];
}

/** Whether others have had their hands on what stands in a page or block, at any depth. */
async function isTouched(
  client: NotionClient,
  id: string,
  made: Made,
  call: Call,
): Promise<boolean> {
  for (const block of await lister(client, call)(id)) {
    if (isOthers(block.created_by, made)) return true;
    const deep =
      block.type === "child_database"
        ? await isDatabaseTouched(client, block.id, made, call)
        : block.has_children && (await isTouched(client, block.id, made, call));
    // Of a page in it nothing else tells that somebody has changed its title, or its text.
    if (deep || (block.type === "child_page" && isOthers(block.last_edited_by, made))) return true;
  }
  return false;
}

async function isDatabaseTouched(
  client: NotionClient,
  id: string,
  made: Made,
  call: Call,
): Promise<boolean> {
  const found = await ifThere(() => client.api.databases.retrieve({ database_id: id }));
  if (found === undefined || !("data_sources" in found)) return false;
  for (const source of found.data_sources) {
    if (await hasRowsOfOthers(client, source.id, made, call)) return true;
  }
  return false;
}

/** Whether there are rows that others have made or changed. */
async function hasRowsOfOthers(
  client: NotionClient,
  dataSourceId: string,
  made: Made,
  call: Call,
): Promise<boolean> {
  const by = made.createdBy;
  const others = by === undefined ? [] : await rowsOfOthers(client, dataSourceId, by, call);
  return others === undefined || others.length > 0;
}

function isOthers(hand: { id: string } | undefined, { createdBy }: Made): boolean {
  return createdBy !== undefined && isAnother(hand, createdBy);
}

function kept(made: Made, title: string): Residue {
  return {
    what: title,
    why: "testx created it, but somebody else has put something into it since",
    fix: "Move what is worth keeping, then run testx rollback again, or delete it in Notion.",
    url: made.url,
    again: true,
  };
}

async function alreadyIsFine(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isGone(error) && !isInTrash(error)) throw error;
  }
}
