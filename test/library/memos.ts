// A provider as somebody would write it who has nothing but the public library.
import * as z from "zod";
import {
  defineKind,
  defineProvider,
  type Failure,
  type Fetch,
  failure,
  type JsonObject,
  type Reply,
  rootFailure,
} from "../../src/index.ts";

interface Client {
  account(): Promise<string>;
  list(): Promise<Memo[]>;
  put(method: string, path: string, body: JsonObject): Promise<Memo>;
  remove(path: string): Promise<void>;
}
const memoReply = z.object({ id: z.number(), title: z.string(), text: z.string() });
type Memo = z.infer<typeof memoReply>;

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
    return all.find((memo) => memo.title === title);
  },
  changes: (input, now) =>
    input.text === now.text ? [] : [{ field: "text", from: now.text, to: input.text }],
  apply: (client, input, now) =>
    now === undefined
      ? client.put("POST", "/notes", input)
      : client.put("PATCH", `/notes/${now.id}`, { text: input.text }),
  undo: async (client, target, now) => {
    const path = `/notes/${now.id}`;
    try {
      if (target === undefined) await client.remove(path);
      else await client.put("PATCH", path, { text: target.text });
    } catch (error) {
      const isGone = error instanceof MemoError && error.status === 404;
      if (!isGone) throw error;
    }
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
  health: async (client) => ({ status: "healthy", account: await client.account() }),
  classify(error): Failure {
    const known = rootFailure(error);
    if (known) return known;
    if (!(error instanceof MemoError)) return failure("MEMOS_FAILED", String(error));
    const { status, message } = error;
    const outcome = status < 300 || status >= 500 ? "unknown" : "not-applied";
    return failure("MEMOS_FAILED", message, { status, outcome, transient: status >= 500 });
  },
});

function connect(fetch: Fetch, url: string, key: string): Client {
  const ask = async (method: string, path: string, body?: JsonObject): Promise<Reply> => {
    const headers = { authorization: `Bearer ${key}` };
    const reply = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    if (reply.ok) return reply;
    throw new MemoError(reply.status, `${method} ${path} gave ${reply.status}`);
  };
  // A proxy's page, or another version's answer, must not pass for a memo.
  const expect = async <T>(schema: z.ZodType<T>, reply: Reply): Promise<T> => {
    const parsed = schema.safeParse(await reply.json());
    if (parsed.success) return parsed.data;
    throw new MemoError(reply.status, "the reply is not what was asked for");
  };
  return {
    account: async () =>
      (await expect(z.object({ name: z.string() }), await ask("GET", "/me"))).name,
    list: async () => expect(z.array(memoReply), await ask("GET", "/notes")),
    put: async (method, path, body) => expect(memoReply, await ask(method, path, body)),
    remove: async (path) => void (await ask("DELETE", path)),
  };
}
