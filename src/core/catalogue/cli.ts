import type { Catalogue } from "./entry.ts";

export const cliErrors: Catalogue = {};
