import type { JsonObject } from "../../core/json.ts";
import {
  type Method,
  openChannel,
  refuse,
  type SlackCall,
  seconds,
  text,
  visibleChannel,
} from "./call.ts";
import { permalink, shownMessage } from "./shown.ts";
import type { SlackChannel } from "./state.ts";

function messageTs(call: SlackCall, channel: SlackChannel): string {
  const ts = text(call.args, "timestamp");
  if (!/^\d{10}\.\d{6}$/.test(ts)) return refuse("bad_timestamp");
  return channel.messages.some((message) => message.ts === ts) ? ts : refuse("message_not_found");
}

function add(call: SlackCall): JsonObject {
  const channel = openChannel(call);
  const ts = messageTs(call, channel);
  if (channel.pins.some((pin) => pin.ts === ts)) refuse("already_pinned");
  if (channel.pins.length >= 100) refuse("too_many_pins");
  channel.pins.push({ ts, created: seconds(call.context), created_by: call.me.id });
  return {};
}

function remove(call: SlackCall): JsonObject {
  const channel = openChannel(call);
  const ts = messageTs(call, channel);
  if (!channel.pins.some((pin) => pin.ts === ts)) refuse("no_pin");
  channel.pins = channel.pins.filter((pin) => pin.ts !== ts);
  return {};
}

function list(call: SlackCall): JsonObject {
  const channel = visibleChannel(call);
  const items = channel.pins.toReversed().flatMap(({ ts, created, created_by }): JsonObject[] => {
    const message = channel.messages.find((one) => one.ts === ts);
    if (message === undefined) return [];
    const { edited: _edited, ...shown } = shownMessage(message, channel, call.state, false);
    return [
      {
        type: "message",
        channel: channel.id,
        created,
        created_by,
        message: { ...shown, permalink: permalink(call.state, channel, ts) },
      },
    ];
  });
  return { items };
}

const pin = {
  write: true,
  tier: 20,
  args: { channel: "string", timestamp: "string" },
  required: { channel: "channel_not_found", timestamp: "no_item_specified" },
  scopes: () => ["pins:write"],
} as const;

export const pins: Readonly<Record<string, Method>> = {
  "pins.add": { ...pin, run: add },
  "pins.remove": { ...pin, run: remove },
  "pins.list": {
    write: false,
    tier: 20,
    args: { channel: "string" },
    required: { channel: "channel_not_found" },
    scopes: () => ["pins:read"],
    run: list,
  },
};
