import * as z from "zod";
import type { Json } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { instantOf, isTimeZone, offsetMs } from "../../core/zoned-time.ts";
import { invalid } from "./error.ts";
import { id, richText, stored } from "./rich-text.ts";
import type { DataSource, Page, Property, Row } from "./state.ts";
import type { Store } from "./store.ts";

const day = () =>
  z.string().refine((text) => !Number.isNaN(instantOf(text)), "a valid ISO 8601 date string");

function shapes(): Readonly<Record<string, z.ZodType>> {
  const option = z.union([
    z.strictObject({ name: z.string(), id: z.string().optional(), color: z.string().optional() }),
    z.strictObject({ id: z.string(), name: z.string().optional(), color: z.string().optional() }),
  ]);
  return {
    title: richText(),
    rich_text: richText(),
    number: z.number().nullable(),
    url: z.string().max(2000).nullable(),
    email: z.string().max(200).nullable(),
    phone_number: z.string().max(200).nullable(),
    checkbox: z.boolean(),
    select: option.nullable(),
    status: option.nullable(),
    multi_select: z.array(option).max(100),
    people: z.array(z.strictObject({ id: id(), object: z.literal("user").optional() })).max(100),
    relation: z.array(z.strictObject({ id: id() })).max(100),
    files: z
      .array(
        z.strictObject({
          name: z.string().max(100),
          type: z.literal("external").optional(),
          external: z.strictObject({ url: z.string() }),
        }),
      )
      .max(100),
    date: z
      .strictObject({
        start: day(),
        end: day().nullable().optional(),
        time_zone: z.string().refine(isTimeZone, "a valid time zone").nullable().optional(),
      })
      .nullable(),
  };
}

export const values = once(() =>
  z.record(
    z.string(),
    z.union(
      Object.entries(shapes()).map(([type, shape]) =>
        z.strictObject({ type: z.literal(type).optional(), [type]: shape }),
      ) as unknown as [z.ZodType<Row>, z.ZodType<Row>],
    ),
  ),
);

/** Sets values of a row by property name or id, as checked by `values`. */
export function setRow(
  store: Store,
  source: DataSource,
  page: Page,
  requests: Readonly<Record<string, Row>>,
): void {
  for (const [key, request] of Object.entries(requests)) {
    const property = source.properties.find(({ id, name }) => id === key || name === key);
    if (property === undefined) invalid(`${key} is not a property that exists.`);
    if (request[property.type] === undefined) {
      invalid(`${key} is expected to be ${property.type}.`);
    }
    page.values[property.id] = keep(store, property, request[property.type] as Json);
  }
}

const lines: ReadonlySet<string> = new Set(["url", "email", "phone_number"]);

/** What a property's value becomes when its type is changed: texts stay, whatever else is lost. */
export function convert({ values: row }: Page, id: string, from: string, to: string): void {
  const value = row[id];
  if (from === to || value === undefined) return;
  const text =
    from === "rich_text"
      ? (value as Row[]).map((run) => String(run.plain_text ?? "")).join("")
      : lines.has(from) && typeof value === "string"
        ? value
        : "";
  if (text !== "" && to === "rich_text") {
    row[id] = stored([{ type: "text", text: { content: text } }] as never);
  } else if (text !== "" && lines.has(to)) row[id] = text;
  else delete row[id];
}

function keep(store: Store, property: Property, value: Json): Json {
  switch (property.type) {
    case "title":
    case "rich_text":
      return stored(value as never);
    case "select":
    case "status":
      return value === null ? null : pick(store, property, value as Row);
    case "multi_select":
      return (value as Row[]).map((it) => pick(store, property, it));
    case "people":
      return (value as Row[]).map((it) => person(store, String(it.id)));
    case "relation":
      return (value as Row[]).map((it) => ({ id: store.page(String(it.id)).id }));
    case "files":
      return (value as Row[]).map((it) => ({ ...it, type: "external" }));
    case "date": {
      if (value === null) return null;
      const { start, end = null, time_zone } = value as Row;
      return { start: moment(start, time_zone), end: moment(end, time_zone), time_zone: null };
    }
    default:
      return value;
  }
}

/** Dates stay; moments come back with the offset of their zone, whose name is not given. */
function moment(value: Json | undefined, zone: Json | undefined): Json {
  if (typeof value !== "string" || !value.includes("T")) return value ?? null;
  const name = typeof zone === "string" ? zone : "UTC";
  const at = instantOf(value, name);
  const ahead = offsetMs(at, name);
  const [hours, minutes] = [
    Math.floor(Math.abs(ahead) / 3_600_000),
    (Math.abs(ahead) / 60_000) % 60,
  ];
  const two = (number: number) => String(number).padStart(2, "0");
  const offset = `${ahead < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
  return new Date(at + ahead).toISOString().replace("Z", offset);
}

/** An option by id or name; a new name makes a new option, except for a status. */
function pick(store: Store, property: Property, asked: Row): Row {
  const options = property.config.options as Row[];
  const known = options.find((it) =>
    asked.id === undefined ? it.name === asked.name : it.id === asked.id,
  );
  if (known !== undefined) return chosen(known);
  const name = String(asked.name ?? "");
  if (property.type === "status") {
    return invalid(`Invalid status option. Status option "${name}" does not exist".`);
  }
  if (name.includes(",")) return invalid(`Invalid select option, commas not allowed: ${name}`);
  const made: Row = { id: store.newPropertyId(), name, color: "default", description: null };
  options.push(made);
  return chosen(made);
}

function chosen({ id, name, color }: Row): Row {
  return { id: id ?? null, name: name ?? null, color: color ?? "default" };
}

function person(store: Store, written: string): Row {
  const plain = written.replaceAll("-", "").toLowerCase();
  const found = Object.keys(store.state.users).find((it) => it.replaceAll("-", "") === plain);
  if (found === undefined) return invalid(`Could not find user with ID: ${written}.`);
  return { object: "user", id: found };
}

/** A row's properties as replies have them. */
export function toResponse(source: DataSource, page: Page): Row {
  return Object.fromEntries(
    source.properties.map((property) => {
      const { id, name, type } = property;
      return [name, { id, type, [type]: rowValue(property, page) }];
    }),
  );
}

export function rowValue({ id, type, config }: Property, page: Page): Json {
  if (type === "created_time") return page.createdAt;
  if (type === "last_edited_time") return page.editedAt;
  if (type === "created_by") return { object: "user", id: page.createdBy };
  if (type === "last_edited_by") return { object: "user", id: page.editedBy };
  const value = page.values[id];
  if (type === "select" || type === "status" || type === "multi_select") {
    // An option that was removed is gone from the rows as well.
    const there = new Set((config.options as Row[]).map((it) => it.id));
    if (type === "multi_select")
      return ((value ?? []) as Row[]).filter((it) => there.has(it.id ?? null));
    return value !== null && value !== undefined && there.has((value as Row).id ?? null)
      ? value
      : null;
  }
  if (value !== undefined) return value;
  if (type === "checkbox") return false;
  return ["title", "rich_text", "people", "relation", "files"].includes(type) ? [] : null;
}
