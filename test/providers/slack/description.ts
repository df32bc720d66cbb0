/**
 * The arguments of the methods that testx calls, as https://docs.slack.dev/reference/methods
 * documents them, and their forms. `!` marks those that a call needs. Deprecated ones are left out.
 */
const methods: Readonly<Record<string, string>> = {
  "auth.test": "",
  "bookmarks.add": "channel_id! title! type! link emoji entity_id access_level parent_id",
  "bookmarks.edit": "channel_id! bookmark_id! title link emoji",
  "bookmarks.list": "channel_id!",
  "bookmarks.remove": "channel_id! bookmark_id!",
  "chat.delete": "channel! ts!",
  "chat.postMessage":
    "channel! text blocks attachments markdown_text metadata mrkdwn parse link_names " +
    "unfurl_links unfurl_media thread_ts reply_broadcast username icon_emoji icon_url",
  "chat.update":
    "channel! ts! text blocks attachments markdown_text metadata parse link_names reply_broadcast file_ids",
  "conversations.archive": "channel!",
  "conversations.create": "name! is_private team_id",
  "conversations.history": "channel! cursor include_all_metadata inclusive latest limit oldest",
  "conversations.info": "channel! include_locale include_num_members",
  "conversations.invite": "channel! users! force",
  "conversations.join": "channel!",
  "conversations.kick": "channel! user",
  "conversations.leave": "channel!",
  "conversations.list": "cursor exclude_archived limit team_id types",
  "conversations.members": "channel! cursor limit",
  "conversations.rename": "channel! name!",
  "conversations.setPurpose": "channel! purpose!",
  "conversations.setTopic": "channel! topic!",
  "conversations.unarchive": "channel!",
  "pins.add": "channel! timestamp",
  "pins.list": "channel!",
  "pins.remove": "channel! timestamp",
  "users.list": "cursor include_locale limit team_id",
  "users.lookupByEmail": "email!",
};

type Check = (value: string) => boolean;
const matches =
  (pattern: RegExp): Check =>
  (value) =>
    pattern.test(value);
const id = matches(/^[CGD][A-Z0-9]{2,}$/);
const user = /[UW][A-Z0-9]{2,}/.source;
const time = matches(/^\d{10}\.\d{6}$/);
const said: Check = (value) => value !== "";
const boolean = matches(/^(true|false|1|0)$/);
const name = matches(/^[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}_-]{1,80}$/u);
/** Emptied by an empty text. */
const line: Check = (value) => value.length <= 250;
const blocks = json(
  (value) =>
    Array.isArray(value) &&
    value.length <= 50 &&
    value.every((block) => typeof (block as { type?: unknown }).type === "string"),
);
/** https://docs.slack.dev/messaging/message-metadata */
const metadata = json((value) => {
  const { event_type: type, event_payload: payload, ...more } = value as Record<string, unknown>;
  const isPayload = typeof payload === "object" && payload !== null && !Array.isArray(payload);
  return typeof type === "string" && /^\w+$/.test(type) && isPayload && isEmpty(more);
});

const forms: Readonly<Record<string, Check>> = {
  blocks,
  bookmark_id: matches(/^Bk[A-Z0-9]+$/),
  channel: id,
  channel_id: id,
  email: matches(/^[^@\s]+@[^@\s]+$/),
  emoji: matches(/^(:[^:\s]+:)?$/),
  exclude_archived: boolean,
  include_all_metadata: boolean,
  inclusive: boolean,
  is_private: boolean,
  latest: time,
  limit: (value) => /^\d+$/.test(value) && Number(value) >= 1 && Number(value) < 1000,
  link: (value) => URL.canParse(value),
  metadata,
  name,
  oldest: time,
  purpose: line,
  text: (value) => value.length <= 40_000,
  timestamp: time,
  topic: line,
  ts: time,
  type: matches(/^link$/),
  types: matches(
    /^(public_channel|private_channel|mpim|im)(,(public_channel|private_channel|mpim|im))*$/,
  ),
  user: matches(new RegExp(`^${user}$`)),
  users: matches(new RegExp(`^${user}(,${user}){0,99}$`)),
};

function json(check: (value: unknown) => boolean): Check {
  return (text) => {
    try {
      return check(JSON.parse(text));
    } catch {
      return false;
    }
  };
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** What is wrong with a call of the Web API; empty when nothing is. */
export function callProblems(
  method: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
): string[] {
  const described = methods[method];
  if (described === undefined) return [`${method} is not described`];
  const found: string[] = [];
  // With a character set Slack warns that it is superfluous.
  if (headers["content-type"] !== "application/x-www-form-urlencoded") {
    found.push(`the content type is ${headers["content-type"]}`);
  }
  if (!/^Bearer \S/.test(headers.authorization ?? "")) found.push("there is no bearer token");
  const known = described.split(" ").filter((argument) => argument !== "");
  const sent = new URLSearchParams(body);
  for (const argument of known) {
    const bare = argument.replace("!", "");
    if (argument.endsWith("!") && !sent.has(bare)) found.push(`${bare} is missing`);
    if (sent.getAll(bare).length > 1) found.push(`${bare} is there twice`);
  }
  for (const [argument, value] of sent) {
    if (!known.some((it) => it.replace("!", "") === argument)) {
      found.push(`${argument} is not described`);
    } else if (!(forms[argument] ?? said)(value))
      found.push(`${argument}=${value} is not of its form`);
  }
  const says = ["text", "blocks", "attachments", "markdown_text"].some((it) => sent.get(it));
  if (method === "chat.postMessage" && !says) found.push("there is nothing to post");
  return found;
}
