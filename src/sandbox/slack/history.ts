import type { JsonObject } from "../../core/json.ts";
import {
  channelScope,
  isMember,
  type Method,
  refuse,
  type SlackCall,
  text,
  visibleChannel,
} from "./call.ts";
import { paginate } from "./paging.ts";
import { shownMessage } from "./shown.ts";

function list(call: SlackCall): JsonObject {
  const { args, state } = call;
  const channel = visibleChannel(call);
  if (!isMember(channel, call.me)) refuse("not_in_channel");
  const oldest = Number(text(args, "oldest") || "0");
  const latest = Number(text(args, "latest") || "Infinity");
  if (Number.isNaN(oldest)) refuse("invalid_ts_oldest");
  if (Number.isNaN(latest)) refuse("invalid_ts_latest");
  const inclusive = args.inclusive === true;
  const within = channel.messages.filter(({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
  const { items, response_metadata } = paginate(within.toReversed(), args, ({ ts }) => ts, 999);
  return {
    messages: items.map((message) =>
      shownMessage(message, channel, state, args.include_all_metadata === true),
    ),
    has_more: response_metadata.next_cursor !== "",
    pin_count: channel.pins.length,
    response_metadata,
  };
}

export const history: Readonly<Record<string, Method>> = {
  "conversations.history": {
    write: false,
    tier: 50,
    args: {
      channel: "string",
      cursor: "string",
      include_all_metadata: "boolean",
      inclusive: "boolean",
      latest: "string",
      limit: "integer",
      oldest: "string",
    },
    required: { channel: "channel_not_found" },
    scopes: channelScope("channels:history", "groups:history"),
    run: list,
  },
};
