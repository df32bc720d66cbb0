import type {
  CreatePageParameters,
  DataSourceObjectResponse,
  PageObjectResponse,
  QueryDataSourceParameters,
  UpdatePageParameters,
} from "@notionhq/client";
import * as z from "zod";
import { fail } from "../../core/failure.ts";
import { equal } from "../../core/json.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import type { Change, Residue } from "../../core/step.ts";
import { suggest } from "../../core/suggest.ts";
import { isGone } from "./classify.ts";
import { ifThere, isTrashed, type NotionClient, requiredId } from "./client.ts";
import { dataSource } from "./data-source.ts";
import { asFields, fieldsOf } from "./fields.ts";
import { plain, sameId } from "./ids.ts";
import { location } from "./inputs.ts";
import { trashPage } from "./trash.ts";
import {
  isNothing,
  normal,
  request,
  same,
  stateOf as stateOfValue,
  type Value,
  type ValueState,
  value,
} from "./values.ts";

const input = z.strictObject({
  database: location.describe(
    "The database: its id or address, or a reference such as ${notion.tasks.dataSourceId}.",
  ),
  key: z
    .record(z.string().min(1), z.union([z.string().min(1), z.number()]))
    .refine((key) => Object.keys(key).length === 1, "exactly one property")
    .describe(
      'The property and value that say which row is meant: { "Name": "Read the handbook" }.',
    ),
  properties: z
    .record(z.string().min(1), value)
    .default({})
    .describe(
      "The row's other values by property: texts, numbers, true/false, lists of options or ids, dates.",
    ),
});
export type EntryInput = z.infer<typeof input>;

export type EntryState = {
  id: string;
  url: string;
  /** Id of the database, or of the data source, as the sequence names it. */
  database: string;
  dataSourceId: string;
  keyType: string;
  createdBy?: string;
  /** A field for each value, null where there is none, so that each is compared and undone by itself. */
  [property: `properties.${string}`]: ValueState;
};
type Values = Readonly<Record<string, ValueState>>;

export const entry: ResourceKind<EntryInput, EntryState, NotionClient> = {
  kind: "notion.entry",
  input,
  title: (wanted) => `entry "${keyOf(wanted).text}"`,
  identity: ["database", "key"],
  key: (wanted) => JSON.stringify([requiredId(wanted.database), wanted.key]),
  scopes: ["read content", "insert content", "update content"],

  async read(client, wanted, call) {
    const where = await locate(client, wanted, call);
    if (where === undefined) return undefined;
    const row = await find(client, wanted, where, call);
    return row === undefined ? undefined : stateOf(row, where);
  },

  changes(wanted, now) {
    const present = valuesIn(now);
    return Object.entries(valuesOf(wanted)).flatMap(([name, it]): Change[] => {
      const from = present[name];
      if (same(it, from)) return [];
      const to = normal(it, from);
      return [{ field: `properties.${name}`, ...(from === undefined ? {} : { from }), to }];
    });
  },

  async apply(client, wanted, now, call) {
    const where = now ?? (await locate(client, wanted, call));
    if (where === undefined) return gone(wanted);
    const source = await dataSource(client, where.dataSourceId, call);
    if (source === undefined) return gone(wanted);
    const present: Values = now === undefined ? {} : valuesIn(now);
    const all = Object.entries(valuesOf(wanted));
    for (const [name] of all) propertyOf(source, name);
    const set = all.filter(([name, it]) => !same(it, present[name]));
    const properties = Object.fromEntries(
      set.map(([name, it]) => [name, request(name, propertyOf(source, name), it)]),
    ) as NonNullable<UpdatePageParameters["properties"]>;
    if (now === undefined) {
      const parent = { type: "data_source_id" as const, data_source_id: where.dataSourceId };
      const made = await client.api.pages.create({
        parent,
        properties,
      } satisfies CreatePageParameters);
      return stateOf(made as PageObjectResponse, where);
    }
    if (set.length === 0) return now;
    const updated = await client.api.pages.update({ page_id: now.id, properties });
    return stateOf(updated as PageObjectResponse, where);
  },

  async ours(client, now) {
    return now.createdBy === undefined || sameId(now.createdBy, await client.me());
  },

  async undo(client, target, now, call): Promise<Residue[]> {
    if (target === undefined) return trashPage(client, now, "the entry", call);
    const source = await dataSource(client, now.dataSourceId, call);
    const [before, present] = [valuesIn(target), valuesIn(now)];
    const names = [...new Set([...Object.keys(before), ...Object.keys(present)])];
    const set = names
      .filter((name) => source?.properties[name] && !equal(before[name], present[name]))
      .map((name): [string, ValueState] => [name, before[name] ?? null]);
    if (source === undefined || set.length === 0) return [];
    try {
      await client.api.pages.update({
        page_id: now.id,
        properties: Object.fromEntries(
          set.map(([name, it]) => [name, request(name, propertyOf(source, name), it)]),
        ) as NonNullable<UpdatePageParameters["properties"]>,
      });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    return [];
  },
};

function keyOf({ key }: EntryInput): { name: string; value: string | number; text: string } {
  const [name = "", value = ""] = Object.entries(key)[0] ?? [];
  return { name, value, text: String(value) };
}

function valuesOf(wanted: EntryInput): Record<string, Value> {
  return { ...wanted.properties, ...wanted.key };
}

function valuesIn(state: EntryState): Values {
  return fieldsOf(state) as Values;
}

interface Where {
  readonly database: string;
  readonly dataSourceId: string;
  readonly keyType: string;
}

/** The data source behind what the sequence names, from the receipt where that still fits. */
async function locate(
  client: NotionClient,
  wanted: EntryInput,
  call: Call,
): Promise<Where | undefined> {
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
  const source = await sourceOf(client, database, call);
  if (source === undefined) {
    return fail(
      "NOTION_PAGE_NOT_SHARED",
      `Notion shows the integration no database with the id ${database}.`,
    );
  }
  return { database, dataSourceId: source.id, keyType: propertyOf(source, key.name).type };
}

async function sourceOf(
  client: NotionClient,
  id: string,
  call: Call,
): Promise<DataSourceObjectResponse | undefined> {
  const found = await call.shared(`database:${plain(id)}`, () =>
    ifThere(() => client.api.databases.retrieve({ database_id: id })),
  );
  const first = found !== undefined && "data_sources" in found ? found.data_sources[0]?.id : id;
  return first === undefined ? undefined : dataSource(client, first, call);
}

async function find(
  client: NotionClient,
  wanted: EntryInput,
  where: Where,
  call: Call,
): Promise<PageObjectResponse | undefined> {
  const key = keyOf(wanted);
  const rows = (await query(client, where, key, call)).filter((row) => {
    const property = row.properties[key.name];
    return property !== undefined && same(key.value, stateOfValue(property));
  });
  const known = call.receipt?.id;
  const recorded = typeof known === "string" ? known : undefined;
  const mine = rows.find((row) => sameId(row.id, recorded));
  if (mine !== undefined) return mine;
  if (recorded !== undefined) {
    // Its key may have been changed by hand: that is drift, not absence.
    const row = await ifThere(() => client.api.pages.retrieve({ page_id: recorded }));
    if (row !== undefined && "url" in row && !isTrashed(row) && isIn(row, where)) return row;
  }
  if (rows.length > 1) {
    fail(
      "NOTION_AMBIGUOUS",
      `There are ${rows.length} rows whose ${key.name} is "${key.text}" in database ${where.database}.`,
    );
  }
  return rows[0];
}

function isIn(row: PageObjectResponse, where: Where): boolean {
  const { parent } = row;
  if (parent.type === "data_source_id") return sameId(parent.data_source_id, where.dataSourceId);
  return parent.type === "database_id" && sameId(parent.database_id, where.database);
}

type Filter = NonNullable<QueryDataSourceParameters["filter"]>;

/** Rows by key, to the end. @throws TestxError NOTION_QUERY_INCOMPLETE */
async function query(
  client: NotionClient,
  where: Where,
  key: { name: string; value: string | number },
  call: Call,
): Promise<PageObjectResponse[]> {
  const rows: PageObjectResponse[] = [];
  const filter = {
    property: key.name,
    [where.keyType]: { equals: key.value },
  } as unknown as Filter;
  let cursor: string | undefined;
  do {
    call.signal.throwIfAborted();
    const page = await client.api.dataSources.query({
      data_source_id: where.dataSourceId,
      filter,
      page_size: 100,
      ...(cursor === undefined ? {} : { start_cursor: cursor }),
    });
    for (const row of page.results) {
      if (row.object === "page" && "properties" in row && !isTrashed(row)) rows.push(row);
    }
    cursor = page.has_more ? (page.next_cursor ?? undefined) : undefined;
    if (page.request_status?.type === "incomplete" || (page.has_more && cursor === undefined)) {
      fail("NOTION_QUERY_INCOMPLETE", `Notion gave only a part of the rows by ${key.name}.`);
    }
  } while (cursor !== undefined);
  return rows;
}

function propertyOf(source: DataSourceObjectResponse, name: string) {
  const found = Object.hasOwn(source.properties, name) ? source.properties[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(source.properties);
  const near = suggest(name, known);
  const hint = near === undefined ? `It has: ${known.join(", ")}.` : `Is it "${near}"?`;
  return fail("NOTION_PROPERTY_UNKNOWN", `The database has no property "${name}". ${hint}`);
}

function gone({ database }: EntryInput): never {
  return fail("NOTION_PAGE_NOT_SHARED", `The database ${database} is not there any more.`);
}

function stateOf(row: PageObjectResponse, where: Where): EntryState {
  const values = Object.entries(row.properties).flatMap(
    ([name, property]): [string, ValueState][] => {
      const state = stateOfValue(property);
      return state === undefined ? [] : [[name, isNothing(state) ? null : state]];
    },
  );
  const { database, dataSourceId, keyType } = where;
  return {
    id: row.id,
    url: row.url,
    database,
    dataSourceId,
    keyType,
    ...(row.created_by === undefined ? {} : { createdBy: row.created_by.id }),
    ...asFields(Object.fromEntries(values)),
  };
}
