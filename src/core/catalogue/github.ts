import type { Catalogue } from "./entry.ts";

export const githubErrors: Catalogue = {};
