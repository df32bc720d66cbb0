import type { Catalogue } from "./entry.ts";

export const configErrors: Catalogue = {};
