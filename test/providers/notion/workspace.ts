import { afterEach } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { AnyKind, Call } from "../../../src/core/provider.ts";
import type { Change, Residue } from "../../../src/core/step.ts";
import type { NotionClient } from "../../../src/providers/notion/client.ts";
import { notion } from "../../../src/providers/notion/provider.ts";
import { notion as service } from "../../../src/sandbox/notion/service.ts";
import {
  type NotionState,
  personToken,
  plainOf,
  teamPageId,
} from "../../../src/sandbox/notion/state.ts";
import { type RunningSandbox, startSandbox } from "../../../src/sandbox/server.ts";
import { type Connected, connectProvider } from "../../../src/testing/connect.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

export interface Workspace {
  readonly sandbox: RunningSandbox;
  readonly connected: Connected<NotionClient>;
  /** A second connection with other variables. */
  connect(environment?: Record<string, string>): Promise<Connected<NotionClient>>;
  read(kind: string, input: JsonObject, parts?: Partial<Call>): Promise<JsonObject | undefined>;
  changes(kind: string, input: JsonObject, now: JsonObject): Promise<Change[]>;
  /** Reads, then applies what is missing, as a setup does. */
  ensure(kind: string, input: JsonObject, parts?: Partial<Call>): Promise<JsonObject>;
  undo(kind: string, target: JsonObject | undefined, now: JsonObject): Promise<Residue[]>;
  /** Asks the API as Ada, a person. */
  person(method: string, path: string, body?: unknown): Promise<JsonObject>;
  /** `METHOD /path` of the requests since the last time it was asked, ids shortened to `*`. */
  calls(): string[];
  writes(): string[];
  state(): NotionState;
  /** The content of a page, a line a block: what a person reads. */
  lines(pageId: string): string[];
}

export const parent = teamPageId;

export async function workspace(seed: JsonObject = {}): Promise<Workspace> {
  const sandbox = await startSandbox({ services: [service], seed: { notion: seed } });
  open.push(sandbox);
  const connect = async (environment: Record<string, string> = {}) => {
    const connected = await connectProvider<NotionClient>(notion, {
      environment: { ...sandbox.environment, ...environment },
    });
    open.push(connected);
    return connected;
  };
  const connected = await connect();
  const kindOf = (name: string) => notion.kinds[name] as AnyKind;
  const parse = async (kind: string, input: JsonObject) => {
    const result = await kindOf(kind).input["~standard"].validate(input);
    if (result.issues) throw new Error(result.issues.map(({ message }) => message).join("; "));
    return result.value;
  };
  const state = () => sandbox.fullState().notion as unknown as NotionState;
  const at: Workspace = {
    sandbox,
    connected,
    connect,
    async read(kind, input, parts) {
      const parsed = await parse(kind, input);
      return connected.run((call) => kindOf(kind).read(connected.client, parsed, call), parts);
    },
    async changes(kind, input, now) {
      return kindOf(kind).changes(await parse(kind, input), now, { digest: (it) => it });
    },
    async ensure(kind, input, parts) {
      const now = await at.read(kind, input, parts);
      if (now !== undefined && (await at.changes(kind, input, now)).length === 0) return now;
      const parsed = await parse(kind, input);
      return connected.run(
        (call) => kindOf(kind).apply(connected.client, parsed, now, call),
        parts,
      );
    },
    async undo(kind, target, now) {
      const { undo } = kindOf(kind);
      if (typeof undo === "string") throw new Error(undo);
      return connected.run((call) => undo(connected.client, target, now, call));
    },
    async person(method, path, body) {
      const reply = await fetch(`${sandbox.environment.NOTION_API_URL}/v1/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${personToken}`,
          "content-type": "application/json",
          "notion-version": "2026-03-11",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const json = (await reply.json()) as JsonObject;
      if (reply.status !== 200) throw new Error(JSON.stringify(json));
      return json;
    },
    calls() {
      const calls = sandbox.log().map(({ method, path }) => `${method} ${short(path)}`);
      sandbox.clearLog();
      return calls;
    },
    writes() {
      const writes = sandbox.log().filter(({ write }) => write);
      sandbox.clearLog();
      return writes.map(({ method, path }) => `${method} ${short(path)}`);
    },
    state,
    lines: (pageId) => linesOf(state(), state().pages[pageId]?.children ?? [], ""),
  };
  return at;
}

function short(path: string): string {
  return path.replace("/v1/", "/").replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "*");
}

function linesOf(state: NotionState, ids: readonly string[], indent: string): string[] {
  return ids.flatMap((id) => {
    const block = state.blocks[id];
    if (block !== undefined) {
      if (block.trashed) return [];
      const { rich_text: text, cells } = block.body;
      const said = Array.isArray(cells) ? cells.map(plainOf).join(" | ") : plainOf(text);
      return [`${indent}${block.type} ${said}`, ...linesOf(state, block.children, `${indent}  `)];
    }
    const page = state.pages[id];
    if (page !== undefined)
      return page.trashed ? [] : [`${indent}PAGE ${plainOf(page.values.title)}`];
    const database = state.databases[id];
    return database === undefined || database.trashed
      ? []
      : [`${indent}DATABASE ${plainOf(database.title)}`];
  });
}

export function paragraph(content: string) {
  return { type: "paragraph", paragraph: { rich_text: [{ text: { content } }] } };
}
