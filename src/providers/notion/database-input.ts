import * as z from "zod";
import { once } from "../../core/once.ts";
import { location, title } from "./inputs.ts";
import { properties } from "./schema-input.ts";

export const input = once(() =>
  z.strictObject({
    parent: location().describe(
      "The page in which it stands: its id or address, or a reference such as ${notion.handbook.id}.",
    ),
    title: title().describe("The title; together with the parent it says which database is meant."),
    description: z.string().optional().describe("A line or two below the title."),
    properties: properties().default({}),
  }),
);
export type DatabaseInput = z.infer<ReturnType<typeof input>>;
