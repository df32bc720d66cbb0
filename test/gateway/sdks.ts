import { Client } from "@notionhq/client";
import { Octokit } from "@octokit/rest";
import { WebClient } from "@slack/web-api";
import type { Fetch, Operation, Wire } from "../../src/core/http.ts";

export type Kind = "read" | "put" | "create";
export const kinds: readonly Kind[] = ["read", "put", "create"];

const operations: Readonly<Record<Kind, Omit<Operation, "name">>> = {
  read: { write: false, idempotent: true },
  put: { write: true, idempotent: true },
  create: { write: true, idempotent: false },
};

/** Knows the nine calls below by the word in their arguments. */
export const wire: Wire = {
  describe(request) {
    const text = `${request.url.href} ${request.body ?? ""}`;
    const kind = kinds.find((kind) => text.includes(`testx-${kind}`));
    if (kind === undefined) throw new Error(`not one of the calls of this test: ${text}`);
    return { name: `${request.method} ${kind}`, ...operations[kind] };
  },
};

export interface Sdk {
  readonly name: "slack" | "notion" | "octokit";
  call(kind: Kind): Promise<unknown>;
}

const silent = () => undefined;
const quiet = {
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  setLevel: silent,
  getLevel: () => "error",
  setName: silent,
};

/** The three real SDKs with their own retries off, on a fetch of ours. */
export function sdks(url: string, fetch: Fetch): readonly Sdk[] {
  const slack = new WebClient("xoxb-canary", {
    slackApiUrl: `${url}/`,
    fetch: fetch as never,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: quiet as never,
  });
  const notion = new Client({
    auth: "ntn_canary",
    baseUrl: url,
    fetch: fetch as never,
    retry: false,
    logger: silent,
  });
  const octokit = new Octokit({
    auth: "ghp_canary",
    baseUrl: url,
    request: { fetch },
    log: quiet,
  });
  const id = "0123456789abcdef0123456789abcdef";
  return [
    {
      name: "slack",
      call(kind) {
        if (kind === "read") return slack.conversations.list({ cursor: "testx-read" });
        if (kind === "put")
          return slack.conversations.setTopic({ channel: "C1", topic: "testx-put" });
        return slack.conversations.create({ name: "testx-create" });
      },
    },
    {
      name: "notion",
      call(kind) {
        if (kind === "read") return notion.users.list({ start_cursor: "testx-read" });
        const properties = { title: { title: [{ text: { content: `testx-${kind}` } }] } };
        if (kind === "put") return notion.pages.update({ page_id: id, properties });
        return notion.pages.create({ parent: { page_id: id }, properties });
      },
    },
    {
      name: "octokit",
      call(kind) {
        const where = { owner: "acme", repo: "app" };
        if (kind === "read") return octokit.rest.issues.getLabel({ ...where, name: "testx-read" });
        if (kind === "put")
          return octokit.rest.repos.replaceAllTopics({ ...where, names: ["testx-put"] });
        return octokit.rest.issues.createLabel({ ...where, name: "testx-create" });
      },
    },
  ];
}

/** The HTTP status in an error that an SDK made itself. */
export function statusOf(error: unknown): number | undefined {
  const { status, statusCode } = error as { status?: number; statusCode?: number };
  return status ?? statusCode;
}
