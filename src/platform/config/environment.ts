import type { Json } from "../../core/json.ts";
import type { ValueOrigin } from "../../core/settings.ts";
import type { Problem } from "../../core/validate/problem.ts";
import { webAddressProblem } from "../../core/web-address.ts";
import { cacheAddressProblem } from "./cache-address.ts";
import type { Env } from "./inputs.ts";
import { oddIn } from "./odd.ts";

/** A command-line flag that stands for an environment variable and outranks it. */
export interface FlagValue {
  /** `--offline` */
  readonly flag: string;
  /** `OFFLINE_MODE_ENABLED` */
  readonly variable: string;
  readonly value: string;
}

export interface Given {
  readonly value: Json;
  readonly origin: ValueOrigin;
  /** Reports that the value does not go with others; only where it stands in a document. */
  readonly blame?: (code: string, message: string) => void;
}

type Reader = (text: string) => { value: Json } | { wanted: string };

const flags: Readonly<Record<string, boolean>> = {
  true: true,
  "1": true,
  yes: true,
  on: true,
  false: false,
  "0": false,
  no: false,
  off: false,
};

export const boolean: Reader = (text) => {
  const value = flags[text.trim().toLowerCase()];
  return value === undefined ? { wanted: "true or false" } : { value };
};

export function whole(least: number, most: number, factor = 1): Reader {
  return (text) => {
    const value = Number(text.trim());
    const fits = /^\d+$/.test(text.trim()) && value >= least && value <= most;
    return fits ? { value: value * factor } : { wanted: `a whole number from ${least} to ${most}` };
  };
}

export const address: Reader = (text) => {
  const problem = webAddressProblem(text.trim());
  return problem === undefined
    ? { value: text.trim() }
    : { wanted: `an http or https address, but it ${problem}` };
};

export const cacheStore: Reader = (text) => {
  const problem = cacheAddressProblem(text.trim());
  return problem === undefined
    ? { value: text.trim() }
    : { wanted: `the address of a cache, but it ${problem}` };
};

/** Reads variables and the flags that stand for them; bad values become problems, once each. */
export class Environment {
  readonly problems: Problem[] = [];
  readonly #env: Env;
  readonly #flags: readonly FlagValue[];
  readonly #known = new Map<string, Given | undefined>();

  constructor(env: Env, flags: readonly FlagValue[]) {
    this.#env = env;
    this.#flags = flags;
  }

  /** What a variable says; an empty one says nothing. */
  get(name: string, read: Reader): Given | undefined {
    if (!this.#known.has(name)) this.#known.set(name, this.#read(name, read));
    return this.#known.get(name);
  }

  isSet(name: string): boolean {
    return Object.hasOwn(this.#env, name) && Boolean(this.#env[name]?.trim());
  }

  #read(name: string, read: Reader): Given | undefined {
    const flag = this.#flags.findLast(({ variable }) => variable === name);
    if (flag === undefined && !this.isSet(name)) return undefined;
    const text = flag?.value ?? (this.#env[name] as string);
    const origin: ValueOrigin =
      flag === undefined ? { kind: "environment", name } : { kind: "flag", name: flag.flag };
    const result = read(text);
    if ("value" in result) return { value: result.value, origin };
    this.problems.push(problem(origin.name, text, result.wanted, flag !== undefined));
    return undefined;
  }
}

function problem(name: string, text: string, wanted: string, isFlag: boolean): Problem {
  // Something long may be a token that got into the wrong variable.
  const shown = /^[\w.+-]{1,16}$/.test(text) ? ` It is "${text}".` : "";
  return {
    code: isFlag ? "CONFIG_FLAG_VALUE" : "CONFIG_ENV_VALUE",
    message: `${isFlag ? "The flag" : "The environment variable"} ${name} must be ${wanted}.${shown}${oddIn(text)}`,
    text: name,
    variable: name,
  };
}
