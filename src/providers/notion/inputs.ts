import * as z from "zod";
import { once } from "../../core/once.ts";
import { idOf } from "./ids.ts";

/** A page or database, by id or address. */
export const location = once(() =>
  z
    .string()
    .refine((text) => idOf(text) !== undefined, "no Notion id in it (32 hexadecimal digits)"),
);

export const title = once(() => z.string().trim().min(1));
