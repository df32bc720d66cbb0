import type { DatabaseObjectResponse, DataSourceObjectResponse } from "@notionhq/client";
import type { Call } from "../../core/provider.ts";
import {
  childOf,
  childrenSought,
  ifThere,
  isInside,
  isTrashed,
  type NotionClient,
  placeOf,
  requiredId,
  sameWorkspace,
  sharedLister,
} from "./client.ts";
import { dataSource } from "./data-source.ts";
import type { DatabaseInput } from "./database-input.ts";
import { theOne } from "./duplicates.ts";
import { plain, sameId } from "./ids.ts";
import { fromPlain } from "./text.ts";

export interface Found {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly dataSourceId: string;
  /** Only when the database itself was asked for. */
  readonly description?: string | undefined;
  /** Where it stands, when that is not where it was looked for. */
  readonly elsewhere?: { readonly parent: string };
}

export async function find(
  client: NotionClient,
  wanted: DatabaseInput,
  call: Call,
): Promise<Found | undefined> {
  const found = await search(client, wanted, call);
  if (found !== undefined) remember(client, found);
  return found;
}

/** So that rows can be put into it without asking once more where. */
export function remember(client: NotionClient, { id, dataSourceId }: Found): void {
  client.sourceIds.set(plain(id), dataSourceId);
}

async function search(
  client: NotionClient,
  wanted: DatabaseInput,
  call: Call,
): Promise<Found | undefined> {
  const parent = requiredId(wanted.parent);
  const list = sharedLister(client, call);
  const { id: known, url, dataSourceId } = call.receipt ?? {};
  if (typeof known === "string") {
    // The parent's list tells the title, and serves every other step under that parent.
    const blocks = (await ifThere(() => list(parent))) ?? [];
    const child = blocks
      .flatMap((block) => childOf(block, "child_database"))
      .find(({ id }) => sameId(id, known));
    if (child !== undefined && typeof url === "string" && typeof dataSourceId === "string") {
      const source = await dataSource(client, dataSourceId, call);
      if (source !== undefined) return { id: known, url, dataSourceId, title: child.title };
    }
    const found = await retrieve(client, known);
    if (found !== undefined && (await isInside(client, found.parent, parent))) return brief(found);
    const moved = found && call.compares && brief(found);
    if (found && moved) return { ...moved, elsewhere: { parent: placeOf(found.parent) } };
    if (found === undefined) await sameWorkspace(client, call);
  }
  const named = await childrenSought(client, call, parent, "child_database", wanted.title);
  const what = `databases named "${wanted.title}" in page ${parent}`;
  const only = await theOne(client, named, call, what);
  const found = only === undefined ? undefined : await retrieve(client, only.id);
  return found === undefined ? undefined : brief(found);
}

export async function retrieve(
  client: NotionClient,
  id: string,
): Promise<DatabaseObjectResponse | undefined> {
  const found = await ifThere(() => client.api.databases.retrieve({ database_id: id }));
  return found !== undefined && "url" in found && !isTrashed(found) ? found : undefined;
}

export function brief(found: DatabaseObjectResponse): Found | undefined {
  const source = found.data_sources?.[0];
  if (source === undefined) return undefined;
  return {
    id: found.id,
    url: found.url,
    title: fromPlain(found.title),
    dataSourceId: source.id,
    description: fromPlain(found.description),
  };
}

/** The data source repeats the database's description; only where it differs is a call needed. */
export async function describe(
  client: NotionClient,
  wanted: DatabaseInput,
  found: Found,
  source: DataSourceObjectResponse,
): Promise<string | undefined> {
  if (wanted.description === undefined) return undefined;
  if (found.description !== undefined) return found.description;
  const repeated = fromPlain(source.description);
  if (repeated === wanted.description) return repeated;
  return fromPlain((await retrieve(client, found.id))?.description);
}
