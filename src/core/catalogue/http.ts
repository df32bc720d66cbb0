import type { Catalogue } from "./entry.ts";

export const httpErrors: Catalogue = {};
