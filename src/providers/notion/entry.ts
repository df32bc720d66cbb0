import type {
  CreatePageParameters,
  PageObjectResponse,
  UpdatePageParameters,
} from "@notionhq/client";
import { fail } from "../../core/failure.ts";
import { equal } from "../../core/json.ts";
import type { ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change, Residue } from "../../core/step.ts";
import { isGone } from "./classify.ts";
import { type NotionClient, requiredId } from "./client.ts";
import { dataSource, knownDataSource } from "./data-source.ts";
import { twins } from "./duplicates.ts";
import { type EntryInput, input, keyOf, valuesOf } from "./entry-input.ts";
import { asFields, fieldsOf } from "./fields.ts";
import { sameId } from "./ids.ts";
import { find, keyed, locate, propertyOf, type Where } from "./rows.ts";
import { trashPage } from "./trash.ts";
import {
  isNothing,
  normal,
  request,
  same,
  stateOf as stateOfValue,
  type ValueState,
} from "./values.ts";

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
  input: lazySchema(input, "notion.entry"),
  secrets: [],
  title: (wanted) => `entry "${keyOf(wanted).text}"`,
  identity: ["database", "key"],
  fields: ["id", "url", "database", "dataSourceId", "keyType", "createdBy", "properties.*"],
  key: (wanted) => JSON.stringify([requiredId(wanted.database), wanted.key]),
  scopes: ["read content", "insert content", "update content"],

  async read(client, wanted, call) {
    const where = await locate(client, wanted, call, knownDataSource);
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
    const where = now ?? (await locate(client, wanted, call, knownDataSource));
    const source = await knownDataSource(client, where.dataSourceId, call);
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

  async duplicates(client, wanted, now, call) {
    const rows = await keyed(client, now, keyOf(wanted), call);
    const kept = rows.find(({ id }) => sameId(id, now.id));
    if (kept === undefined) return [];
    return (await twins(client, kept, rows)).map((row) => stateOf(row, now));
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

function valuesIn(state: EntryState): Values {
  return fieldsOf(state) as Values;
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

function gone({ database }: EntryInput): never {
  return fail("NOTION_PAGE_NOT_SHARED", `The database ${database} is not there any more.`);
}
