import type { Catalogue } from "./entry.ts";

export const engineErrors: Catalogue = {};
