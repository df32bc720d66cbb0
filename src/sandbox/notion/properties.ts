import * as z from "zod";
import type { Json } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { invalid } from "./error.ts";
import { id } from "./rich-text.ts";
import type { Property, Row } from "./state.ts";
import type { Store } from "./store.ts";

const colors = [
  "default",
  "gray",
  "brown",
  "orange",
  "yellow",
  "green",
  "blue",
  "purple",
  "pink",
  "red",
] as const;
const plainTypes = [
  "title",
  "rich_text",
  "date",
  "people",
  "files",
  "checkbox",
  "url",
  "email",
  "phone_number",
  "created_time",
  "created_by",
  "last_edited_time",
  "last_edited_by",
] as const;
const optionTypes = ["select", "multi_select", "status"] as const;

const newOption = once(() =>
  z.strictObject({
    name: z.string(),
    color: z.enum(colors).optional(),
    description: z.string().nullable().optional(),
  }),
);
const knownOption = once(() =>
  z.strictObject({
    id: z.string().optional(),
    name: z.string().optional(),
    color: z.enum(colors).optional(),
    description: z.string().nullable().optional(),
  }),
);

function configurations(option: typeof newOption | typeof knownOption): z.ZodType<Row>[] {
  const empty = z.strictObject({});
  const common = { description: z.string().nullable().optional() };
  const of = (type: string, shape: z.ZodType, more: z.core.$ZodLooseShape = {}) =>
    z.strictObject({ ...common, ...more, type: z.literal(type).optional(), [type]: shape });
  const more = option === newOption ? {} : { name: z.string().optional() };
  const options = z.strictObject({ options: z.array(option()).max(100).optional() });
  const relation = z.union([
    z.strictObject({
      data_source_id: id(),
      type: z.literal("single_property").optional(),
      single_property: empty,
    }),
    z.strictObject({
      data_source_id: id(),
      type: z.literal("dual_property").optional(),
      dual_property: z.strictObject({
        synced_property_id: z.string().optional(),
        synced_property_name: z.string().optional(),
      }),
    }),
  ]);
  return [
    ...plainTypes.map((type) => of(type, empty, more)),
    ...optionTypes.map((type) => of(type, options, more)),
    of("number", z.strictObject({ format: z.string().optional() }), more),
    of("relation", relation, more),
  ] as unknown as z.ZodType<Row>[];
}

type Two = [z.ZodType<Row>, z.ZodType<Row>];
export const newProperties = once(() =>
  z.record(z.string(), z.union(configurations(newOption) as Two)),
);
export const changedProperties = once(() =>
  z.record(
    z.string(),
    z
      .union([
        ...configurations(knownOption),
        z.strictObject({ name: z.string() }),
      ] as unknown as Two)
      .nullable(),
  ),
);

const types = [...plainTypes, ...optionTypes, "number", "relation"];

function typeIn(request: Row): string | undefined {
  return types.find((type) => request[type] !== undefined);
}

/** The first properties of a data source; one without a title gets "Name", as in Notion. */
export function create(store: Store, requests: Readonly<Record<string, Row>>): Property[] {
  const made = Object.entries(requests).map(([name, request]) => add(store, name, request));
  const titles = made.filter(({ type }) => type === "title").length;
  if (titles > 1) invalid("There must be exactly one title property.");
  if (titles === 0) made.unshift({ id: "title", name: "Name", type: "title", config: {} });
  return made;
}

function add(store: Store, name: string, request: Row): Property {
  const type = typeIn(request) ?? invalid(`${name} has no type.`);
  const property = { id: type === "title" ? "title" : store.newPropertyId(), name, type };
  return { ...property, config: configure(store, type, request[type] as Row, []) };
}

function configure(store: Store, type: string, own: Row, before: readonly Row[]): Row {
  if (type === "number") return { format: own.format ?? "number" };
  if (type === "relation") {
    const target = store.dataSource(own.data_source_id as string);
    const database = target.parent.type === "database_id" ? target.parent.database_id : "";
    const how = own.dual_property === undefined ? "single_property" : "dual_property";
    return {
      database_id: database,
      data_source_id: target.id,
      type: how,
      [how]: own[how] as Row,
    };
  }
  if (!(optionTypes as readonly string[]).includes(type)) return {};
  const asked = own.options as Row[] | undefined;
  const options = asked === undefined ? [...before] : asked.map((it) => option(store, it, before));
  const names = options.map(({ name }) => name);
  if (new Set(names).size < names.length) invalid("Select options must have unique names.");
  return type === "status" ? status(store, options) : { options };
}

function option(store: Store, asked: Row, before: readonly Row[]): Row {
  const known = before.find(
    (it) => it.id === asked.id || (asked.id === undefined && it.name === asked.name),
  );
  if (known !== undefined) {
    if (asked.color !== undefined && asked.color !== known.color) {
      invalid(`Cannot update color of select with name: ${known.name}.`);
    }
    return known;
  }
  const name = String(asked.name ?? "");
  if (name === "") invalid(`Could not find select option with id: ${asked.id}.`);
  if (name.includes(",")) {
    invalid(`Invalid select option, commas not allowed: ${name}`);
  }
  const { color = "default", description = null } = asked;
  return { id: store.newPropertyId(), name, color, description };
}

function status(store: Store, given: readonly Row[]): Row {
  const fallback = ["Not started", "In progress", "Done"].map((name) =>
    option(store, { name }, []),
  );
  const options = given.length === 0 ? fallback : [...given];
  const groups = ["To-do", "In progress", "Complete"].map((name, at) => ({
    id: store.newPropertyId(),
    name,
    color: ["gray", "blue", "green"][at] ?? "gray",
    option_ids: (at === 0 ? options.map(({ id }) => id) : []) as Json[],
  }));
  return { options, groups };
}

/** Carries out the `properties` of an update. Gives the ids of properties that are gone. */
export function change(
  store: Store,
  properties: Property[],
  requests: Readonly<Record<string, Row | null>>,
): string[] {
  const gone: string[] = [];
  for (const [key, request] of Object.entries(requests)) {
    const at = properties.findIndex(({ id, name }) => id === key || name === key);
    const present = properties[at];
    if (request === null) {
      if (present === undefined) return missing(key);
      if (present.type === "title") invalid("Cannot delete the title property.");
      properties.splice(at, 1);
      gone.push(present.id);
      continue;
    }
    const type = typeIn(request);
    if (present === undefined) {
      if (type === undefined) return missing(key);
      if (type === "title") invalid("Cannot create a second title property.");
      properties.push(add(store, key, request));
      continue;
    }
    if (typeof request.name === "string") rename(properties, present, request.name);
    if (type === undefined) continue;
    if (type !== present.type && (type === "title" || present.type === "title")) {
      invalid("Cannot change the type of the title property.");
    }
    const before = type === present.type ? (present.config.options as Row[] | undefined) : [];
    present.config = configure(store, type, request[type] as Row, before ?? []);
    present.type = type;
  }
  return gone;
}

function rename(properties: readonly Property[], present: Property, name: string): void {
  if (properties.some((it) => it !== present && it.name === name)) {
    invalid(`Cannot rename property ${present.name}: ${name} exists already.`);
  }
  present.name = name;
}

function missing(key: string): never {
  return invalid(`Could not find property with name or id: ${key}`);
}

export function toResponse(properties: readonly Property[]): Row {
  return Object.fromEntries(
    properties.map(({ id, name, type, config }) => [
      name,
      { id, name, description: null, type, [type]: config },
    ]),
  );
}
