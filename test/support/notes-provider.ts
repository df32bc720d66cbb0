import * as z from "zod";
import { type Failure, failure, rootFailure } from "../../src/core/failure.ts";
import type { Fetch } from "../../src/core/http.ts";
import { equal, type JsonObject } from "../../src/core/json.ts";
import type { Provider, ResourceKind } from "../../src/core/provider.ts";
import type { Change } from "../../src/core/step.ts";
import type { Note } from "./notes-service.ts";

const input = z.strictObject({
  title: z.string(),
  text: z.string(),
  colour: z.string().optional(),
});
export type NoteInput = z.infer<typeof input>;
export type NoteState = { id: number; title: string; text: string; colour: string };

export interface NotesClient {
  send(method: string, path: string, body?: JsonObject): Promise<unknown>;
}

export const fields = ["text", "colour"] as const;

/** A provider as it should be: each test of the contract suite breaks another part of it. */
export const noteKind: ResourceKind<NoteInput, NoteState, NotesClient> = {
  kind: "notes.note",
  input,
  secrets: [],
  title: ({ title }) => `note ${title}`,
  identity: ["title"],
  key: ({ title }) => title,
  fields: ["id", "title", "text", "colour"],
  async read(client, wanted) {
    const notes = (await client.send("GET", "/notes")) as Note[];
    const found = notes.find(({ title }) => title === wanted.title);
    return found && stateOf(found);
  },
  changes(wanted, now) {
    const changes: Change[] = [];
    for (const field of fields) {
      const to = wanted[field];
      if (to !== undefined && !equal(now[field], to)) changes.push({ field, from: now[field], to });
    }
    return changes;
  },
  async apply(client, wanted, now, call) {
    const body = { ...wanted, operation: call.operation } as JsonObject;
    const made =
      now === undefined
        ? await client.send("POST", "/notes", body)
        : await client.send("PATCH", `/notes/${now.id}`, wanted as JsonObject);
    return stateOf(made as Note);
  },
  async ours(client, now, call) {
    const notes = (await client.send("GET", "/notes")) as Note[];
    return notes.find(({ id }) => id === now.id)?.operation === call.operation;
  },
  async undo(client, target, now) {
    try {
      if (target === undefined) await client.send("DELETE", `/notes/${now.id}`);
      else {
        const { text, colour } = target;
        await client.send("PATCH", `/notes/${now.id}`, { text, colour });
      }
    } catch (error) {
      if (classify(error).status !== 404) throw error;
    }
    return [];
  },
};

export const notes: Provider<Record<string, never>, NotesClient> = {
  id: "notes",
  title: "Notes",
  config: z.strictObject({}),
  configSecrets: [],
  secrets: [{ env: "NOTES_TOKEN", title: "token", help: "Make one.", prefixes: [] }],
  endpoint: { env: "NOTES_API_URL", url: "https://notes.example" },
  timeouts: { connectMs: 1000, totalMs: 1000 },
  concurrency: { reads: 4, writes: 2 },
  wire: {
    describe: ({ method, url }) => ({
      name: `${method} ${url.pathname.replace(/\d+$/, "{id}")}`,
      write: method !== "GET",
      idempotent: method !== "POST",
    }),
  },
  kinds: { note: noteKind },
  connect: async (_config, deps) => ({
    send: (method, path, body) =>
      send(deps.fetch, deps.url, deps.secret("NOTES_TOKEN"), method, path, body),
  }),
  async health(client) {
    const me = await client.send("GET", "/me");
    const name = (me as { name?: unknown } | null)?.name;
    if (typeof name === "string") return { status: "healthy", account: name };
    return { status: "down", failure: failure("GATEWAY_UNREADABLE", "notes tells no name") };
  },
  classify,
};

async function send(
  fetch: Fetch,
  url: string,
  token: string | undefined,
  method: string,
  path: string,
  body?: JsonObject,
): Promise<unknown> {
  const reply = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await reply.text();
  if (!reply.ok) throw new NotesError(method, path, reply.status);
  if (method === "DELETE") return undefined;
  const value: unknown = JSON.parse(text);
  const whole =
    path === "/me" ||
    (path === "/notes" && method === "GET" ? Array.isArray(value) : isNote(value));
  if (!whole) throw new NotesError(method, path, reply.status);
  return value;
}

class NotesError extends Error {
  readonly status: number;
  readonly write: boolean;
  constructor(method: string, path: string, status: number) {
    super(`${method} ${path} gave ${status}`);
    this.status = status;
    this.write = method !== "GET";
  }
}

export function classify(error: unknown): Failure {
  const known = rootFailure(error);
  if (known !== undefined) return known;
  if (!(error instanceof NotesError)) return failure("GATEWAY_UNREADABLE", String(error));
  const { status, message } = error;
  const outcome = status < 300 || status >= 500 ? "unknown" : "not-applied";
  return failure("GATEWAY_UNAVAILABLE", message, { status, outcome, transient: status >= 500 });
}

function isNote(value: unknown): boolean {
  return typeof value === "object" && value !== null && "id" in value;
}

function stateOf({ id, title, text, colour }: Note): NoteState {
  return { id, title, text, colour };
}
