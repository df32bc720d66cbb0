// A provider as somebody would write it who has nothing but the public library.
import * as z from "zod";
import {
  defineKind,
  defineProvider,
  type Failure,
  type Fetch,
  failure,
  type JsonObject,
  rootFailure,
} from "../../src/index.ts";

interface Client {
  list(): Promise<Memo[]>;
  send(method: string, path: string, body?: JsonObject): Promise<Memo>;
}
type Memo = { id: number; title: string; text: string };

class MemoError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const memo = defineKind({
  kind: "memos.memo",
  input: z.strictObject({ title: z.string(), text: z.string() }),
  identity: ["title"],
  title: ({ title }) => `memo ${title}`,
  key: ({ title }) => title,
  fields: ["id", "title", "text"],
  read: async (client: Client, { title }, call) => {
    const all = await call.shared("memos", () => client.list());
    const found = all.find((memo) => memo.title === title);
    return found && { id: found.id, title: found.title, text: found.text };
  },
  changes: (input, now) =>
    input.text === now.text ? [] : [{ field: "text", from: now.text, to: input.text }],
  apply: async (client, input, now) => {
    const { id, title, text } =
      now === undefined
        ? await client.send("POST", "/notes", input)
        : await client.send("PATCH", `/notes/${now.id}`, { text: input.text });
    return { id, title, text };
  },
  undo: async (client, target, now) => {
    const path = `/notes/${now.id}`;
    if (target === undefined) await client.send("DELETE", path);
    else await client.send("PATCH", path, { text: target.text });
    return [];
  },
});

export const memos = defineProvider({
  id: "memos",
  title: "Memos",
  config: z.strictObject({}),
  // Nothing in its name says that it is one.
  secrets: [{ env: "MEMO_DOOR", title: "key", help: "Ask the janitor.", prefixes: [] }],
  endpoint: { env: "NOTES_API_URL", url: "https://memos.example" },
  timeouts: { connectMs: 1000, totalMs: 5000 },
  concurrency: { reads: 4, writes: 1 },
  wire: {
    describe: ({ method, url }) => ({
      name: `${method} ${url.pathname}`,
      write: method !== "GET",
      idempotent: method !== "POST",
    }),
  },
  connect: async (_, { fetch, url, secret }) => connect(fetch, url, secret("MEMO_DOOR") ?? ""),
  kinds: { memo },
  health: async (client) => {
    await client.list();
    return { status: "healthy" };
  },
  classify(error): Failure {
    const known = rootFailure(error);
    if (known) return known;
    const status = error instanceof MemoError ? error.status : 0;
    return failure("MEMOS_FAILED", String(error), { status, transient: status >= 500 });
  },
});

function connect(fetch: Fetch, url: string, key: string): Client {
  const ask = async (method: string, path: string, body?: JsonObject): Promise<unknown> => {
    const reply = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${key}` },
      body: body && JSON.stringify(body),
    });
    // As careless as some SDKs are.
    if (!reply.ok) throw new MemoError(reply.status, `${method} with the key ${key} was refused`);
    return reply.status === 204 ? {} : reply.json();
  };
  return {
    list: async () => (await ask("GET", "/notes")) as Memo[],
    send: async (method, path, body) => (await ask(method, path, body)) as Memo,
  };
}
