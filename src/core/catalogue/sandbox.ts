import type { Catalogue } from "./entry.ts";

export const sandboxErrors: Catalogue = {};
