import * as z from "zod";
import { idOf } from "./ids.ts";

/** A page or database, by id or address. */
export const location = z
  .string()
  .refine((text) => idOf(text) !== undefined, "no Notion id in it (32 hexadecimal digits)");

export const title = z.string().trim().min(1);
