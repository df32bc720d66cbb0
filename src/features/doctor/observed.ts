import type { Through } from "../connect.ts";

/** What a service's replies showed beside their content. */
export interface Observed {
  /** A reply has come. */
  readonly replied?: true;
  /** Of the newest reply that told it. */
  readonly limit?: { readonly left: number; readonly of?: number; readonly resetAt?: number };
  /** A page for people came where data should be, or a redirect to elsewhere. */
  readonly page?: string;
}

/** Network Authentication Required: https://www.rfc-editor.org/rfc/rfc6585#section-6 */
const loginRequired = 511;

/** Looks at the replies as they pass, changing nothing. */
export function observing(): { through: Through; of(integration: string): Observed } {
  const seen = new Map<string, Observed>();
  const note = (integration: string, more: Observed): void => {
    seen.set(integration, { ...seen.get(integration), ...more });
  };
  return {
    of: (integration) => seen.get(integration) ?? {},
    through: (transport, { integration }) => {
      return async (url, init) => {
        const reply = await transport(url, init);
        const { headers, status } = reply;
        note(integration, { replied: true });
        const left = numberOf(headers.get("x-ratelimit-remaining"));
        if (left !== undefined) {
          const of = numberOf(headers.get("x-ratelimit-limit"));
          const reset = numberOf(headers.get("x-ratelimit-reset"));
          note(integration, {
            limit: {
              left,
              ...(of === undefined ? {} : { of }),
              ...(reset === undefined ? {} : { resetAt: reset * 1000 }),
            },
          });
        }
        const to = status >= 300 && status < 400 ? headers.get("location") : null;
        const from = new URL(String(url)).host;
        const elsewhere = to === null ? undefined : URL.parse(to, String(url))?.host;
        if (elsewhere !== undefined && elsewhere !== from) {
          note(integration, { page: `a redirect from ${from} to ${elsewhere}` });
        } else if (
          (status < 400 || status === loginRequired) &&
          /^text\/html\b/i.test(headers.get("content-type") ?? "")
        ) {
          note(integration, { page: `a page of HTML from ${from}, with status ${status}` });
        }
        return reply;
      };
    },
  };
}

function numberOf(text: string | null): number | undefined {
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
