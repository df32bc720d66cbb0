import type { Catalogue } from "./entry.ts";

export const notionErrors: Catalogue = {};
