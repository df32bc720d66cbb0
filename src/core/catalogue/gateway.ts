import type { Catalogue } from "./entry.ts";

export const gatewayErrors: Catalogue = {};
