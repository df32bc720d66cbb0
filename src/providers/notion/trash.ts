import type { BlockObjectResponse } from "@notionhq/client";
import type { Call } from "../../core/provider.ts";
import type { Residue } from "../../core/step.ts";
import { isGone, isInTrash } from "./classify.ts";
import { ifThere, lister, type NotionClient } from "./client.ts";
import { hasRowsOfOthers, isAnother } from "./rows-of-others.ts";

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
  // Where Notion does not say whose a thing is, nothing in it can be told to be another's.
  if (made.createdBy !== undefined) {
    const blocks = await ifThere(() => lister(client, call)(made.id));
    if (blocks === undefined) return [];
    if (await areTouched(client, blocks, made.createdBy, call)) return [kept(made, title)];
  }
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
  const { id, dataSourceId, createdBy: user } = made;
  if (user !== undefined && (await hasRowsOfOthers(client, dataSourceId, user, call))) {
    return [kept(made, title)];
  }
  await alreadyIsFine(() => client.api.databases.update({ database_id: id, in_trash: true }));
  return [];
}

/** Whether others than `user` have had their hands on blocks, or on what is in them at any depth. */
async function areTouched(
  client: NotionClient,
  blocks: readonly BlockObjectResponse[],
  user: string,
  call: Call,
): Promise<boolean> {
  for (const block of blocks) {
    if (isAnother(block.created_by, user)) return true;
    // Of a page in it nothing else tells that somebody has changed its title, or its text.
    if (block.type === "child_page" && isAnother(block.last_edited_by, user)) return true;
    if (block.type === "child_database") {
      if (await isDatabaseTouched(client, block.id, user, call)) return true;
    } else if (block.has_children) {
      const inner = await ifThere(() => lister(client, call)(block.id));
      if (await areTouched(client, inner ?? [], user, call)) return true;
    }
  }
  return false;
}

async function isDatabaseTouched(
  client: NotionClient,
  id: string,
  user: string,
  call: Call,
): Promise<boolean> {
  const found = await ifThere(() => client.api.databases.retrieve({ database_id: id }));
  if (found === undefined || !("data_sources" in found)) return false;
  for (const source of found.data_sources) {
    if (await hasRowsOfOthers(client, source.id, user, call)) return true;
  }
  return false;
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
