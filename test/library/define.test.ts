import { expectTypeOf, test } from "vitest";
import * as z from "zod";
import { defineKind, defineProvider, failure } from "../../src/index.ts";

interface Client {
  find(title: string): Promise<{ id: string; text: string } | undefined>;
  put(title: string, text: string): Promise<{ id: string; text: string }>;
}
declare const client: Client;

interface Page {
  id: string;
  parts: readonly Part[];
}
interface Part {
  text: string;
  level?: number;
}

test("a state may be an interface, and must be JSON", () => {
  const parts = {
    kind: "wiki.page",
    input: z.strictObject({ title: z.string() }),
    identity: ["title"] as const,
    title: () => "page",
    key: () => "page",
    changes: () => [],
    undo: "A page stays.",
  };
  const page = defineKind({
    ...parts,
    fields: ["id", "parts"],
    read: async (_: Client): Promise<Page | undefined> => undefined,
    apply: async (): Promise<Page> => ({ id: "1", parts: [] }),
  });
  expectTypeOf(page.read).returns.toEqualTypeOf<Promise<Page | undefined>>();
  const made = { id: "1", at: new Date() };
  // @ts-expect-error: a date is no JSON
  defineKind({ ...parts, read: async (_: Client) => made, apply: async () => made });
  // @ts-expect-error: `name` is no field of the state
  defineKind({ ...page, fields: ["id", "name"] });
});

test("types are inferred from schemas, from what is read and from what is connected", () => {
  const note = defineKind({
    kind: "notes.note",
    input: z.strictObject({ title: z.string(), text: z.string().default("") }),
    read: async (client: Client, { title }) => client.find(title),
    title: (input) => {
      expectTypeOf(input).toEqualTypeOf<{ title: string; text: string }>();
      return `note ${input.title}`;
    },
    identity: ["title"],
    key: ({ title }) => title,
    changes(input, now) {
      expectTypeOf(now).toEqualTypeOf<{ id: string; text: string }>();
      return now.text === input.text ? [] : [{ field: "text", from: now.text, to: input.text }];
    },
    apply(client, input, now, call) {
      expectTypeOf(client).toEqualTypeOf<Client>();
      expectTypeOf(now).toEqualTypeOf<{ id: string; text: string } | undefined>();
      expectTypeOf(call.operation).toEqualTypeOf<string>();
      return client.put(input.title, input.text);
    },
    undo: "A note stays.",
  });
  const config = z.strictObject({ space: z.string() });
  const provider = defineProvider({
    id: "notes",
    title: "Notes",
    config,
    secrets: [],
    timeouts: { connectMs: 1, totalMs: 1 },
    concurrency: { reads: 1, writes: 1 },
    wire: { describe: ({ method }) => ({ name: method, write: true, idempotent: false }) },
    connect: async (config, deps) => {
      expectTypeOf(config).toEqualTypeOf<{ space: string }>();
      expectTypeOf(deps.url).toEqualTypeOf<string>();
      return client;
    },
    kinds: { note },
    health: async (client) => {
      expectTypeOf(client).toEqualTypeOf<Client>();
      return { status: "healthy" };
    },
    classify: (error) => failure("NOTES_FAILED", String(error)),
  });
  expectTypeOf(provider.connect).returns.toEqualTypeOf<Promise<Client>>();

  // @ts-expect-error: `titel` is no field of the input
  defineKind({ ...note, identity: ["titel"] });
  // @ts-expect-error: the client of the kind is not what is connected
  defineProvider({ ...provider, connect: async () => ({ other: true }) });
});
