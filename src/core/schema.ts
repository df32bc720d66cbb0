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

export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
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
