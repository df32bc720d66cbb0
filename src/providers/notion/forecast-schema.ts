import type { Stage } from "../../core/forecast.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { sameId } from "./ids.ts";

/** The properties of a data source after the writes rehearsed so far; `first`: as it was made with. */
export function propertiesAfter(
  stage: Stage,
  id: string,
  before: JsonObject,
  first: JsonObject = {},
): JsonObject {
  let properties = changed(before, first);
  for (const { asked } of stage.past) {
    if (asked.operation.name !== "dataSources.update") continue;
    if (!sameId(asked.path.split("/")[3], id)) continue;
    const update = (asked.body as JsonObject).properties;
    if (isObject(update)) properties = changed(properties, update as JsonObject);
  }
  return properties;
}

/** `null` removes, a new `name` renames, anything else is the property's configuration. */
function changed(before: JsonObject, update: JsonObject): JsonObject {
  const after = { ...before };
  for (const [name, value] of Object.entries(update)) {
    const present = after[name];
    if (!isObject(value)) {
      delete after[name];
    } else if (typeof value.name === "string") {
      delete after[name];
      if (present !== undefined)
        after[value.name] = { ...(present as JsonObject), name: value.name };
    } else {
      after[name] = shown(name, value as JsonObject);
    }
  }
  return after;
}

function shown(name: string, configuration: JsonObject): JsonObject {
  const type = String(configuration.type);
  const given = configuration[type];
  const own: Json =
    type === "number" ? { format: "number", ...(given as JsonObject) } : (given ?? {});
  return { id: name, name, type, [type]: own };
}
