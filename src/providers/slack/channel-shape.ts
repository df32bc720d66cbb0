import * as z from "zod";
import { once } from "../../core/once.ts";

export const input = once(() =>
  z.strictObject({
    name: z
      .string()
      .max(80, "a channel name has at most 80 characters")
      .regex(/^[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}_-]+$/u, {
        error:
          "a channel name has lower-case letters, digits, - and _ only; no #, spaces or periods",
      })
      .describe("Name without #: lower-case letters, digits, - and _, at most 80 characters."),
    topic: z
      .string()
      .max(250, "a topic has at most 250 characters")
      .optional()
      .describe("Shown at the top of the channel. Left out: as it is."),
    purpose: z
      .string()
      .max(250, "a purpose has at most 250 characters")
      .optional()
      .describe("The channel's description. Left out: as it is."),
    private: z
      .boolean()
      .optional()
      .describe("Whether only invited people see the channel. Cannot be changed later by an app."),
  }),
);

export type ChannelInput = z.infer<ReturnType<typeof input>>;

export type ChannelState = {
  id: string;
  name: string;
  topic: string;
  purpose: string;
  private: boolean;
  /** Whether the bot is a member, as it must be to set anything. */
  joined: boolean;
  /** Only of one that was archived since testx last saw it. */
  archived?: boolean;
  /** User id of who made it. */
  creator: string;
  /** `https://acme.slack.com/archives/C…` */
  url: string;
};
