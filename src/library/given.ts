import { failure, TestxError } from "../core/failure.ts";
import { isObject } from "../core/json.ts";
import { isSavedPlan } from "../core/saved-plan.ts";
import { didYouMean } from "../core/suggest.ts";
import type { Orchestrator } from "./contract.ts";
import type { OrchestratorOptions } from "./options.ts";

/** What an option is: in words, and whether a value is that. */
type Rule = readonly [what: string, fits: (value: unknown) => boolean];
type Rules<Options> = { readonly [Name in keyof Required<Options>]: Rule };

const text: Rule = ["text", (it) => typeof it === "string" && it !== ""];
const flag: Rule = ["true or false", (it) => typeof it === "boolean"];
const code: Rule = ["a function", (it) => typeof it === "function"];
const duration: Rule = ["a number of ms, from 0", (it) => typeof it === "number" && it >= 0];
const count: Rule = ["a whole number, from 1", (it) => Number.isInteger(it) && (it as number) > 0];
const whole: Rule = ["a whole number", Number.isSafeInteger];
const isTexts = (it: unknown): boolean => Array.isArray(it) && it.every(text[1]);
const names: Rule = ["a list of names", isTexts];
const signal: Rule = [
  "an AbortSignal",
  (it) => isObject(it) && "aborted" in it && typeof it.addEventListener === "function",
];
const environment: Rule = [
  "an object with text by name",
  (it) => isObject(it) && Object.values(it).every((one) => /string|undefined/.test(typeof one)),
];
const providers: Rule = [
  "a list of what defineProvider gives",
  (it) => Array.isArray(it) && it.every((one) => isObject(one) && text[1](one.id)),
];

const waitMs = duration;
const integrations = names;

const ofOrchestrator: Rules<OrchestratorOptions> = {
  ...{ cwd: text, config: text, state: text, env: environment, providers },
  ...{ sandbox: flag, onEvent: code, onNotice: code },
};

/** Of those that take an object of options. */
const ofCalls: {
  readonly [Name in keyof Orchestrator]: Parameters<Orchestrator[Name]> extends []
    ? undefined
    : NonNullable<Parameters<Orchestrator[Name]>[0]> extends object
      ? Rules<NonNullable<Parameters<Orchestrator[Name]>[0]>>
      : undefined;
} = {
  setup: { signal, waitMs, offline: flag, plan: ["what plan has `saved`", isObject] },
  plan: { signal, offline: flag, calls: flag, save: flag },
  sync: {
    signal,
    waitMs,
    adopt: ['a list of steps, or "all"', (it) => it === "all" || isTexts(it)],
  },
  deferred: undefined,
  rollback: { signal, waitMs, run: text, to: text },
  rollbackPoints: undefined,
  status: undefined,
  outputs: undefined,
  health: { signal, integrations, fresh: flag },
  drift: { signal },
  doctor: { signal, integrations },
  simulate: { signal, names, filter: text, seed: whole, bail: flag },
  history: { limit: count },
  timeline: undefined,
  metrics: { integrations, sinceMs: duration },
};

/**
 * Refuses what a program without types, or with types that were talked out of it, has given: a
 * misspelt `sandbox` must not lead to the real services.
 * @throws TestxError LIBRARY_BAD_OPTION
 */
export function checkOptions(options: OrchestratorOptions): void {
  check("createOrchestrator", options, ofOrchestrator);
}

/** Each call with its options checked first; whatever is wrong with them rejects. */
export function checkingCalls(orchestrator: Orchestrator): Orchestrator {
  const calls = Object.entries(orchestrator).map(([name, run]) => {
    const rules = ofCalls[name as keyof Orchestrator] as Record<string, Rule> | undefined;
    const checked = async (given: unknown, ...rest: unknown[]): Promise<unknown> => {
      if (rules !== undefined && given !== undefined) check(name, given, rules);
      if (name === "timeline" && !text[1](given))
        throw bad("timeline takes the id of a run, or `last`.");
      if (name === "setup" && isObject(given)) checkPlan(given.plan);
      return (run as (...all: unknown[]) => Promise<unknown>)(given, ...rest);
    };
    return [name, checked];
  });
  return Object.fromEntries(calls) as unknown as Orchestrator;
}

function checkPlan(plan: unknown): void {
  if (plan === undefined || isSavedPlan(plan)) return;
  const message = "The `plan` given is no plan of this version of testx.";
  throw new TestxError(failure("PLAN_UNREADABLE", message));
}

function check(call: string, given: unknown, rules: Readonly<Record<string, Rule>>): void {
  const known = Object.keys(rules);
  if (!isObject(given)) throw bad(`${call} takes an object of options: ${known.join(", ")}.`);
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const others = ` It has ${known.join(", ")}.`;
      throw bad(`${call} has no option "${name}".${didYouMean(name, known, others)}`);
    } else if (value !== undefined && !rule[1](value)) {
      throw bad(`The option "${name}" of ${call} is ${rule[0]}.`);
    }
  }
}

function bad(message: string): TestxError {
  return new TestxError(failure("LIBRARY_BAD_OPTION", message));
}
