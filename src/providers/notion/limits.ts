import type { Charge } from "../../core/forecast.ts";
import type { ProviderLimit } from "../../core/provider.ts";

/**
 * The documented average of three a second, to begin with; Notion tells when a workspace has
 * more or less: https://developers.notion.com/reference/request-limits
 */
const requests = { id: "requests", requests: 180, perMs: 60_000, burst: 90 };

export const limits: readonly ProviderLimit[] = [requests];

export const charge: Charge = {
  ...{ budget: requests.id, amount: 1, limit: requests.requests },
  windowMs: requests.perMs,
};
