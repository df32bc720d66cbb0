import type { Answer, Asked, Stage } from "../../core/forecast.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";

/** A part of the path, counted from the front or from the end: 0 is `repos`. */
export function part({ path }: Asked, at: number): string {
  return path.split("/").slice(1).at(at) ?? "";
}

/**
 * What answers have shown last of the thing that `matches`, within the repository that `asked`
 * is about when it is given. `method`: only in answers to these requests.
 */
export function seen(
  stage: Stage,
  asked: Asked | undefined,
  matches: (thing: JsonObject) => boolean,
  method?: string,
): JsonObject | undefined {
  const within = asked === undefined ? "/" : `/${asked.path.split("/").slice(1, 4).join("/")}/`;
  for (const past of stage.past.toReversed()) {
    if (!`${past.asked.path}/`.startsWith(within)) continue;
    if (method !== undefined && past.asked.method !== method) continue;
    const found = things(past.answer.body).findLast(matches);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of a list its entries, also where it is wrapped in an object beside its length. */
function things(body: Json | undefined): JsonObject[] {
  if (Array.isArray(body)) return body.filter(isObject) as JsonObject[];
  if (!isObject(body)) return [];
  const inner = Object.values(body).filter(Array.isArray).flat().filter(isObject) as JsonObject[];
  return [body as JsonObject, ...inner];
}

/** Answers a change of what the path names by `key`: as it was seen last, with what is sent. */
export function changed(key: string) {
  return ({ asked, body, stage }: { asked: Asked; body: JsonObject; stage: Stage }): Answer => {
    const id = part(asked, 4);
    const before = seen(stage, asked, (thing) => String(thing[key]) === id);
    return { status: 200, body: { ...before, [key]: Number(id), ...body } };
  };
}
