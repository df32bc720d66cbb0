import type { DataSourceObjectResponse } from "@notionhq/client";
import { fail } from "../../core/failure.ts";
import { equal } from "../../core/json.ts";
import { idOf, sameId } from "./ids.ts";
import type { PropertiesInput, PropertyInput } from "./schema-input.ts";

/** As it is observed: options as names, all of them; `number` alone is its plain format. */
export type PropertyState =
  | string
  | { select: string[] }
  | { multi_select: string[] }
  | { status: string[] }
  | { number: string }
  | { relation: string };
export type PropertiesState = { [name: string]: PropertyState };

export type Observed = DataSourceObjectResponse["properties"][string];
export type ObservedProperties = Readonly<Record<string, Observed>>;

const optionTypes = ["select", "multi_select", "status"] as const;
type OptionType = (typeof optionTypes)[number];

function isOptionType(type: string): type is OptionType {
  return (optionTypes as readonly string[]).includes(type);
}

export function typeOf(property: PropertyInput | PropertyState): string {
  return typeof property === "string" ? property : (Object.keys(property)[0] ?? "");
}

export function optionsOf(observed: Observed): { id: string; name: string }[] {
  if (observed.type === "select") return observed.select.options ?? [];
  if (observed.type === "multi_select") return observed.multi_select.options ?? [];
  if (observed.type === "status") return observed.status.options ?? [];
  return [];
}

export function stateOf(observed: Observed): PropertyState {
  const { type } = observed;
  if (isOptionType(type)) {
    return { [type]: optionsOf(observed).map(({ name }) => name) } as PropertyState;
  }
  if (type === "number") {
    const { format } = observed.number;
    return format === undefined || format === "number" ? "number" : { number: format };
  }
  if (type === "relation") {
    return { relation: observed.relation.data_source_id ?? observed.relation.database_id };
  }
  return type;
}

/** All observed properties but the title, which has a field of its own in the state. */
export function observedState(observed: ObservedProperties): PropertiesState {
  return Object.fromEntries(
    Object.entries(observed)
      .filter(([, { type }]) => type !== "title")
      .map(([name, property]) => [name, stateOf(property)]),
  );
}

export function titleOf(observed: ObservedProperties): string {
  return Object.keys(observed).find((name) => observed[name]?.type === "title") ?? "";
}

/** The name that the sequence gives to the title property, if it does. */
export function wantedTitle(wanted: PropertiesInput): string | undefined {
  return Object.keys(wanted).find((name) => wanted[name] === "title");
}

/** The wanted properties but the title, as they will be once they are as wanted. */
export function goalOf(wanted: PropertiesInput, now: PropertiesState): PropertiesState {
  return Object.fromEntries(
    Object.entries(wanted)
      .filter(([, property]) => property !== "title")
      .map(([name, property]) => [name, joined(property, now[name])]),
  );
}

function joined(wanted: PropertyInput, now: PropertyState | undefined): PropertyState {
  const type = typeOf(wanted);
  if (isOptionType(type)) {
    const kept = now !== undefined && typeOf(now) === type ? names(now) : [];
    const asked = names(wanted).filter((name) => !kept.includes(name));
    return { [type]: [...kept, ...asked] } as PropertyState;
  }
  if (typeof wanted === "string") {
    // A format that somebody chose is kept when the sequence names none.
    return now !== undefined && typeOf(now) === wanted ? now : wanted;
  }
  if ("number" in wanted) return wanted.number === "number" ? "number" : { number: wanted.number };
  if ("relation" in wanted) {
    const id = idOf(wanted.relation) ?? wanted.relation;
    if (typeof now === "object" && "relation" in now && sameId(now.relation, id)) return now;
    return { relation: id };
  }
  return type;
}

export function names(property: PropertyInput | PropertyState): string[] {
  if (typeof property === "string") return [];
  const list = Object.values(property)[0];
  if (!Array.isArray(list)) return [];
  return list.map((it: string | { name: string }) => (typeof it === "string" ? it : it.name));
}

type Configuration = Record<string, unknown>;

/** The configuration with which a property is made. */
export function configuration(wanted: PropertyInput): Configuration {
  const type = typeOf(wanted);
  if (typeof wanted === "string") return { type, [type]: {} };
  if ("number" in wanted) return { type, number: { format: wanted.number } };
  if ("relation" in wanted) {
    const data_source_id = idOf(wanted.relation) ?? wanted.relation;
    const relation = { data_source_id, type: "single_property", single_property: {} };
    return { type, relation };
  }
  const list = Object.values(wanted)[0] as readonly (string | { name: string; color?: string })[];
  return {
    type,
    [type]: { options: list.map((it) => (typeof it === "string" ? { name: it } : it)) },
  };
}

/** Properties of a new data source; Notion wants exactly one title. */
export function initial(wanted: PropertiesInput): Record<string, Configuration> {
  const hasTitle = Object.values(wanted).includes("title");
  const all: PropertiesInput = hasTitle ? wanted : { Name: "title", ...wanted };
  return Object.fromEntries(
    Object.entries(all).map(([name, property]) => [name, configuration(property)]),
  );
}

/** The properties but that which holds the rows' names. */
export function untitled(wanted: PropertiesInput): PropertiesInput {
  return Object.fromEntries(Object.entries(wanted).filter(([, type]) => type !== "title"));
}

/**
 * The `properties` of an update that adds and widens; nothing is removed.
 * @throws TestxError NOTION_PROPERTY_TYPE where a property exists with another type
 */
export function additions(
  wanted: PropertiesInput,
  observed: ObservedProperties,
): Record<string, Configuration> {
  const now = observedState(observed);
  const goal = goalOf(wanted, now);
  const update: Record<string, Configuration> = {};
  const [old, title] = [titleOf(observed), wantedTitle(wanted)];
  if (title !== undefined && title !== old) update[old] = { name: title };
  for (const [name, property] of Object.entries(wanted)) {
    const present = observed[name];
    if (property === "title") continue;
    if (present === undefined) update[name] = configuration(property);
    else if (present.type !== typeOf(property)) {
      const types = `${present.type}, not ${typeOf(property)}`;
      fail("NOTION_PROPERTY_TYPE", `Property "${name}" of the database is of type ${types}.`);
    } else if (!equal(goal[name], now[name])) update[name] = widened(property, present);
  }
  return update;
}

function widened(wanted: PropertyInput, present: Observed): Configuration {
  const { type } = present;
  if (!isOptionType(type)) return configuration(wanted);
  const kept = optionsOf(present).map(({ id, name }) => ({ id, name }));
  const list = (typeof wanted === "string" ? [] : Object.values(wanted)[0]) as readonly (
    | string
    | { name: string }
  )[];
  const added = list
    .map((it) => (typeof it === "string" ? { name: it } : it))
    .filter(({ name }) => !kept.some((option) => option.name === name));
  return { type, [type]: { options: [...kept, ...added] } };
}

/** The `properties` of an update that takes back what testx added and changed. */
export function restoration(
  target: { readonly title: string; readonly properties: PropertiesState },
  now: PropertiesState,
  observed: ObservedProperties,
): Record<string, Configuration | null> {
  const update: Record<string, Configuration | null> = {};
  const title = titleOf(observed);
  if (target.title !== title) update[title] = { name: target.title };
  for (const [name, present] of Object.entries(observed)) {
    if (present.type === "title") continue;
    const before = target.properties[name];
    // What nobody had seen when the undo was decided is somebody else's.
    if (before === undefined && now[name] !== undefined) update[name] = null;
    else if (before !== undefined && !equal(before, stateOf(present))) {
      update[name] = narrowed(before, present);
    }
  }
  return update;
}

function narrowed(before: PropertyState, present: Observed): Configuration {
  const { type } = present;
  if (!isOptionType(type)) {
    return configuration(before === "number" ? { number: "number" } : (before as PropertyInput));
  }
  const kept = names(before);
  const list = optionsOf(present).filter(({ name }) => kept.includes(name));
  return { type, [type]: { options: list.map(({ id, name }) => ({ id, name })) } };
}
