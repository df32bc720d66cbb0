import { fail } from "../../core/failure.ts";
import type { Call } from "../../core/provider.ts";
import type { ChannelInput } from "./channel-shape.ts";
import { type ChannelType, listChannels, loadChannels, type SlackChannel } from "./channels.ts";
import { achieve, ask, type Identity, identify, refusal, type SlackClient } from "./client.ts";

/**
 * Creates a channel, or goes on with one of the same name that this bot has made: an earlier
 * create whose reply was lost, or one that somebody archived since.
 * @throws TestxError SLACK_NAME_TAKEN, saying who has the name and what to do
 */
export async function createChannel(
  client: SlackClient,
  { name, private: isPrivate }: ChannelInput,
  call: Call,
): Promise<SlackChannel> {
  const asked = isPrivate ? { name, is_private: true } : { name };
  try {
    const { channel } = await ask(client, call, "conversations.create", asked);
    return channel as SlackChannel;
  } catch (error) {
    if (refusal(error) !== "name_taken") throw error;
  }
  const holder = await holderOf(client, call, name);
  if (holder === undefined) {
    return taken(name, "a channel the bot cannot see, probably a private one, has that name");
  }
  refuseOther(holder, { name, private: isPrivate }, await identify(client, call));
  if (holder.is_archived) await revive(client, call, name, holder);
  return { ...holder, is_archived: false };
}

/**
 * Before a channel is planned: whether one that cannot be it has the name, as far as the bot can
 * see without a further scope.
 * @throws TestxError SLACK_NAME_TAKEN
 */
export async function mustBeFree(
  client: SlackClient,
  input: ChannelInput,
  call: Call,
): Promise<void> {
  const me = await identify(client, call);
  const types = (["public_channel", "private_channel"] as const).filter(
    (type) => type === typeOf(input) || me.scopes?.includes(scopeOf[type]),
  );
  for (const type of types) {
    const holder = (await listChannels(client, call, [type])).find(
      ({ name }) => name === input.name,
    );
    if (holder) refuseOther(holder, input, me);
  }
}

const scopeOf = { public_channel: "channels:read", private_channel: "groups:read" };

export function typeOf(input: Pick<ChannelInput, "private">): ChannelType {
  return input.private ? "private_channel" : "public_channel";
}

function refuseOther(
  holder: SlackChannel,
  { name, private: isPrivate }: ChannelInput,
  { userId }: Identity,
): void {
  const state = `${holder.is_archived ? "archived " : ""}${holder.is_private ? "private" : "public"}`;
  const ours = holder.creator === userId;
  const fits = (holder.is_private ?? false) === (isPrivate ?? false);
  if (!ours || !fits) {
    const hint = holder.is_archived
      ? "archived channels keep their names"
      : fits
        ? "it has appeared since the plan was made"
        : `set "private" to ${String(holder.is_private)} to use it`;
    taken(name, `the ${state} channel ${holder.id} has that name; ${hint}`, holder.id);
  }
}

async function holderOf(
  client: SlackClient,
  call: Call,
  name: string,
): Promise<SlackChannel | undefined> {
  const named = (channels: SlackChannel[]) => channels.find((found) => found.name === name);
  const open = named(await loadChannels(client, call, ["public_channel"]));
  if (open) return open;
  try {
    return named(await loadChannels(client, call, ["private_channel"]));
  } catch (error) {
    if (refusal(error) === "missing_scope") return undefined;
    throw error;
  }
}

/** Whether a bot may unarchive depends on the workspace: Slack's documentation contradicts itself. */
async function revive(
  client: SlackClient,
  call: Call,
  name: string,
  { id = "" }: SlackChannel,
): Promise<void> {
  try {
    await achieve(client, call, "conversations.unarchive", { channel: id });
  } catch (error) {
    const word = refusal(error);
    if (word === undefined) throw error;
    taken(
      name,
      `the channel ${id}, which testx made, is archived, and Slack does not let the bot unarchive it (${word})`,
      id,
    );
  }
}

function taken(name: string, why: string, id?: string): never {
  return fail("SLACK_NAME_TAKEN", `#${name} cannot be created: ${why}.`, {
    details: { error: "name_taken", name, ...(id === undefined ? {} : { channel: id }) },
  });
}
