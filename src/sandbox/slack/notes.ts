import { announce, channelScope, type Method, openChannel, refuse, seconds, text } from "./call.ts";
import { shownChannel } from "./shown.ts";
import type { SlackNote } from "./state.ts";
import { escaped, kept } from "./text.ts";

function note(field: "purpose" | "topic"): Method["run"] {
  return (call) => {
    const channel = openChannel(call);
    const value = text(call.args, field);
    if (value.length > 250) refuse("too_long");
    const set: SlackNote = {
      value: kept(value),
      creator: call.me.id,
      last_set: seconds(call.context),
    };
    channel[field] = set;
    const words = `<@${call.me.id}> set the channel ${field}: ${escaped(value)}`;
    announce(call, channel, `channel_${field}`, words);
    return { channel: shownChannel(channel, call) };
  };
}

function noteOf(field: "purpose" | "topic"): Method {
  return {
    write: true,
    tier: 20,
    args: { channel: "string", [field]: "string" },
    required: { channel: "channel_not_found", [field]: "invalid_arguments" },
    scopes: channelScope(
      ["channels:manage", "channels:write", `channels:write.${field}`],
      "groups:write",
    ),
    run: note(field),
  };
}

export const notes: Readonly<Record<string, Method>> = {
  "conversations.setTopic": noteOf("topic"),
  "conversations.setPurpose": noteOf("purpose"),
};
