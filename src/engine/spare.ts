import { ignores } from "../core/ignore.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import type { AnyKind, Call } from "../core/provider.ts";
import { jsonSchemaOf } from "../core/schema.ts";
import type { Change } from "../core/step.ts";
import type { Observation } from "./observe.ts";

/** A step's write as it is sent: what is to be left to others goes only into what testx creates. */
export function applyStep(
  { spec, session, kind, prepared, now }: Observation,
  current: JsonObject | undefined,
  call: Call,
): Promise<JsonObject> {
  const { input } = prepared;
  if (now === undefined || current === undefined) {
    return kind.apply(session.client, input, current, call);
  }
  const spared = kind
    .changes(input, current, call)
    .filter(({ field }) => ignores(spec.ignore, field));
  return applySparing(kind, session.client, input, current, spared, call);
}

/**
 * Updates what is there, leaving alone the fields that `spared` names: the changes that somebody
 * asked to ignore. Where the input may do without a field, it is taken out; or else it asks for
 * what is there; or else the kind is told that the field is as asked already.
 */
export async function applySparing(
  kind: AnyKind,
  client: unknown,
  input: unknown,
  now: JsonObject,
  spared: readonly Change[],
  call: Call,
): Promise<JsonObject> {
  if (spared.length === 0) return kind.apply(client, input, now, call);
  const { required } = jsonSchemaOf(kind.input);
  const needed = Array.isArray(required) ? required : [];
  let less = input;
  const told: JsonObject = { ...now };
  for (const { field, to } of spared) {
    const without = needed.includes(field) ? undefined : leaveOut(less, field.split("."));
    const same = isObject(less) && field in less ? { ...less, [field]: now[field] } : undefined;
    const asked = [without, same].find(
      (one) => one !== undefined && namesNone(kind, one, now, field, call),
    );
    if (asked === undefined) told[field] = to;
    else less = asked;
  }
  const after: JsonObject = { ...(await kind.apply(client, less, told, call)) };
  for (const { field } of spared) {
    const value = now[field];
    if (value === undefined) delete after[field];
    else after[field] = value;
  }
  return after;
}

function namesNone(
  kind: AnyKind,
  input: unknown,
  now: JsonObject,
  field: string,
  call: Pick<Call, "digest">,
): boolean {
  return kind.changes(input, now, call).every((change) => change.field !== field);
}

/** A copy without what stands at the path; `undefined` when nothing stands there. */
function leaveOut(value: unknown, [key = "", ...rest]: readonly string[]): unknown {
  if (!isObject(value) || !Object.hasOwn(value, key)) {
    // Names of properties may hold dots themselves.
    return rest.length > 0 && isObject(value) ? leaveOut(value, joined(key, rest)) : undefined;
  }
  const { [key]: inner, ...others } = value;
  if (rest.length === 0) return others;
  const less = leaveOut(inner, rest);
  return less === undefined ? undefined : { ...value, [key]: less };
}

function joined(key: string, [next = "", ...rest]: readonly string[]): string[] {
  return [`${key}.${next}`, ...rest];
}
