import type { Fetch, FetchInit } from "../../core/http.ts";

/**
 * The version that Notion's published API description is of. Against 2025-09-03, the SDK's
 * default, it says `in_trash` for `archived` and `position` for `after`, and nothing else that
 * testx uses; its replies are read in either form.
 * https://developers.notion.com/guides/get-started/upgrade-guide-2026-03-11
 */
export const notionVersion = "2026-03-11";
/** What a service is spoken to in that does not know that version yet. */
const olderVersion = "2025-09-03";

export interface Spoken {
  readonly fetch: Fetch;
  /** The version in use. */
  version(): string;
}

/**
 * A fetch that goes on in the older version once the service has refused the newer one: a call
 * refused for its version was not carried out, so sending it again is safe.
 */
export function speaking(fetch: Fetch): Spoken {
  let version: string = notionVersion;
  const send: Fetch = async (url, init = {}) => {
    const spoken = version;
    const reply = await fetch(url, inVersion(init, spoken));
    if (spoken === olderVersion || reply.status !== 400) return reply;
    if (!refusesVersion(await reply.clone().text())) return reply;
    version = olderVersion;
    return fetch(url, inVersion(init, version));
  };
  return { fetch: send, version: () => version };
}

/** The SDK gives its headers as a record. */
function inVersion(init: FetchInit, version: string): FetchInit {
  return version === notionVersion
    ? init
    : {
        ...init,
        headers: { ...(init.headers as Record<string, string>), "Notion-Version": version },
      };
}

/** "Notion-Version header failed validation: Notion-Version header should be …" */
function refusesVersion(text: string): boolean {
  return /notion-version|"(?:missing|invalid|unsupported)_version"/i.test(text);
}
