import type {
  CreateDatabaseParameters,
  DatabaseObjectResponse,
  DataSourceObjectResponse,
  UpdateDataSourceParameters,
} from "@notionhq/client";
import { fail } from "../../core/failure.ts";
import { equal } from "../../core/json.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change, Residue } from "../../core/step.ts";
import { isGone } from "./classify.ts";
import { type NotionClient, requiredId } from "./client.ts";
import { dataSource } from "./data-source.ts";
import { brief, describe, type Found, find, remember, retrieve } from "./database-find.ts";
import { type DatabaseInput, input } from "./database-input.ts";
import { namesakes, twins } from "./duplicates.ts";
import { asFields, fieldsOf } from "./fields.ts";
import { plain, sameId } from "./ids.ts";
import { spareValues } from "./rows-of-others.ts";
import {
  additions,
  goalOf,
  initial,
  observedState,
  type PropertiesState,
  type PropertyState,
  restoration,
  titleOf,
  untitled,
  wantedTitle,
} from "./schema.ts";
import { richText } from "./text.ts";
import { trashDatabase } from "./trash.ts";

export type DatabaseState = {
  id: string;
  url: string;
  /** Id of the data source that holds the rows. */
  dataSourceId: string;
  /** Id of the parent page. */
  parent: string;
  title: string;
  /** Absent when the sequence gives none. */
  description?: string;
  /** Name of the title property. */
  titleProperty: string;
  createdBy?: string;
  /** A field for each other property, so that each is compared and undone by itself. */
  [property: `properties.${string}`]: PropertyState;
};

export const database: ResourceKind<DatabaseInput, DatabaseState, NotionClient> = {
  kind: "notion.database",
  input: lazySchema(input, "notion.database"),
  secrets: [],
  title: (wanted) => `database "${wanted.title}"`,
  identity: ["parent", "title"],
  fields: [
    "id",
    "url",
    "dataSourceId",
    "parent",
    "title",
    "description",
    "titleProperty",
    "createdBy",
    "properties.*",
  ],
  key: (wanted) => JSON.stringify([requiredId(wanted.parent), wanted.title]),
  scopes: ["read content", "insert content", "update content"],

  async read(client, wanted, call) {
    const found = await find(client, wanted, call);
    if (found === undefined) return undefined;
    const source = await dataSource(client, found.dataSourceId, call);
    if (source === undefined) return undefined;
    const description = await describe(client, wanted, found, source);
    return stateOf({ ...found, description }, wanted, source);
  },

  changes(wanted, now) {
    const changes: Change[] = [];
    if (wanted.title !== now.title) {
      changes.push({ field: "title", from: now.title, to: wanted.title });
    }
    if (wanted.description !== undefined && wanted.description !== now.description) {
      const from = now.description === undefined ? {} : { from: now.description };
      changes.push({ field: "description", ...from, to: wanted.description });
    }
    const title = wantedTitle(wanted.properties);
    if (title !== undefined && title !== now.titleProperty) {
      changes.push({ field: "titleProperty", from: now.titleProperty, to: title });
    }
    const present = fieldsIn(now);
    for (const [name, to] of Object.entries(goalOf(wanted.properties, present))) {
      const from = present[name];
      if (equal(from, to)) continue;
      changes.push({ field: `properties.${name}`, ...(from === undefined ? {} : { from }), to });
    }
    return changes;
  },

  async apply(client, wanted, now, call) {
    if (now === undefined) return create(client, wanted, call);
    await setTexts(client, now, wanted);
    const source = await requiredSource(client, now.dataSourceId, call);
    const named = wantedTitle(wanted.properties) === now.titleProperty;
    const asked = named ? untitled(wanted.properties) : wanted.properties;
    await setProperties(client, now, additions(asked, source.properties));
    const { description = now.description } = wanted;
    const present = fieldsIn(now);
    return {
      ...now,
      title: wanted.title,
      ...(description === undefined ? {} : { description }),
      titleProperty: wantedTitle(wanted.properties) ?? now.titleProperty,
      ...asFields(goalOf(wanted.properties, present)),
    };
  },

  async ours(client, now) {
    return now.createdBy === undefined || sameId(now.createdBy, await client.me());
  },

  async duplicates(client, wanted, now, call) {
    const at = { parent: now.parent, title: wanted.title, id: now.id };
    const others = await namesakes(client, at, "child_database", call);
    if (others.length === 0) return [];
    const all = await Promise.all([now, ...others].map(({ id }) => retrieve(client, id)));
    const sources = await Promise.all(
      all.map((one) => one && dataSource(client, one.data_sources[0]?.id ?? "", call)),
    );
    const [kept, ...copies] = sources.filter((source) => source !== undefined);
    if (kept === undefined || sources[0] === undefined) return [];
    return (await twins(client, kept, copies)).flatMap((source) => {
      const found = all.find((one) => one?.data_sources[0]?.id === source.id);
      const about = found && brief(found);
      return about ? [stateOf(about, wanted, source)] : [];
    });
  },

  holds: (now, { dataSourceId }) =>
    typeof dataSourceId === "string" && sameId(dataSourceId, now.dataSourceId),

  async undo(client, target, now, call): Promise<Residue[]> {
    if (target === undefined) return trashDatabase(client, now, `database "${now.title}"`, call);
    try {
      await setTexts(client, now, target);
      const source = await requiredSource(client, now.dataSourceId, call);
      const before = { title: target.titleProperty, properties: fieldsIn(target) };
      const update = restoration(before, fieldsIn(now), source.properties);
      const residue = await spareValues(client, source, update, call);
      await setProperties(client, now, update);
      return residue;
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    return [];
  },
};

async function create(
  client: NotionClient,
  wanted: DatabaseInput,
  call: Call,
): Promise<DatabaseState> {
  const made = (await client.api.databases.create({
    parent: { type: "page_id", page_id: requiredId(wanted.parent) },
    title: richText(wanted.title),
    ...(wanted.description === undefined ? {} : { description: richText(wanted.description) }),
    initial_data_source: { properties: initial(wanted.properties) },
  } as unknown as CreateDatabaseParameters)) as DatabaseObjectResponse;
  const found = brief(made);
  if (found === undefined) {
    return fail("NOTION_UNREADABLE", "Notion's reply to a new database names no data source.", {
      outcome: "unknown",
      transient: true,
    });
  }
  remember(client, found);
  const source = await requiredSource(client, found.dataSourceId, call);
  return stateOf(found, wanted, source);
}

async function setTexts(
  client: NotionClient,
  now: DatabaseState,
  target: { title: string; description?: string | undefined },
): Promise<void> {
  const retitle = target.title !== now.title;
  const redescribe = target.description !== undefined && target.description !== now.description;
  if (!retitle && !redescribe) return;
  await client.api.databases.update({
    database_id: now.id,
    ...(retitle ? { title: richText(target.title) } : {}),
    ...(redescribe ? { description: richText(target.description ?? "") } : {}),
  });
}

async function setProperties(
  client: NotionClient,
  now: DatabaseState,
  update: Record<string, unknown>,
): Promise<void> {
  if (Object.keys(update).length === 0) return;
  client.sources.delete(plain(now.dataSourceId));
  await client.api.dataSources.update({
    data_source_id: now.dataSourceId,
    properties: update,
  } as unknown as UpdateDataSourceParameters);
}

async function requiredSource(
  client: NotionClient,
  id: string,
  call: Call,
): Promise<DataSourceObjectResponse> {
  const source = await dataSource(client, id, call);
  if (source !== undefined) return source;
  return fail("NOTION_PAGE_NOT_SHARED", `The data source ${id} is gone.`);
}

function stateOf(
  found: Found,
  wanted: DatabaseInput,
  source: DataSourceObjectResponse,
): DatabaseState {
  const { id, url, title, dataSourceId, description, elsewhere } = found;
  const createdBy = source.created_by?.id;
  return {
    id,
    url,
    dataSourceId,
    parent: requiredId(wanted.parent),
    ...elsewhere,
    title,
    ...(wanted.description === undefined ? {} : { description: description ?? "" }),
    titleProperty: titleOf(source.properties),
    ...asFields(observedState(source.properties)),
    ...(createdBy === undefined ? {} : { createdBy }),
  };
}

function fieldsIn(state: DatabaseState): PropertiesState {
  return fieldsOf(state) as PropertiesState;
}
