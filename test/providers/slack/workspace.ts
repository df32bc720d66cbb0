import { afterEach } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { AnyKind, Call } from "../../../src/core/provider.ts";
import type { Residue } from "../../../src/core/step.ts";
import type { SlackClient } from "../../../src/providers/slack/client.ts";
import { slack } from "../../../src/providers/slack/provider.ts";
import { type RunningSandbox, startSandbox } from "../../../src/sandbox/server.ts";
import { slack as service } from "../../../src/sandbox/slack/service.ts";
import {
  adminToken,
  type SlackChannel,
  type SlackState,
} from "../../../src/sandbox/slack/state.ts";
import { type Connected, connectProvider } from "../../../src/testing/connect.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

export interface Workspace {
  readonly sandbox: RunningSandbox;
  readonly connected: Connected<SlackClient>;
  /** A second installation without receipts: a colleague's machine. */
  colleague(environment?: Record<string, string>): Promise<Connected<SlackClient>>;
  /** Reads, then applies what is missing. */
  ensure(kind: string, input: JsonObject, parts?: Partial<Call>): Promise<JsonObject>;
  read(kind: string, input: JsonObject, parts?: Partial<Call>): Promise<JsonObject | undefined>;
  undo(
    kind: string,
    target: JsonObject | undefined,
    now: JsonObject,
    parts?: Partial<Call>,
  ): Promise<Residue[]>;
  /** Calls a method as the workspace's admin. */
  person(method: string, args: JsonObject, token?: string): Promise<JsonObject>;
  /** Methods called since the last time it was asked, in order. */
  calls(): string[];
  state(): SlackState;
  /** The live channel of that name. */
  channel(name: string): SlackChannel | undefined;
}

export async function workspace(
  seed: JsonObject = {},
  config: JsonObject = {},
): Promise<Workspace> {
  const sandbox = await startSandbox({ services: [service], seed: { slack: seed } });
  open.push(sandbox);
  const colleague = async (environment: Record<string, string> = {}) => {
    const other = await connectProvider<SlackClient>(slack, {
      config,
      environment: { ...sandbox.environment, ...environment },
    });
    open.push(other);
    return other;
  };
  const connected = await colleague();
  const kindOf = (name: string) => slack.kinds[name] as AnyKind;
  const state = () => sandbox.fullState().slack as unknown as SlackState;
  const read: Workspace["read"] = (kind, input, parts) =>
    connected.run((call) => kindOf(kind).read(connected.client, input, call), parts);
  return {
    sandbox,
    connected,
    colleague,
    read,
    async ensure(kind, input, parts) {
      const now = await read(kind, input, parts);
      if (now && kindOf(kind).changes(input, now, { digest: String }).length === 0) return now;
      return connected.run((call) => kindOf(kind).apply(connected.client, input, now, call), parts);
    },
    undo: (kind, target, now, parts) =>
      connected.run(
        (call) => (kindOf(kind).undo as CallableFunction)(connected.client, target, now, call),
        parts,
      ),
    async person(method, args, token = adminToken) {
      const reply = await fetch(`${sandbox.environment.SLACK_API_URL}${method}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(args),
      });
      return (await reply.json()) as JsonObject;
    },
    calls() {
      const methods = sandbox.log().map(({ path }) => path.replace("/api/", ""));
      sandbox.clearLog();
      return methods;
    },
    state,
    channel: (name) =>
      Object.values(state().channels).find((one) => one.name === name && !one.is_archived),
  };
}

/** Seeded channels: `team-0001` and so on, after those that are there. */
export function manyChannels(count: number, parts: Partial<SlackChannel> = {}): JsonObject {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => {
      const number = String(at + 1).padStart(4, "0");
      return [`C9${number}`, seededChannel(`C9${number}`, `team-${number}`, parts)];
    }),
  ) as unknown as JsonObject;
}

export function seededChannel(
  id: string,
  name: string,
  parts: Partial<SlackChannel> = {},
): SlackChannel {
  const note = { value: "", creator: "", last_set: 0 };
  return {
    id,
    name,
    is_private: false,
    is_archived: false,
    is_general: false,
    creator: "U0MIRA",
    created: 1_700_000_000,
    topic: note,
    purpose: note,
    members: ["U0MIRA"],
    previous_names: [],
    messages: [],
    pins: [],
    bookmarks: [],
    ...parts,
  };
}
