import * as z from "zod";
import { once } from "../../core/once.ts";

/** Where a step happens. Methods other than chat.postMessage take no channel names. */
export const channelId = once(() =>
  z
    .string()
    .regex(/^[^#\s]+$/, {
      error: "a channel's id, not its name: refer to a channel step, as in ${slack.channel.id}",
    })
    .describe("Id of the channel, usually ${slack.channel.id}."),
);
