import type { Answer, Asked, Forecast, Stage } from "../../core/forecast.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { childrenAfter, shownBlocks, withoutBlock, withUpdate } from "./forecast-blocks.ts";
import { newId, newUrl } from "./forecast-ids.ts";
import { propertiesAfter } from "./forecast-schema.ts";
import { sameId } from "./ids.ts";
import { charge } from "./limits.ts";

/** What Notion answers, as https://developers.notion.com/reference describes it. */
export const forecast: Forecast = {
  echo(asked, stage) {
    const { name, write } = asked.operation;
    const handle = Object.hasOwn(answers, name) ? answers[name] : undefined;
    const answer = handle?.(asked, stage);
    if (answer !== undefined || write) return answer;
    return stage.isUnknown(asked.path) ? missing : undefined;
  },

  amend(asked, answer, stage) {
    if (answer.status !== 200 || !isObject(answer.body)) return answer;
    const { name } = asked.operation;
    if (name === "blocks.children.list") {
      const results = childrenAfter(stage, idIn(asked));
      return results === undefined ? answer : found({ object: "list", results, has_more: false });
    }
    if (name !== "dataSources.retrieve") return answer;
    const before = answer.body as JsonObject;
    const properties = propertiesAfter(stage, idIn(asked), before.properties as JsonObject);
    return found({ ...before, properties });
  },

  charges: () => [charge],
};

type Handler = (asked: Asked, stage: Stage) => Answer | undefined;

const answers: Readonly<Record<string, Handler>> = {
  "pages.create": ({ body }, stage) => {
    const { parent = {}, properties = {}, icon = null, children } = body as JsonObject;
    return found({
      ...{ object: "page", id: newId(stage, "id"), url: newUrl(stage), parent },
      ...{ properties, icon, in_trash: false, children: shownBlocks(children, stage) },
      ...creator(stage),
    });
  },
  "pages.update": (asked, stage) => {
    const before = thing(stage, "page", idIn(asked)) ?? { id: idIn(asked) };
    const { properties = {}, ...rest } = asked.body as JsonObject;
    const merged = { ...(before.properties as JsonObject), ...(properties as JsonObject) };
    // The address has the title in it.
    const renamed = Object.values(properties as JsonObject).some(
      (value) => isObject(value) && value.type === "title",
    );
    const url = renamed ? { url: newUrl(stage) } : {};
    return found({ ...before, ...rest, ...url, object: "page", properties: merged });
  },
  "pages.retrieve": made("page"),

  "blocks.children.append": (asked, stage) => {
    const results = shownBlocks((asked.body as JsonObject).children, stage);
    return found({ object: "list", results, has_more: false });
  },
  "blocks.children.list": (asked, stage) => {
    if (!stage.isUnknown(asked.path)) return undefined;
    const results = childrenAfter(stage, idIn(asked)) ?? [];
    return found({ object: "list", results, has_more: false });
  },
  "blocks.update": (asked, stage) => found(withUpdate(asked, stage, idIn(asked))),
  "blocks.delete": (asked, stage) => found(withoutBlock(stage, idIn(asked))),

  "databases.create": ({ body }, stage) => {
    const { parent = {}, title = [], description = [] } = body as JsonObject;
    const source = { id: newId(stage, "dataSourceId"), name: "" };
    return found({
      ...{ object: "database", id: newId(stage, "id"), url: newUrl(stage), parent },
      ...{ title, description, data_sources: [source], in_trash: false },
    });
  },
  "databases.update": (asked, stage) => {
    const before = thing(stage, "database", idIn(asked)) ?? { id: idIn(asked) };
    return found({ ...before, ...(asked.body as JsonObject), object: "database" });
  },
  "databases.retrieve": made("database"),

  "dataSources.retrieve": (asked, stage) => {
    const id = idIn(asked);
    if (!stage.isUnknown(id)) return undefined;
    const owner = stage.past.find(
      ({ asked: { operation }, answer: { body } }) =>
        operation.name === "databases.create" &&
        isObject(body) &&
        (body.data_sources as { id: string }[]).some((source) => sameId(source.id, id)),
    );
    if (owner === undefined) return missing;
    const { initial_data_source, description = [] } = owner.asked.body as JsonObject;
    const given = (initial_data_source as JsonObject).properties as JsonObject;
    const properties = propertiesAfter(stage, id, {}, given);
    const { title } = owner.answer.body as JsonObject;
    return found({ object: "data_source", id, title: title!, description, properties });
  },
  "dataSources.update": (asked) => found({ object: "data_source", id: idIn(asked) }),
  "dataSources.query": (asked, stage) =>
    stage.isUnknown(asked.path)
      ? found({ object: "list", results: [], has_more: false, next_cursor: null })
      : undefined,
};

function found(body: JsonObject): Answer {
  return { status: 200, body };
}

const missing: Answer = {
  status: 404,
  body: {
    ...{ object: "error", status: 404, code: "object_not_found", request_id: "" },
    message: "It is yet to be made.",
  },
};

/** The id in `/v1/pages/{id}` and what is below it. */
function idIn({ path }: Asked): string {
  return path.split("/")[3] ?? "";
}

/** A page or database as an answer, a list's included, has shown it last. */
function thing(stage: Stage, object: string, id: string): JsonObject | undefined {
  const all = stage.past.flatMap(({ answer: { body } }): Json[] => {
    if (!isObject(body)) return [];
    return [body as JsonObject, ...(Array.isArray(body.results) ? (body.results as Json[]) : [])];
  });
  return all.findLast(
    (one) => isObject(one) && one.object === object && sameId(one.id as string, id),
  ) as JsonObject | undefined;
}

function made(object: string): Handler {
  return (asked, stage) => {
    const known = stage.isUnknown(asked.path) ? thing(stage, object, idIn(asked)) : undefined;
    return known && found(known);
  };
}

/** The integration's bot user, where Notion has told it. */
function creator(stage: Stage): JsonObject {
  const told = stage.past.findLast(({ asked }) => asked.operation.name === "users.me");
  const id = isObject(told?.answer.body) ? told.answer.body.id : undefined;
  return typeof id === "string" ? { created_by: { object: "user", id } } : {};
}
