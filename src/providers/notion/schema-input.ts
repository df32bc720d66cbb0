import * as z from "zod";
import { once } from "../../core/once.ts";
import { location } from "./inputs.ts";

const plainTypes = [
  "title",
  "rich_text",
  "number",
  "select",
  "multi_select",
  "status",
  "date",
  "people",
  "checkbox",
  "url",
  "email",
  "phone_number",
  "files",
  "created_time",
  "created_by",
  "last_edited_time",
  "last_edited_by",
] as const;

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

// https://developers.notion.com/reference/property-object: no commas in the names of options.
const optionName = once(() =>
  z
    .string()
    .min(1)
    .max(100)
    .regex(/^[^,]*$/, "an option's name has no comma"),
);
const option = once(() =>
  z.union([optionName(), z.strictObject({ name: optionName(), color: z.enum(colors).optional() })]),
);
const options = once(() =>
  z
    .array(option())
    .max(100)
    .describe("Names of options, or { name, color }. Options that exist besides are kept."),
);

const property = once(() =>
  z.union([
    z.enum(plainTypes),
    z.strictObject({ select: options() }),
    z.strictObject({ multi_select: options() }),
    z.strictObject({ status: options() }),
    z.strictObject({ number: z.string().min(1).describe("A format: percent, euro, dollar …") }),
    z.strictObject({
      relation: location().describe(
        "The other database's data source: ${notion.tasks.dataSourceId}",
      ),
    }),
  ]),
);

export const properties = once(() =>
  z
    .record(z.string().min(1), property())
    .refine((all) => Object.values(all).filter((it) => it === "title").length <= 1, {
      message: "a database has one property of type title",
    })
    .describe('By name: "rich_text", "date", … or { "select": ["Todo", "Done"] }.'),
);

export type PropertyInput = z.infer<ReturnType<typeof property>>;
export type PropertiesInput = z.infer<ReturnType<typeof properties>>;
