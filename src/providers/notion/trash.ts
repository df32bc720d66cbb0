import type { Call } from "../../core/provider.ts";
import type { Residue } from "../../core/step.ts";
import { isGone, isInTrash } from "./classify.ts";
import { ifThere, lister, type NotionClient } from "./client.ts";
import { sameId } from "./ids.ts";

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
  const blocks = await ifThere(() => lister(client, call)(made.id));
  if (blocks === undefined) return [];
  if (blocks.some((block) => isOthers(block.created_by, made))) return [kept(made, title)];
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
  let cursor: string | undefined;
  do {
    call.signal.throwIfAborted();
    const page = await ifThere(() =>
      client.api.dataSources.query({
        data_source_id: made.dataSourceId,
        page_size: 100,
        ...(cursor === undefined ? {} : { start_cursor: cursor }),
      }),
    );
    const rows = page?.results ?? [];
    if (rows.some((row) => "created_by" in row && isOthers(row.created_by, made))) {
      return [kept(made, title)];
    }
    cursor = page?.has_more === true ? (page.next_cursor ?? undefined) : undefined;
  } while (cursor !== undefined);
  await alreadyIsFine(() => client.api.databases.update({ database_id: made.id, in_trash: true }));
  return [];
}

function isOthers(creator: { id: string } | undefined, made: Made): boolean {
  if (creator === undefined || made.createdBy === undefined) return false;
  return !sameId(creator.id, made.createdBy);
}

function kept(made: Made, title: string): Residue {
  return {
    what: title,
    why: "testx created it, but somebody else has put something into it since",
    fix: "Move what is worth keeping, then delete it in Notion.",
    url: made.url,
  };
}

async function alreadyIsFine(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isGone(error) && !isInTrash(error)) throw error;
  }
}
