import type { Answer, Asked, Exchange, Forecast, Stage } from "../../core/forecast.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { charges } from "./limits.ts";

/** What Slack answers, as https://docs.slack.dev/reference/methods describes it. */
export const forecast: Forecast = {
  echo({ operation, body }, stage) {
    const handle = Object.hasOwn(answers, operation.name) ? answers[operation.name] : undefined;
    return handle?.(isObject(body) ? (body as JsonObject) : {}, stage);
  },

  amend({ operation, body }, answer, stage) {
    if (!isObject(body) || !isObject(answer.body) || answer.body.ok !== true) return answer;
    if (operation.name === "conversations.members") {
      const members = [...list(answer.body.members), ...invited(stage, body.channel as Json)];
      return ok({ ...(answer.body as JsonObject), members });
    }
    return answer;
  },

  charges,
};

type Handler = (args: JsonObject, stage: Stage) => Answer | undefined;

const answers: Readonly<Record<string, Handler>> = {
  "conversations.create": (args, stage) => {
    if (channels(stage).some(({ name }) => name === args.name)) return refused("name_taken");
    const note = { value: "", creator: "", last_set: 0 };
    return ok({
      channel: {
        id: stage.text("id", (digits) => `C0${digits.slice(0, 9).toUpperCase()}`),
        name: args.name ?? "",
        is_private: String(args.is_private) === "true",
        is_archived: false,
        is_member: true,
        creator: me(stage),
        topic: note,
        purpose: note,
      },
    });
  },
  "conversations.info": (args, stage) => {
    const touched = stage.past.some(
      ({ asked }) => asked.operation.write && isAbout(asked, args.channel),
    );
    const channel = channelWith(stage, args.channel);
    if (channel !== undefined && (touched || unknown(stage, args.channel))) return ok({ channel });
    return absent(stage, args.channel);
  },
  "conversations.rename": (args, stage) => changed(stage, args, { name: args.name ?? "" }),
  "conversations.setTopic": (args, stage) =>
    changed(stage, args, { topic: { value: args.topic ?? "" } }),
  "conversations.setPurpose": (args, stage) =>
    changed(stage, args, { purpose: { value: args.purpose ?? "" } }),
  "conversations.join": (args, stage) => changed(stage, args, { is_member: true }),
  "conversations.invite": (args, stage) => changed(stage, args, {}),
  "conversations.leave": () => ok({}),
  "conversations.archive": () => ok({}),
  "conversations.unarchive": () => ok({}),
  "conversations.members": (args, stage) =>
    unknown(stage, args.channel) ? ok({ members: invited(stage, args.channel) }) : undefined,

  "conversations.history": (args, stage) =>
    unknown(stage, args.channel) ? ok({ messages: [] }) : undefined,
  "chat.postMessage": (args, stage) => {
    const ts = stage.text("ts", (digits) => {
      const number = String(Number.parseInt(digits.slice(0, 12), 16)).padStart(15, "7");
      return `1${number.slice(-15, -6)}.${number.slice(-6)}`;
    });
    return ok({ channel: args.channel ?? "", ts, message: { ts, text: args.text ?? "" } });
  },
  "chat.update": ({ channel = "", ts = "", text = "" }) =>
    ok({ channel, ts, text, message: { text } }),
  "pins.list": (args, stage) => (unknown(stage, args.channel) ? ok({ items: [] }) : undefined),
  "pins.add": () => ok({}),
  "pins.remove": () => ok({}),

  "bookmarks.list": (args, stage) =>
    unknown(stage, args.channel_id) ? ok({ bookmarks: added(stage, args.channel_id) }) : undefined,
  "bookmarks.add": ({ channel_id = "", title = "", link = "", emoji = "" }, stage) => {
    const id = stage.text("id", (digits) => `Bk0${digits.slice(0, 8).toUpperCase()}`);
    return ok({ bookmark: { id, channel_id, title, link, emoji, type: "link" } });
  },
  "bookmarks.edit": ({ bookmark_id = "", channel_id = "", title = "", link = "", emoji }) =>
    ok({
      bookmark: {
        ...{ id: bookmark_id, channel_id, title, link, type: "link" },
        ...(emoji === undefined ? {} : { emoji }),
      },
    }),
  "bookmarks.remove": () => ok({}),
};

function ok(body: JsonObject): Answer {
  return { status: 200, body: { ok: true, ...body } };
}

function refused(error: string): Answer {
  return { status: 200, body: { ok: false, error } };
}

function unknown(stage: Stage, id: Json | undefined): boolean {
  return typeof id === "string" && stage.isUnknown(id);
}

function absent(stage: Stage, channel: Json | undefined): Answer | undefined {
  return unknown(stage, channel) ? refused("channel_not_found") : undefined;
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value : [];
}

/** Every channel that an answer has shown, oldest first. */
function channels({ past }: Stage): JsonObject[] {
  return past.flatMap(({ answer: { body } }) =>
    isObject(body) ? [...list(body.channels), body.channel].filter(isObject) : [],
  ) as JsonObject[];
}

function channelWith(stage: Stage, id: Json | undefined): JsonObject | undefined {
  return channels(stage).findLast((channel) => channel.id === id);
}

function changed(stage: Stage, { channel: id }: JsonObject, fields: JsonObject): Answer {
  return ok({ channel: { ...channelWith(stage, id), id: id ?? "", ...fields } });
}

function isAbout({ body }: Asked, channel: Json | undefined): boolean {
  return isObject(body) && (body.channel === channel || body.channel_id === channel);
}

function writes(stage: Stage, name: string, channel: Json | undefined): Exchange[] {
  return stage.past.filter(({ asked }) => asked.operation.name === name && isAbout(asked, channel));
}

function invited(stage: Stage, channel: Json | undefined): string[] {
  return writes(stage, "conversations.invite", channel).flatMap(({ asked }) =>
    String((asked.body as JsonObject).users ?? "").split(","),
  );
}

function added(stage: Stage, channel: Json | undefined): Json[] {
  return writes(stage, "bookmarks.add", channel).map(
    ({ answer }) => (answer.body as JsonObject).bookmark as Json,
  );
}

/** User id of the token's bot, as Slack has told it. */
function me(stage: Stage): string {
  const told = stage.past.findLast(({ asked }) => asked.operation.name === "auth.test");
  const id = isObject(told?.answer.body) ? told.answer.body.user_id : undefined;
  return typeof id === "string"
    ? id
    : stage.text("creator", (digits) => `U0${digits.slice(0, 9).toUpperCase()}`);
}
