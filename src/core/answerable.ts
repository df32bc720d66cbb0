import { failure, rootFailure, TestxError } from "./failure.ts";
import { isObject } from "./json.ts";
import type { AnyKind, AnyProvider } from "./provider.ts";
import type { Schema } from "./schema.ts";

// biome-ignore lint/suspicious/noExplicitAny: the parts of a provider take anything
type Part = (...args: any[]) => any;

/**
 * A provider of somebody's own that answers for its mistakes: what its parts throw, and what they
 * give that nobody could go on with, is a PROVIDER_FAILED that names the part, and no bug of
 * testx. What `read`, `apply`, `undo`, `health` and `connect` throw is for its `classify`, unless it
 * is what JavaScript throws at a mistake.
 * @param why what an error says, and where in the project it was thrown
 */
export function answerable(provider: AnyProvider, why: (error: unknown) => string): AnyProvider {
  const wrong = (part: string, what: string, outcome?: "unknown", cause?: unknown): TestxError => {
    const message = `The provider "${provider.id}" has a mistake: ${part} ${what}.`;
    const options = cause === undefined ? {} : { cause };
    return new TestxError(failure("PROVIDER_FAILED", message, outcome ? { outcome } : {}), options);
  };
  const threw = (part: string, error: unknown): TestxError => {
    const known = rootFailure(error);
    if (known) return error instanceof TestxError ? error : new TestxError(known, { cause: error });
    return wrong(part, `threw ${why(error)}`, undefined, error);
  };
  /** Held to what it promises; `check` says what is wrong with what it gives. */
  const held = (
    owner: object,
    part: string,
    run: Part,
    check: (given: unknown) => string | undefined = () => undefined,
  ): Part => {
    const checked = (given: unknown): unknown => {
      const mistake = check(given);
      if (mistake !== undefined) throw wrong(part, mistake);
      return given;
    };
    const fail = (error: unknown): never => {
      throw threw(part, error);
    };
    return (...args) => {
      try {
        const given: unknown = Reflect.apply(run, owner, args);
        return given instanceof Promise ? given.then(checked).catch(fail) : checked(given);
      } catch (error) {
        return fail(error);
      }
    };
  };
  /**
   * What it throws is for `classify`; what it gives is looked at.
   * @param outcome unknown: a write may have been sent, so that testx looks
   */
  const given =
    (
      owner: object,
      part: string,
      run: Part,
      check: (given: unknown) => string | undefined,
      outcome?: "unknown",
    ): Part =>
    async (...args) => {
      let result: unknown;
      try {
        result = await Reflect.apply(run, owner, args);
      } catch (error) {
        throw isMistake(error) ? wrong(part, `threw ${why(error)}`, outcome, error) : error;
      }
      const mistake = check(result);
      if (mistake !== undefined) throw wrong(part, mistake, outcome);
      return result;
    };
  const parts = <T extends object>(owner: T, where: string, names: readonly (keyof T & string)[]) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const run = owner[name];
        return typeof run === "function" ? [[name, held(owner, where + name, run as Part)]] : [];
      }),
    );
  const schema = (asked: Schema<unknown>, where: string): Schema<unknown> => {
    const standard = asked["~standard"];
    const { jsonSchema } = standard;
    const validate = held(standard, `the schema of ${where}`, standard.validate);
    const input = held(jsonSchema, `the JSON Schema of ${where}`, jsonSchema.input);
    return {
      "~standard": over(standard, { validate, jsonSchema: over(jsonSchema, { input }) }),
    };
  };
  const kind = (own: AnyKind, name: string): AnyKind => {
    const of = `${name}.`;
    return over(own, {
      ...parts(own, of, ["title", "key", "changes", "loadChanges", "warmUp", "scopes", "holds"]),
      input: schema(own.input, `${of}input`),
      read: given(own, `${of}read`, own.read, (it) =>
        it === undefined || isObject(it) ? unwritable(it) : `gave ${shown(it)}, which is no state`,
      ),
      apply: given(
        ...([own, `${of}apply`, own.apply] as const),
        (it) => (isObject(it) ? unwritable(it) : `gave ${shown(it)}, which is no state`),
        "unknown",
      ),
      ...(typeof own.undo === "function" && {
        undo: given(
          ...([own, `${of}undo`, own.undo] as const),
          (it) =>
            Array.isArray(it) ? undefined : `gave ${shown(it)} in place of a list of what is left`,
          "unknown",
        ),
      }),
    });
  };
  const classify = held(provider, "classify", provider.classify, (it) =>
    isObject(it) && typeof it.code === "string" && typeof it.message === "string"
      ? undefined
      : `gave ${shown(it)}, which is no failure`,
  ) as AnyProvider["classify"];
  return over(provider, {
    ...parts(provider, "", ["forecast", "authorization", "refusal"]),
    ...(provider.sandbox && {
      sandbox: async () => {
        const service = await held(provider, "sandbox", provider.sandbox as Part)();
        return isObject(service)
          ? over(service, parts(service, "stand-in.", standInParts))
          : service;
      },
    }),
    classify,
    config: schema(provider.config, "config"),
    wire: over(provider.wire, parts(provider.wire, "wire.", ["describe", "judge", "cacheable"])),
    ...(provider.limits && {
      limits: provider.limits.map((limit, index) =>
        over(limit, parts(limit, `limits[${index}].`, ["cost", "per"])),
      ),
    }),
    kinds: Object.fromEntries(
      Object.entries(provider.kinds).map(([name, own]) => [name, kind(own, name)]),
    ),
    connect: async (config, deps) => {
      try {
        return await provider.connect(config, deps);
      } catch (error) {
        if (rootFailure(error) || isMistake(error)) throw threw("connect", error);
        throw new TestxError(classify(error), { cause: error });
      }
    },
    health: given(provider, "health", provider.health, (it) =>
      isObject(it) && ["healthy", "degraded", "down"].includes(String(it.status))
        ? undefined
        : `gave ${shown(it)}: its status is healthy, degraded or down`,
    ),
  });
}

/** Of the code itself. What has a cause tells of something else: fetch's own TypeErrors have one. */
function isMistake(error: unknown): boolean {
  const isOne = error instanceof TypeError || error instanceof ReferenceError;
  return isOne && (error as Error).cause === undefined && rootFailure(error) === undefined;
}

const standInParts = ["initial", "handle", "isWrite", "canonical", "environment", "refuse"];

/**
 * As it is but for `parts`, whatever it is made by: a class, or a frozen object. Its own functions
 * run on the original, which alone has what is private to a class; all of it can be spread.
 */
function over<T extends object>(target: T, parts: Partial<T>): T {
  const copy = {};
  for (const from of lineOf(target)) {
    for (const key of Reflect.ownKeys(from)) {
      if (Object.hasOwn(copy, key)) continue;
      const get = (): unknown => {
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      };
      Object.defineProperty(copy, key, { get, enumerable: true, configurable: true });
    }
  }
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(parts)) as T;
}

/** It, and what it inherits from, but for what every object does. */
function lineOf(target: object): readonly object[] {
  const above: object | null = Object.getPrototypeOf(target);
  const isLast = above === null || Object.getPrototypeOf(above) === null;
  return isLast ? [target] : [target, ...lineOf(above)];
}

/** Why a state could not be written down as it is; `undefined`: it can be. */
function unwritable(state: unknown): string | undefined {
  const path = notJson(state, "", []);
  return path === undefined ? undefined : `gave a state that is not JSON: ${path}`;
}

function notJson(value: unknown, path: string, above: readonly unknown[]): string | undefined {
  if (value === null || ["undefined", "boolean", "string", "number"].includes(typeof value)) {
    return undefined;
  }
  const isPlain =
    Array.isArray(value) || (isObject(value) && Object.prototype.toString.call(value) === plain);
  if (!isPlain || above.includes(value)) return path === "" ? "all of it" : path.slice(1);
  for (const [key, item] of Object.entries(value as object)) {
    const inner = notJson(item, `${path}.${key}`, [...above, value]);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

const plain = "[object Object]";

function shown(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? "a list" : "another object";
}
