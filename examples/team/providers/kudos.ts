/** The team's own service for thanking each other: one kind of thing, a board. */
import { defineKind, defineProvider, type Fetch, failure, rootFailure } from "testx";
import * as z from "zod";

const boardReply = z.object({ name: z.string(), channel: z.string() });

class KudosError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`Kudos answered with ${status}.`);
    this.status = status;
  }
}

class Client {
  readonly #fetch: Fetch;
  readonly #url: string;
  readonly #key: string;

  constructor(fetch: Fetch, url: string, key: string) {
    this.#fetch = fetch;
    this.#url = url;
    this.#key = key;
  }

  /** `undefined`: there is none. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const reply = await this.#fetch(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (reply.status === 404) return undefined;
    if (!reply.ok) throw new KudosError(reply.status);
    return reply.status === 204 ? undefined : reply.json();
  }
}

const at = (name: string) => `/boards/${encodeURIComponent(name)}`;

const board = defineKind({
  kind: "kudos.board",
  input: z.strictObject({ name: z.string(), channel: z.string() }),
  identity: ["name"],
  title: ({ name }) => `board ${name}`,
  key: ({ name }) => name,
  fields: ["name", "channel"],
  read: async (client: Client, { name }) => {
    const found = await client.ask("GET", at(name));
    return found === undefined ? undefined : boardReply.parse(found);
  },
  changes: ({ channel }, now) =>
    channel === now.channel ? [] : [{ field: "channel", from: now.channel, to: channel }],
  // A PUT may be sent twice without harm: testx does so when an answer is lost.
  apply: async (client, input) => boardReply.parse(await client.ask("PUT", at(input.name), input)),
  undo: async (client, target, now) => {
    if (target === undefined) await client.ask("DELETE", at(now.name));
    else await client.ask("PUT", at(now.name), target);
    return [];
  },
});

export default defineProvider({
  id: "kudos",
  title: "Kudos",
  config: z.strictObject({}),
  secrets: [{ env: "KUDOS_KEY", title: "key", help: "Ask in #team.", prefixes: ["kudos-"] }],
  endpoint: { env: "KUDOS_API_URL", url: "https://kudos.example" },
  timeouts: { connectMs: 2_000, totalMs: 10_000 },
  concurrency: { reads: 2, writes: 1 },
  wire: {
    describe: ({ method, url }) => ({
      name: `${method} ${url.pathname}`,
      write: method !== "GET",
      idempotent: true,
    }),
    // A 404 says that there is no board: an answer like any other.
    judge: (_, { status }) =>
      status === 404 ? { outcome: "applied", transient: false } : undefined,
  },
  connect: async (_, { fetch, url, secret }) => new Client(fetch, url, secret("KUDOS_KEY") ?? ""),
  kinds: { board },
  health: async (client) => {
    const me = z.object({ team: z.string() }).parse(await client.ask("GET", "/me"));
    return { status: "healthy", account: me.team };
  },
  classify(error) {
    const known = rootFailure(error);
    if (known) return known;
    const status = error instanceof KudosError ? error.status : 0;
    const transient = status >= 500;
    const outcome = status === 0 || transient ? "unknown" : "not-applied";
    return failure("KUDOS_FAILED", error instanceof Error ? error.message : String(error), {
      ...{ status, outcome, transient },
    });
  },
  sandbox: async () => (await import("./kudos-stand-in.ts")).kudosStandIn,
});
