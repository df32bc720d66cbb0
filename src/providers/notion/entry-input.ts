import * as z from "zod";
import { once } from "../../core/once.ts";
import { location } from "./inputs.ts";
import { type Value, value } from "./values.ts";

export const input = once(() =>
  z.strictObject({
    database: location().describe(
      "The database: its id or address, or a reference such as ${notion.tasks.dataSourceId}.",
    ),
    key: z
      .record(z.string().min(1), z.union([z.string().min(1), z.number()]))
      .refine((key) => Object.keys(key).length === 1, "exactly one property")
      .describe(
        'The property and value that say which row is meant: { "Name": "Read the handbook" }.',
      ),
    properties: z
      .record(z.string().min(1), value())
      .default({})
      .describe(
        "The row's other values by property: texts, numbers, true/false, lists of options or ids, dates.",
      ),
  }),
);
export type EntryInput = z.infer<ReturnType<typeof input>>;

/** The property that says which row is meant, and its value. */
export interface Key {
  readonly name: string;
  readonly value: string | number;
  readonly text: string;
}

export function keyOf({ key }: EntryInput): Key {
  const [name = "", value = ""] = Object.entries(key)[0] ?? [];
  return { name, value, text: String(value) };
}

export function valuesOf(wanted: EntryInput): Record<string, Value> {
  return { ...wanted.properties, ...wanted.key };
}
