import type { Scenario } from "../../core/scenario.ts";
import { answers } from "./library/answers.ts";
import type { Subject } from "./library/make.ts";
import { network } from "./library/network.ts";
import { stories } from "./library/stories.ts";

const ideas = [...network, ...answers, ...stories];

/** The scenarios that come with testx, made for a sequence and its policies. */
export function library(subject: Subject): Scenario[] {
  return ideas.flatMap((idea) => idea(subject));
}

/** What they are called, whatever the integration: `down`, `crash`. */
export const libraryNames: readonly string[] = ideas.map(({ called }) => called);
