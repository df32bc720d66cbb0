import type { PageObjectResponse } from "@notionhq/client";
import * as z from "zod";
import { fail } from "../../core/failure.ts";
import { equal, isObject } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { suggest } from "../../core/suggest.ts";
import { instantOf, isTimeZone } from "../../core/zoned-time.ts";
import { idOf } from "./ids.ts";
import { type Observed, optionsOf } from "./schema.ts";
import { fromPlain, richText, tidyUrl } from "./text.ts";

const date = once(() =>
  z.strictObject({
    start: z.string().min(1).describe("2026-01-31, or 2026-01-31T09:00:00Z"),
    end: z.string().min(1).optional(),
    time_zone: z
      .string()
      .min(1)
      .refine(isTimeZone, "must be the name of a time zone, like Europe/Brussels")
      .optional(),
  }),
);

export const value = once(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()), date()]),
);
export type Value = z.infer<ReturnType<typeof value>>;

/** As it is observed: a list in its order, a date without an end as its start. */
export type ValueState = string | number | boolean | null | string[] | { [key: string]: string };

type PropertyValue = PageObjectResponse["properties"][string];

/** `undefined`: of a type that cannot be set (formulas, rollups, who edited last …). */
export function stateOf(property: PropertyValue): ValueState | undefined {
  switch (property.type) {
    case "title":
      return fromPlain(property.title);
    case "rich_text":
      return fromPlain(property.rich_text);
    case "number":
      return property.number ?? null;
    case "checkbox":
      return property.checkbox === true;
    case "url":
      return property.url ?? null;
    case "email":
      return property.email ?? null;
    case "phone_number":
      return property.phone_number ?? null;
    case "select":
      return property.select?.name ?? null;
    case "status":
      return property.status?.name ?? null;
    case "multi_select":
      return property.multi_select.map(({ name }) => name);
    case "people":
      return property.people.map(({ id }) => idOf(id) ?? id);
    case "relation":
      return property.relation.map(({ id }) => idOf(id) ?? id);
    case "files":
      return property.files.map((file) => ("external" in file ? file.external.url : file.name));
    case "date":
      return property.date === null || property.date === undefined ? null : day(property.date);
    default:
      return undefined;
  }
}

/** Nothing, in any type's way of saying it; in the state always null. */
export function isNothing(value: Value | ValueState): boolean {
  return (
    value === null ||
    value === "" ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** The wanted value in the form that the state has, as far as that form is known. */
export function normal(wanted: Value, now: ValueState | undefined): ValueState {
  if (isNothing(wanted)) return null;
  if (Array.isArray(now)) return list(wanted).map((it) => idLike(it, now));
  if (Array.isArray(wanted)) return wanted;
  if (isObject(wanted)) return day(wanted as z.infer<ReturnType<typeof date>>);
  if (typeof wanted === "string" && isMoment(wanted)) {
    const moment = day({ start: wanted });
    return now === undefined || now === null || equal(moment, now) ? moment : wanted;
  }
  return wanted;
}

/** Whether they mean the same; the order of a list does not matter. */
export function same(wanted: Value, now: ValueState | undefined): boolean {
  if (now === undefined || isNothing(now)) return isNothing(wanted);
  const aim = normal(wanted, now);
  if (Array.isArray(aim) && Array.isArray(now)) return equal([...aim].sort(), [...now].sort());
  if (equal(aim, now)) return true;
  if (typeof aim === "string" && typeof now === "string") return tidyUrl(aim) === tidyUrl(now);
  return false;
}

function list(wanted: Value): string[] {
  if (wanted === null || wanted === "") return [];
  return Array.isArray(wanted) ? wanted : [String(wanted)];
}

/** Ids are compared with dashes, names as they are. */
function idLike(text: string, now: readonly string[]): string {
  const id = idOf(text);
  return id !== undefined && (now.includes(id) || /^[0-9a-f-]{32,36}$/i.test(text)) ? id : text;
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text) && !Number.isNaN(instantOf(text));
}

/**
 * Notion gives moments with the offset of their time zone, and never its name. One written without
 * an offset it takes for UTC. https://developers.notion.com/changelog/time-zone-support
 */
function day(value: {
  start: string;
  end?: string | null | undefined;
  time_zone?: string | null | undefined;
}): ValueState {
  const zone = value.time_zone ?? undefined;
  const moment = (text: string) =>
    isMoment(text) ? new Date(instantOf(text, zone)).toISOString() : text;
  const start = moment(value.start);
  if (value.end === null || value.end === undefined) return start;
  return { start, end: moment(value.end) };
}

/**
 * The value as a request has it.
 * @throws TestxError NOTION_VALUE_INVALID when it does not fit the property
 */
export function request(
  name: string,
  observed: Observed,
  wanted: Value | ValueState,
): Record<string, unknown> {
  const { type } = observed;
  const wrong = (expected: string): never =>
    fail("NOTION_VALUE_INVALID", `Property "${name}" takes ${expected}.`);
  const text = (): string | null => {
    if (wanted === null || wanted === "") return null;
    return typeof wanted === "string" ? wanted : wrong("a text");
  };
  const texts = (): string[] => {
    if (wanted === null || wanted === "") return [];
    if (typeof wanted === "string") return [wanted];
    return Array.isArray(wanted) ? wanted : wrong("a list of texts");
  };
  switch (type) {
    case "title":
    case "rich_text":
      return { type, [type]: richText(text() ?? "") };
    case "url":
    case "email":
    case "phone_number":
      return { type, [type]: text() };
    case "number":
      if (wanted !== null && typeof wanted !== "number") return wrong("a number");
      return { type, number: wanted };
    case "checkbox":
      if (wanted !== null && typeof wanted !== "boolean") return wrong("true or false");
      return { type, checkbox: wanted === true };
    case "select":
    case "status": {
      const chosen = text();
      return { type, [type]: chosen === null ? null : optionOf(name, observed, chosen) };
    }
    case "multi_select":
      return { type, multi_select: texts().map((it) => optionOf(name, observed, it)) };
    case "people":
      return { type, people: texts().map((it) => ({ object: "user", id: idOf(it) ?? it })) };
    case "relation":
      return { type, relation: texts().map((it) => ({ id: idOf(it) ?? it })) };
    case "files":
      return {
        type,
        files: texts().map((url) => ({ type: "external", name: nameOf(url), external: { url } })),
      };
    case "date": {
      if (wanted === null || wanted === "") return { type, date: null };
      if (typeof wanted === "string") return { type, date: { start: wanted } };
      return { type, date: isObject(wanted) && "start" in wanted ? wanted : wrong("a date") };
    }
    default:
      return wrong(`no value: Notion sets it by itself (${type})`);
  }
}

/** Notion would make a new option of any name; that would change the database behind its step. */
function optionOf(property: string, observed: Observed, wanted: string): { name: string } {
  const names = optionsOf(observed).map(({ name }) => name);
  if (names.includes(wanted)) return { name: wanted };
  const near = suggest(wanted, names);
  const hint = near === undefined ? `It has: ${names.join(", ") || "none"}.` : `Is it "${near}"?`;
  return fail("NOTION_VALUE_INVALID", `Property "${property}" has no option "${wanted}". ${hint}`);
}

function nameOf(url: string): string {
  const last = url
    .replace(/[?#].*$/, "")
    .split("/")
    .at(-1);
  return (last === undefined || last === "" ? url : last).slice(0, 100);
}
