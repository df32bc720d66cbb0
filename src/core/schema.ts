import { equal, isObject, type Json, type JsonObject } from "./json.ts";
import { once } from "./once.ts";

/**
 * What testx asks of a validator: the Standard Schema interface with its JSON Schema
 * extension. zod 4 schemas are such values as they stand; so are those of other libraries.
 */
export interface Schema<T> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
    readonly jsonSchema: {
      readonly input: (options: { target: "draft-2020-12" }) => Record<string, unknown>;
    };
  };
}

/** What a validator says of a value. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that a validator found wrong. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Where in the value it is; nothing: it is about all of it. */
export function issueKeys({ path = [] }: SchemaIssue): string[] {
  return path.map((part) => String(typeof part === "object" ? part.key : part));
}

export function issuesText(issues: readonly SchemaIssue[]): string {
  return issues
    .map((issue) => [issueKeys(issue).join("."), issue.message].filter(Boolean).join(": "))
    .join("; ");
}

const known = new WeakMap<object, Record<string, unknown>>();

/**
 * The JSON Schema of what a validator takes, made once. Throws what the validator throws when it
 * cannot be expressed: secrets are known by it, so doing without it would not be safe.
 */
export function jsonSchemaOf(schema: Schema<unknown>): Record<string, unknown> {
  let json = known.get(schema);
  if (json === undefined) {
    json = schema["~standard"].jsonSchema.input({ target: "draft-2020-12" });
    known.set(schema, json);
  }
  return json;
}

const names = new WeakMap<object, string>();

/**
 * A validator that is made when it is first asked; making one takes longer than asking it.
 * `name`: what it finds valid may be noted, since it says the same of a value for as long as testx
 * is the same, and none of its fields is a secret.
 */
export function lazySchema<T>(make: () => Schema<T>, name?: string): Schema<T> {
  const made = once(() => make()["~standard"]);
  const schema: Schema<T> = {
    "~standard": {
      ...{ version: 1, vendor: "testx" },
      validate: (value) => made().validate(value),
      jsonSchema: { input: (options) => made().jsonSchema.input(options) },
    },
  };
  if (name !== undefined) names.set(schema, name);
  return schema;
}

/** What was found valid by a validator with a name; in memory or longer. */
export interface ValidBefore {
  /** The fields that the validator adds to the value; `undefined`: it is not known to be valid. */
  get(schema: string, text: string): JsonObject | undefined;
  set(schema: string, text: string, added: JsonObject): void;
}

/** Asks a validator, unless it has found the same value valid before. */
export async function validated<T>(
  schema: Schema<T>,
  value: Json,
  before: ValidBefore | undefined,
): Promise<SchemaResult<T>> {
  const name = names.get(schema);
  if (name === undefined || before === undefined) return schema["~standard"].validate(value);
  const text = JSON.stringify(value);
  const known = before.get(name, text);
  if (known !== undefined) return { value: completed(value, known) as T };
  const result = await schema["~standard"].validate(value);
  if (result.issues) return result;
  const added = addedTo(value, result.value);
  if (added === undefined) return result;
  before.set(name, text, added);
  // Not the validator's copy, whose fields may be in another order: the next time is to be the same.
  return { value: completed(value, added) as T };
}

/**
 * Notes that a value is wrong only because of what is not known yet, which `but` names: the same
 * value then is again. `undefined`: of this schema nothing is noted.
 */
export function openBefore(
  schema: Schema<unknown>,
  value: Json,
  but: string,
  before: ValidBefore | undefined,
): { readonly known: boolean; note(): void } | undefined {
  const name = names.get(schema);
  if (name === undefined || before === undefined) return undefined;
  const text = JSON.stringify(value);
  const which = `${name} but ${but}`;
  return {
    known: before.get(which, text) !== undefined,
    note: () => before.set(which, text, {}),
  };
}

function completed(value: Json, added: JsonObject): Json {
  return Object.keys(added).length === 0 ? value : { ...(value as JsonObject), ...added };
}

/** The defaults with which a value becomes what the validator made of it; `undefined`: it made something else. */
function addedTo(value: Json, made: unknown): JsonObject | undefined {
  if (!isObject(value) || !isObject(made)) return equal(value, made as Json) ? {} : undefined;
  const added = Object.entries(made as JsonObject).filter(([key]) => !Object.hasOwn(value, key));
  const fields = Object.fromEntries(added);
  return equal(completed(value as Json, fields), made as Json) ? fields : undefined;
}
