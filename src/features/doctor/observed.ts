import type { Reply } from "../../core/http.ts";
import { isObject } from "../../core/json.ts";
import type { Through } from "../connect.ts";

/** A reply as it looks to somebody who knows nothing of the service. */
export interface Answer {
  readonly asked: URL;
  readonly status: number;
  /** For people, for programs, neither, or nothing at all. */
  readonly form: "page" | "data" | "text" | "nothing";
  /** Of data: the names of its fields, which differ from service to service. */
  readonly fields: readonly string[];
  /** Of a redirect. */
  readonly to?: URL;
}

/** What a service's replies showed beside their content. */
export interface Observed {
  /** The newest reply. */
  readonly last?: Answer;
  /** When the token that was sent expires, where a reply told it; ms since the epoch. */
  readonly expiresAt?: number;
  /** Of the newest reply that told it. */
  readonly limit?: { readonly left: number; readonly of?: number; readonly resetAt?: number };
}

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
        const { headers } = reply;
        note(integration, { last: await answerOf(new URL(String(url)), reply) });
        // GitHub's, of tokens that expire: 2026-11-23 15:00:00 UTC
        const expiry = Date.parse(headers.get("github-authentication-token-expiration") ?? "");
        if (!Number.isNaN(expiry)) note(integration, { expiresAt: expiry });
        const left = numberOf(headers.get("x-ratelimit-remaining"));
        if (left !== undefined) {
          const of = numberOf(headers.get("x-ratelimit-limit"));
          const reset = numberOf(headers.get("x-ratelimit-reset"));
          note(integration, {
            limit: {
              left,
              ...(of === undefined ? {} : { of }),
              // No date is as far away as some say.
              ...(reset === undefined || reset * 1000 > 8.64e15 ? {} : { resetAt: reset * 1000 }),
            },
          });
        }
        return reply;
      };
    },
  };
}

async function answerOf(asked: URL, reply: Reply): Promise<Answer> {
  const { status, headers } = reply;
  const text = (await reply.text()).trimStart();
  const data = status < 400 ? undefined : parsed(text);
  const isPage = /^text\/html\b/i.test(headers.get("content-type") ?? "") || text.startsWith("<");
  const form = isPage ? "page" : text === "" ? "nothing" : /^[{[]/.test(text) ? "data" : "text";
  const location = status >= 300 && status < 400 ? headers.get("location") : null;
  const to = location === null ? null : URL.parse(location, asked.href);
  const fields = isObject(data) ? Object.keys(data).toSorted() : [];
  return { asked, status, form, fields, ...(to === null ? {} : { to }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function numberOf(text: string | null): number | undefined {
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
