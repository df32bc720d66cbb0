import type { Json } from "../../core/json.ts";
import { invalid } from "./error.ts";
import { type DataSource, type Page, plainOf, type Row } from "./state.ts";
import { rowValue } from "./values.ts";

/** https://developers.notion.com/reference/filter-data-source-entries */
export function matches(source: DataSource, row: Page, filter: Row): boolean {
  if (Array.isArray(filter.and)) return filter.and.every((it) => matches(source, row, it as Row));
  if (Array.isArray(filter.or)) return filter.or.some((it) => matches(source, row, it as Row));
  if (typeof filter.timestamp === "string") {
    const at = filter.timestamp === "created_time" ? row.createdAt : row.editedAt;
    return dated(at, condition(filter, filter.timestamp));
  }
  if (typeof filter.property !== "string") {
    return invalid(
      "body failed validation: body.filter.property should be defined, instead was `undefined`.",
    );
  }
  const key = filter.property;
  const property = source.properties.find(({ id, name }) => id === key || name === key);
  if (property === undefined) return invalid(`Could not find property with name or id: ${key}`);
  const kind = Object.keys(filter).find((name) => name !== "property" && name !== "type") ?? "";
  if (kind !== property.type) {
    return invalid(`database property ${property.type} does not match filter ${kind}`);
  }
  return holds(kind, rowValue(property, row), condition(filter, kind));
}

interface Condition {
  readonly operator: string;
  readonly operand: Json;
}

function condition(filter: Row, kind: string): Condition {
  const [operator, operand] = Object.entries((filter[kind] ?? {}) as Row)[0] ?? [];
  if (operator === undefined || operand === undefined) {
    return invalid(`body failed validation: body.filter.${kind} should be defined.`);
  }
  return { operator, operand };
}

function holds(kind: string, value: Json, asked: Condition): boolean {
  const { operator, operand } = asked;
  if (operator === "is_empty") return isEmpty(value);
  if (operator === "is_not_empty") return !isEmpty(value);
  switch (kind) {
    case "title":
    case "rich_text":
      return textual(plainOf(value), asked);
    case "url":
    case "email":
    case "phone_number":
      return textual(String(value ?? ""), asked);
    case "number":
      return numeric(value as number | null, asked);
    case "checkbox":
      return operator === "equals" ? value === operand : value !== operand;
    case "select":
    case "status": {
      const names = Array.isArray(operand) ? operand : [operand];
      const hit = value !== null && names.includes((value as Row).name ?? null);
      return operator === "equals" ? hit : operator === "does_not_equal" ? !hit : unknown(operator);
    }
    case "multi_select":
      return listed(
        (value as Row[]).map((it) => it.name ?? null),
        asked,
      );
    case "people":
    case "relation":
      return listed(
        (value as Row[]).map((it) => it.id ?? null),
        asked,
      );
    case "date":
      return value !== null && dated(String((value as Row).start), asked);
    case "created_time":
    case "last_edited_time":
      return dated(String(value), asked);
    default:
      return invalid(`Filtering by ${kind} is not supported.`);
  }
}

function isEmpty(value: Json): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Notion compares texts without regard to case. */
function textual(value: string, { operator, operand }: Condition): boolean {
  if (typeof operand !== "string") {
    return invalid(`body failed validation: body.filter.${operator} should be a string.`);
  }
  const text = value.toLowerCase();
  const other = operand.toLowerCase();
  switch (operator) {
    case "equals":
      return text === other;
    case "does_not_equal":
      return text !== other;
    case "contains":
      return text.includes(other);
    case "does_not_contain":
      return !text.includes(other);
    case "starts_with":
      return text.startsWith(other);
    case "ends_with":
      return text.endsWith(other);
    default:
      return unknown(operator);
  }
}

function numeric(value: number | null, { operator, operand }: Condition): boolean {
  if (typeof operand !== "number") {
    return invalid(`body failed validation: body.filter.number.${operator} should be a number.`);
  }
  if (operator === "does_not_equal") return value !== operand;
  if (value === null) return false;
  switch (operator) {
    case "equals":
      return value === operand;
    case "greater_than":
      return value > operand;
    case "less_than":
      return value < operand;
    case "greater_than_or_equal_to":
      return value >= operand;
    case "less_than_or_equal_to":
      return value <= operand;
    default:
      return unknown(operator);
  }
}

function listed(values: readonly Json[], { operator, operand }: Condition): boolean {
  if (operator === "contains") return values.includes(operand);
  return operator === "does_not_contain" ? !values.includes(operand) : unknown(operator);
}

function dated(value: string, { operator, operand }: Condition): boolean {
  const at = Date.parse(value);
  const other = Date.parse(String(operand));
  switch (operator) {
    case "equals":
      return value.slice(0, String(operand).length) === operand || at === other;
    case "before":
      return at < other;
    case "after":
      return at > other;
    case "on_or_before":
      return at <= other;
    case "on_or_after":
      return at >= other;
    default:
      return unknown(operator);
  }
}

function unknown(operator: string): never {
  return invalid(`body failed validation: ${operator} is not a condition of this filter.`);
}
