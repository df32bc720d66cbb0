import { TestxError } from "../../core/failure.ts";
import type { Call } from "../../core/provider.ts";
import type { Residue } from "../../core/step.ts";
import type { ChannelState } from "./channel-shape.ts";
import { achieve, ask, refusal, type SlackClient } from "./client.ts";

/**
 * The name under which a channel is archived, so that its own becomes free again: Slack has no
 * way to delete a channel, and archived ones keep their names. Free because it has the id in it.
 */
export function retiredName(name: string, id: string): string {
  const end = `-${id.toLowerCase()}`;
  return `zz-${name.slice(0, 80 - 3 - end.length)}${end}`;
}

export function isRetired(name: string, before: string, id: string): boolean {
  return name === retiredName(before, id);
}

/** Takes a channel away as far as Slack allows: renamed first, since archived ones cannot be. */
export async function retire(
  client: SlackClient,
  now: ChannelState,
  call: Call,
): Promise<Residue[]> {
  const at = { channel: now.id };
  const name = retiredName(now.name, now.id);
  const renamed = await attempt(ask(client, call, "conversations.rename", { ...at, name }), [
    // Its own name, when an earlier undo had come this far.
    "name_taken",
  ]);
  if (renamed === "gone") return [];
  const archived = await attempt(achieve(client, call, "conversations.archive", at), []);
  if (archived === "done" || archived === "gone") {
    if (renamed === "done") return [];
    return [
      {
        what: `the name #${now.name}, kept by the archived channel ${now.id}`,
        why: `Slack refused to rename the channel before archiving it: ${renamed}`,
        fix: "Somebody who may manage channels can unarchive, rename and archive it.",
        url: now.url,
      },
    ];
  }
  if (renamed === "done") {
    await attempt(ask(client, call, "conversations.rename", { ...at, name: now.name }), []);
  }
  return [
    {
      what: `channel #${now.name}`,
      why: `Slack refused to archive it: ${archived}`,
      fix: "Somebody who may manage channels can archive or delete it.",
      url: now.url,
      // The workspace's own channel is there to stay.
      ...(archived === "cant_archive_general" ? {} : { again: true }),
    },
  ];
}

/** How a write ended: done, nothing there any more, or Slack's word for a lasting refusal. */
async function attempt(sent: Promise<unknown>, fine: readonly string[]): Promise<string> {
  try {
    await sent;
    return "done";
  } catch (error) {
    const word = refusal(error);
    if (word === undefined || !(error instanceof TestxError)) throw error;
    if (word === "channel_not_found" || word === "is_archived") return "gone";
    if (fine.includes(word)) return "done";
    const lasting = error.code === "SLACK_RESTRICTED" || word === "cant_archive_general";
    if (lasting) return word;
    throw error;
  }
}
