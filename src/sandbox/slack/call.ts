import type { Json, JsonObject } from "../../core/json.ts";
import type { SandboxContext } from "../../core/stand-in.ts";
import type { SlackChannel, SlackState, SlackUser } from "./state.ts";

/** An answer with `ok: false`. */
export class Refusal extends Error {
  readonly word: string;
  readonly more: JsonObject;

  constructor(word: string, more: JsonObject = {}) {
    super(word);
    this.word = word;
    this.more = more;
  }
}

export function refuse(word: string, more?: JsonObject): never {
  throw new Refusal(word, more);
}

/** One call to a method, past authentication, scopes and the check of its arguments. */
export interface SlackCall {
  readonly args: JsonObject;
  readonly state: SlackState;
  readonly context: SandboxContext;
  /** Whose token it is. */
  readonly me: SlackUser;
  readonly scopes: readonly string[];
}

export type ArgType = "array" | "boolean" | "integer" | "object" | "string";

export interface Method {
  readonly write: boolean;
  /** Calls a minute: https://docs.slack.dev/apis/web-api/rate-limits */
  readonly tier: 20 | 50 | 60 | 100;
  readonly args: Readonly<Record<string, ArgType>>;
  /** Slack's word for each argument that must be there. */
  readonly required?: Readonly<Record<string, string>>;
  /** All of these; of an inner list any one. */
  scopes(args: JsonObject, state: SlackState): readonly (string | readonly string[])[];
  /** What is added to `ok: true`. */
  run(call: SlackCall): JsonObject;
}

export function seconds(context: SandboxContext): number {
  return Math.floor(context.now() / 1000);
}

/** `C000000A1`: a letter or two, then nine of 0–9 and A–Z. */
export function newId(prefix: string, context: SandboxContext): string {
  return prefix + context.next().toString(36).toUpperCase().padStart(9, "0");
}

/** `1700000000.000100`: unique, and growing in the order of the calls. */
export function newTs(context: SandboxContext): string {
  return `${seconds(context)}.${String(context.next() % 1_000_000).padStart(6, "0")}`;
}

export function text(args: JsonObject, name: string): string {
  const value = args[name];
  return typeof value === "string" ? value : "";
}

export function isMember(channel: SlackChannel, user: SlackUser): boolean {
  return channel.members.includes(user.id);
}

export function findChannel(state: SlackState, id: Json | undefined): SlackChannel | undefined {
  return typeof id === "string" && Object.hasOwn(state.channels, id)
    ? state.channels[id]
    : undefined;
}

/** The channel an argument names, if the caller may know of it. */
export function visibleChannel(call: SlackCall, argument = "channel"): SlackChannel {
  const channel = findChannel(call.state, call.args[argument]);
  if (channel === undefined) return refuse("channel_not_found");
  if (channel.is_private && !isMember(channel, call.me)) return refuse("channel_not_found");
  return channel;
}

/** The same for changing something in it: not archived, and the caller is a member. */
export function openChannel(call: SlackCall, argument = "channel"): SlackChannel {
  const channel = visibleChannel(call, argument);
  if (channel.is_archived) return refuse("is_archived");
  if (!isMember(channel, call.me)) return refuse("not_in_channel");
  return channel;
}

/** The scopes for a channel, which differ between public and private ones. */
export function channelScope(
  open: string | readonly string[],
  closed: string,
  argument = "channel",
): Method["scopes"] {
  return (args, state) => [findChannel(state, args[argument])?.is_private ? closed : open];
}

/** A line that Slack itself writes into a channel. */
export function announce(
  call: SlackCall,
  channel: SlackChannel,
  subtype: string,
  words: string,
  user = call.me.id,
): void {
  channel.messages.push({
    ts: newTs(call.context),
    user,
    text: words,
    blocks: [],
    metadata: null,
    subtype,
    edited: null,
  });
}
