import type {
  CreateDatabaseParameters,
  DatabaseObjectResponse,
  DataSourceObjectResponse,
  UpdateDataSourceParameters,
} from "@notionhq/client";
import * as z from "zod";
import { fail } from "../../core/failure.ts";
import { equal } from "../../core/json.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import type { Change, Residue } from "../../core/step.ts";
import { isGone } from "./classify.ts";
import {
  childOf,
  childrenNamed,
  ifThere,
  isInside,
  isTrashed,
  type NotionClient,
  requiredId,
  sharedLister,
} from "./client.ts";
import { dataSource } from "./data-source.ts";
import { asFields, fieldsOf } from "./fields.ts";
import { sameId } from "./ids.ts";
import { location, title } from "./inputs.ts";
import {
  additions,
  goalOf,
  initial,
  observedState,
  type PropertiesState,
  type PropertyState,
  properties,
  restoration,
  titleOf,
  wantedTitle,
} from "./schema.ts";
import { fromPlain, richText } from "./text.ts";
import { trashDatabase } from "./trash.ts";

const input = z.strictObject({
  parent: location.describe(
    "The page in which it stands: its id or address, or a reference such as ${notion.handbook.id}.",
  ),
  title: title.describe("The title; together with the parent it says which database is meant."),
  description: z.string().optional().describe("A line or two below the title."),
  properties: properties.default({}),
});
export type DatabaseInput = z.infer<typeof input>;

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
  input,
  title: (wanted) => `database "${wanted.title}"`,
  identity: ["parent", "title"],
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
    if (now === undefined) return create(client, wanted);
    await setTexts(client, now, wanted);
    const source = await requiredSource(client, now.dataSourceId, call);
    await setProperties(client, now, additions(wanted.properties, source.properties));
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

  async undo(client, target, now, call): Promise<Residue[]> {
    if (target === undefined) return trashDatabase(client, now, `database "${now.title}"`, call);
    try {
      await setTexts(client, now, target);
      const { properties } = await requiredSource(client, now.dataSourceId, call);
      const before = { title: target.titleProperty, properties: fieldsIn(target) };
      await setProperties(client, now, restoration(before, fieldsIn(now), properties));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    return [];
  },
};

interface Found {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly dataSourceId: string;
  /** Only when the database itself was asked for. */
  readonly description?: string | undefined;
}

async function find(
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
  }
  const named = await childrenNamed(list, parent, "child_database", wanted.title);
  if (named.length > 1) {
    fail(
      "NOTION_AMBIGUOUS",
      `There are ${named.length} databases named "${wanted.title}" in page ${parent}.`,
    );
  }
  const [only] = named;
  const found = only === undefined ? undefined : await retrieve(client, only.id);
  return found === undefined ? undefined : brief(found);
}

async function retrieve(
  client: NotionClient,
  id: string,
): Promise<DatabaseObjectResponse | undefined> {
  const found = await ifThere(() => client.api.databases.retrieve({ database_id: id }));
  return found !== undefined && "url" in found && !isTrashed(found) ? found : undefined;
}

function brief(found: DatabaseObjectResponse): Found | undefined {
  const [source] = found.data_sources;
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
async function describe(
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

async function create(client: NotionClient, wanted: DatabaseInput): Promise<DatabaseState> {
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
  const source = (await client.api.dataSources.retrieve({
    data_source_id: found.dataSourceId,
  })) as DataSourceObjectResponse;
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
  const { id, url, title, dataSourceId, description } = found;
  const createdBy = source.created_by?.id;
  return {
    id,
    url,
    dataSourceId,
    parent: requiredId(wanted.parent),
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
