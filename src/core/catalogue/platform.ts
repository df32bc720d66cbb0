import type { Catalogue } from "./entry.ts";

export const platformErrors: Catalogue = {};
