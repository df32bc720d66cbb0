import type {
  DataSourceObjectResponse,
  PageObjectResponse,
  QueryDataSourceParameters,
} from "@notionhq/client";
import { fail } from "../../core/failure.ts";
import type { Call } from "../../core/provider.ts";
import { suggest } from "../../core/suggest.ts";
import { ifThere, isTrashed, type NotionClient, requiredId, sameWorkspace } from "./client.ts";
import { cursors } from "./cursors.ts";
import { dataSource } from "./data-source.ts";
import { theOne } from "./duplicates.ts";
import { type EntryInput, type Key, keyOf } from "./entry-input.ts";
import { plain, sameId } from "./ids.ts";
import { same, stateOf } from "./values.ts";

export interface Where {
  readonly database: string;
  readonly dataSourceId: string;
  readonly keyType: string;
}

/** The data source behind what the sequence names, from the receipt where that still fits. */
export async function locate(
  client: NotionClient,
  wanted: EntryInput,
  call: Call,
  load: typeof dataSource = dataSource,
): Promise<Where> {
  const database = requiredId(wanted.database);
  const { receipt } = call;
  const key = keyOf(wanted);
  if (
    typeof receipt?.dataSourceId === "string" &&
    typeof receipt.keyType === "string" &&
    sameId(String(receipt.database), database) &&
    receipt[`properties.${key.name}`] !== undefined
  ) {
    return { database, dataSourceId: receipt.dataSourceId, keyType: receipt.keyType };
  }
  const source = await sourceOf(client, database, call, load);
  if (source === undefined) {
    return fail(
      "NOTION_PAGE_NOT_SHARED",
      `Notion shows the integration no database with the id ${database}.`,
    );
  }
  return { database, dataSourceId: source.id, keyType: propertyOf(source, key.name).type };
}

/** By the id of a database, or of a data source, as receipts have it. */
async function sourceOf(
  client: NotionClient,
  id: string,
  call: Call,
  load: typeof dataSource,
): Promise<DataSourceObjectResponse | undefined> {
  const known = client.sourceIds.get(plain(id)) ?? client.sources.get(plain(id))?.id;
  const source = known === undefined ? undefined : await load(client, known, call);
  if (source !== undefined) return source;
  const found = await call.shared(`database:${plain(id)}`, () =>
    ifThere(() => client.api.databases.retrieve({ database_id: id })),
  );
  if (found === undefined) return load(client, id, call);
  const first =
    "data_sources" in found && !isTrashed(found) ? found.data_sources[0]?.id : undefined;
  if (first === undefined) return undefined;
  client.sourceIds.set(plain(id), first);
  return load(client, first, call);
}

export async function find(
  client: NotionClient,
  wanted: EntryInput,
  where: Where,
  call: Call,
): Promise<PageObjectResponse | undefined> {
  const key = keyOf(wanted);
  const known = call.receipt?.id;
  const recorded = typeof known === "string" ? known : undefined;
  const ask = () => keyed(client, where, key, call);
  // Rows go with their database; that it is gone is no failure for one that a receipt tells of.
  const rows = recorded === undefined ? await ask() : ((await ifThere(ask)) ?? []);
  const mine = rows.find((row) => sameId(row.id, recorded));
  if (mine !== undefined) return mine;
  if (recorded !== undefined) {
    // Its key may have been changed by hand: that is drift, not absence.
    const row = await ifThere(() => client.api.pages.retrieve({ page_id: recorded }));
    if (row !== undefined && "url" in row && !isTrashed(row) && isIn(row, where)) return row;
    if (row === undefined) await sameWorkspace(client, call);
  }
  const oldest = rows
    .toSorted((a, b) => (a.created_time < b.created_time ? -1 : 1))
    .map((row) => ({ row, createdBy: (row.created_by as Maker | undefined)?.id }));
  const what = `rows whose ${key.name} is "${key.text}" in database ${where.database}`;
  return (await theOne(client, oldest, call, what))?.row;
}

type Maker = PageObjectResponse["created_by"];

/** The rows that have the key. */
export async function keyed(
  client: NotionClient,
  where: Where,
  key: Key,
  call: Call,
): Promise<PageObjectResponse[]> {
  return (await candidates(client, where, key, call)).filter((row) => {
    const property = row.properties[key.name];
    return property !== undefined && same(key.value, stateOf(property));
  });
}

function isIn(row: PageObjectResponse, where: Where): boolean {
  const { parent } = row;
  if (parent.type === "data_source_id") return sameId(parent.data_source_id, where.dataSourceId);
  return parent.type === "database_id" && sameId(parent.database_id, where.database);
}

type Filter = NonNullable<QueryDataSourceParameters["filter"]>;

interface Rows {
  readonly rows: readonly PageObjectResponse[];
  readonly next: string | undefined;
  /** Nothing is missing but what `next` leads to. */
  readonly sound: boolean;
}

/** Rows that may have the key: all of them where one list is enough, and it serves every entry. */
async function candidates(
  client: NotionClient,
  where: Where,
  key: Key,
  call: Call,
): Promise<readonly PageObjectResponse[]> {
  const first = await call.shared(`rows:${plain(where.dataSourceId)}`, () =>
    rowsOf(client, where.dataSourceId, call, {}),
  );
  if (first.sound && first.next === undefined) return first.rows;
  return query(client, where, key, call);
}

/** Rows by key, to the end. @throws TestxError NOTION_QUERY_INCOMPLETE */
async function query(
  client: NotionClient,
  where: Where,
  key: Key,
  call: Call,
): Promise<readonly PageObjectResponse[]> {
  const all: PageObjectResponse[] = [];
  const filter = {
    property: key.name,
    [where.keyType]: { equals: key.value },
  } as unknown as Filter;
  const next = cursors(`the rows by ${key.name}`);
  let cursor: string | undefined;
  do {
    const page = await rowsOf(client, where.dataSourceId, call, {
      filter,
      ...(cursor === undefined ? {} : { start_cursor: cursor }),
    });
    if (!page.sound) {
      fail("NOTION_QUERY_INCOMPLETE", `Notion gave only a part of the rows by ${key.name}.`);
    }
    all.push(...page.rows);
    cursor = next({ has_more: true, next_cursor: page.next ?? null });
  } while (cursor !== undefined);
  return all;
}

async function rowsOf(
  client: NotionClient,
  id: string,
  call: Call,
  more: { filter?: Filter; start_cursor?: string },
): Promise<Rows> {
  call.signal.throwIfAborted();
  const page = await client.api.dataSources.query({ data_source_id: id, page_size: 100, ...more });
  const rows = page.results.filter(
    (row): row is PageObjectResponse =>
      row.object === "page" && "properties" in row && !isTrashed(row as PageObjectResponse),
  );
  const next = page.has_more ? (page.next_cursor ?? undefined) : undefined;
  const lost = page.has_more && next === undefined;
  return { rows, next, sound: !lost && page.request_status?.type !== "incomplete" };
}

export function propertyOf(source: DataSourceObjectResponse, name: string) {
  const found = Object.hasOwn(source.properties, name) ? source.properties[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(source.properties);
  const near = suggest(name, known);
  const hint = near === undefined ? `It has: ${known.join(", ")}.` : `Is it "${near}"?`;
  return fail("NOTION_PROPERTY_UNKNOWN", `The database has no property "${name}". ${hint}`);
}
