import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { callProblems, operationOf, type Version, versions } from "./notion-requests.ts";

type Data = Record<string, unknown>;
type Kind = "page" | "block" | "database" | "data_source";
interface Thing {
  readonly kind: Kind;
  readonly id: string;
  readonly parent: string | undefined;
  readonly data: Data;
  trashed: boolean;
}

/** Where implementations of Notion's API may differ, and all be right. */
export interface Habits {
  /** Versions it knows. */
  readonly versions?: readonly Version[];
  /** Ids in replies have no dashes. */
  readonly plainIds?: boolean;
  /** Says only what it must: no creators, texts without `plain_text` and looks. */
  readonly terse?: boolean;
  /** Things are asked for by an id of another kind: 400 as the service says, or 404. */
  readonly otherKind?: 400 | 404;
  /** Pages and databases do not stand among the blocks of their parent. */
  readonly blocksOnly?: boolean;
  /** Most results on a page of a list. */
  readonly most?: number;
}

export interface OtherNotion {
  readonly url: string;
  readonly root: string;
  /** Requests as they came: `POST pages 200`. */
  readonly log: string[];
  /** What was wrong with requests. */
  readonly problems: string[];
  /** Everything that is not in the trash, without ids. */
  state(): string[];
  close(): Promise<void>;
}

const bot = "b0b00000-0000-4000-8000-0000000000b0";
const collections: Readonly<Record<string, Kind>> = {
  pages: "page",
  blocks: "block",
  databases: "database",
  data_sources: "data_source",
};

const allKinds: Kind[] = ["block", "page", "database"];
const blocksOnly: Kind[] = ["block"];

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A second Notion, written from the API reference: to find what testx owes to its own stand-in. */
export async function startOtherNotion(habits: Habits = {}): Promise<OtherNotion> {
  const known = habits.versions ?? versions;
  const things = new Map<string, Thing>();
  const log: string[] = [];
  const problems: string[] = [];
  const make = (kind: Kind, parent: string | undefined, data: Data): Thing => {
    const thing = { kind, id: randomUUID(), parent, data, trashed: false };
    things.set(thing.id, thing);
    return thing;
  };
  const root = make("page", undefined, { properties: { title: { type: "title", title: [] } } }).id;
  const shown = (id: string) => (habits.plainIds ? id.replaceAll("-", "") : id);
  const gone = (thing: Thing): boolean =>
    thing.trashed || (thing.parent !== undefined && gone(things.get(thing.parent) as Thing));

  function find(kind: Kind, written: string): Thing {
    const id = written.replace(/^(.{8})-?(.{4})-?(.{4})-?(.{4})-?(.{12})$/, "$1-$2-$3-$4-$5");
    const thing = things.get(id);
    const fits = thing && (thing.kind === kind || (kind === "block" && thing.kind === "page"));
    if (thing && fits) return thing;
    const is = `Could not find ${kind} with ID: ${written}.`;
    if (thing && habits.otherKind === 400) {
      const what = `Provided ID ${written} is a ${thing.kind}, not a ${kind}.`;
      throw new Refusal(400, "validation_error", what);
    }
    throw new Refusal(404, "object_not_found", `${is} Make sure it is shared.`);
  }

  const children = (of: string, ...kinds: Kind[]) =>
    [...things.values()].filter((it) => it.parent === of && kinds.includes(it.kind) && !gone(it));
  const makeBlocks = (parent: string, blocks: unknown): Thing[] =>
    ((blocks ?? []) as Data[]).map((given) => {
      const type = (given.type ?? Object.keys(given).find((key) => key !== "object")) as string;
      const { children: inner, ...body } = given[type] as Data;
      const thing = make("block", parent, { type, [type]: body });
      makeBlocks(thing.id, inner);
      return thing;
    });

  /** Adds what the service adds to rich text, wherever there is some. */
  function speak(value: unknown): unknown {
    if (habits.terse || typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(speak);
    const { text, annotations, ...rest } = value as Data & { text?: Data };
    if (typeof text?.content !== "string") {
      return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, speak(it)]));
    }
    const look = { bold: false, italic: false, strikethrough: false, underline: false };
    const link = (text.link ?? null) as Data | null;
    return {
      type: "text",
      ...rest,
      text: { content: text.content, link },
      annotations: { ...look, code: false, color: "default", ...(annotations as Data) },
      plain_text: text.content,
      href: link?.url ?? null,
    };
  }

  const titleOf = (data: Data): string =>
    JSON.stringify(Object.values((data.properties ?? {}) as Data)).match(
      /"content":"(.*?)"/,
    )?.[1] ?? "";

  function show(thing: Thing): Data {
    const { kind, id, data } = thing;
    const up = thing.parent === undefined ? undefined : (things.get(thing.parent) as Thing);
    const parent =
      up === undefined
        ? { type: "workspace", workspace: true }
        : { type: `${up.kind}_id`, [`${up.kind}_id`]: shown(up.id) };
    const dead = gone(thing);
    const user = { object: "user", id: shown(bot) };
    const base: Data = {
      object: kind,
      id: shown(id),
      parent,
      ...(known.includes("2026-03-11") ? { in_trash: dead } : { archived: dead, in_trash: dead }),
      ...(habits.terse
        ? {}
        : {
            created_time: "2026-01-01T00:00:00.000Z",
            last_edited_time: "2026-01-01T00:00:00.000Z",
            created_by: user,
            last_edited_by: user,
          }),
    };
    const url = `https://www.notion.so/${id.replaceAll("-", "")}`;
    if (kind === "page") {
      return { ...base, url, icon: data.icon ?? null, properties: speak(data.properties ?? {}) };
    }
    if (kind === "block") {
      const inner = children(id, "block").length > 0;
      return { ...base, ...(speak(data) as Data), has_children: inner };
    }
    if (kind === "data_source") {
      const properties = Object.entries(data.properties as Data).map(([name, it]) => {
        const given = it as Data;
        const type = (given.type ??
          Object.keys(given).find((key) => key in kinds(given))) as string;
        return [name, { id: name === "title" ? name : `p${name}`, name, ...given, type }];
      });
      const title = speak(things.get(thing.parent ?? "")?.data.title ?? []);
      return { ...base, title, properties: Object.fromEntries(properties) };
    }
    const sources = children(id, "data_source").map((it) => ({ id: shown(it.id), name: "rows" }));
    const { title = [], description = [] } = data;
    return {
      ...base,
      url,
      title: speak(title),
      description: speak(description),
      is_inline: false,
      data_sources: sources,
    };
  }

  /** A page or database among the blocks of its parent. */
  function asBlock(thing: Thing): Data {
    if (thing.kind === "block") return show(thing);
    const { properties: _, title: __, icon: ___, ...base } = show(thing);
    const type = `child_${thing.kind}`;
    const title =
      thing.kind === "page"
        ? titleOf(thing.data)
        : ((thing.data.title ?? []) as { text: { content: string } }[])
            .map(({ text }) => text.content)
            .join("");
    return { ...base, object: "block", type, [type]: { title }, has_children: true };
  }

  function list(all: Data[], asked: Data): Data {
    const from = asked.start_cursor === undefined ? 0 : Number(asked.start_cursor);
    const size = Math.min(Number(asked.page_size ?? 100), habits.most ?? 100);
    const more = from + size < all.length;
    const results = all.slice(from, from + size);
    return { object: "list", results, has_more: more, next_cursor: more ? `${from + size}` : null };
  }

  function set(thing: Thing, body: Data): Data {
    const { in_trash, archived, properties, ...rest } = body;
    const wanted = (in_trash ?? archived) as boolean | undefined;
    if (gone(thing) && wanted !== false) {
      throw new Refusal(400, "validation_error", "Can't edit block that is archived.");
    }
    if (wanted !== undefined) thing.trashed = wanted;
    Object.assign(thing.data, rest);
    if (properties === undefined) return show(thing);
    const now = { ...(thing.data.properties as Data) };
    for (const [name, value] of Object.entries(properties as Data)) {
      const given = value as (Data & { name?: string }) | null;
      const { name: renamed, ...more } = given ?? {};
      const before = now[name] as Data | undefined;
      if (given === null || (thing.kind === "data_source" && renamed !== undefined))
        delete now[name];
      if (given !== null) now[renamed ?? name] = { ...before, ...more };
    }
    thing.data.properties = now;
    return show(thing);
  }

  function carryOut(operation: string, id: string, body: Data, query: Data): Data {
    switch (operation) {
      case "GET users/me":
        return { object: "user", id: shown(bot), type: "bot", name: "testx", bot: {} };
      case "POST pages": {
        const { parent, children: blocks, ...data } = body as { parent: Data; children?: unknown };
        const home =
          parent.page_id === undefined
            ? find("data_source", String(parent.data_source_id))
            : find("page", String(parent.page_id));
        const columns = (home.data.properties ?? {}) as Data;
        const wrong = Object.keys((data as Data).properties ?? {}).find(
          (name) => home.kind === "data_source" && !(name in columns),
        );
        if (wrong) throw new Refusal(400, "validation_error", `${wrong} is not a property.`);
        const page = make("page", home.id, data as Data);
        makeBlocks(page.id, blocks);
        return show(page);
      }
      case "POST databases": {
        const { parent, initial_data_source, ...data } = body as Record<string, Data>;
        const database = make("database", find("page", String(parent?.page_id)).id, data);
        const { properties = {} } = initial_data_source as { properties?: Data };
        make("data_source", database.id, { properties });
        return show(database);
      }
      case "GET blocks/{id}/children": {
        const at = find("block", id);
        return list(
          children(at.id, ...(habits.blocksOnly ? blocksOnly : allKinds)).map(asBlock),
          query,
        );
      }
      case "PATCH blocks/{id}/children": {
        const made = makeBlocks(find("block", id).id, body.children);
        return list(made.map(show), {});
      }
      case "POST data_sources/{id}/query": {
        const rows = children(find("data_source", id).id, "page");
        return list(rows.map(show), body);
      }
    }
    const [method = "", collection = ""] = operation.replace("/{id}", "").split(" ");
    const kind = collections[collection];
    if (kind === undefined) throw new Refusal(400, "invalid_request_url", "No such endpoint.");
    const thing = find(kind, id);
    if (method === "GET") return kind === "block" ? asBlock(thing) : show(thing);
    return set(thing, method === "DELETE" ? { in_trash: true } : body);
  }

  const server = createServer((request, response) => {
    void receive(request).then((text) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://notion");
      const { operation, id } = operationOf(request.method ?? "", pathname);
      const query = Object.fromEntries(searchParams);
      let [status, reply]: [number, Data] = [200, {}];
      try {
        if (!/^Bearer \S+$/.test(request.headers.authorization ?? "")) {
          throw new Refusal(401, "unauthorized", "API token is invalid.");
        }
        const version = request.headers["notion-version"] as Version;
        if (!known.includes(version))
          throw new Refusal(
            400,
            "validation_error",
            `Notion-Version header should be one of ${known}.`,
          );
        const { method = "", headers } = request;
        const wrong = callProblems(method, pathname, searchParams, headers, text);
        if (wrong.length > 0) throw new Refusal(400, "validation_error", wrong.join("; "));
        reply = carryOut(operation, id, text === "" ? {} : (JSON.parse(text) as Data), query);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { code, message } = error;
        status = error.status;
        reply = { object: "error", status, code, message };
        problems.push(`${operation}: ${status} ${message} ${text}`);
      }
      log.push(`${operation} ${status}`);
      response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
      response.end(JSON.stringify(reply));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    root,
    log,
    problems,
    state: () =>
      [...things.values()]
        .filter((it) => !gone(it))
        .map(({ kind, data }) => `${kind} ${titleOf(data)}`),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

const types = "title rich_text number checkbox url email phone_number date select multi_select";
function kinds(given: Data): Data {
  return Object.fromEntries(types.split(" ").flatMap((name) => (name in given ? [[name, 1]] : [])));
}

async function receive(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
