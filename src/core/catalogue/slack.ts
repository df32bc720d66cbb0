import type { Catalogue } from "./entry.ts";

export const slackErrors: Catalogue = {};
