import type { Scenario } from "../../core/scenario.ts";
import { answers } from "./library/answers.ts";
import type { Subject } from "./library/make.ts";
import { network } from "./library/network.ts";
import { stories } from "./library/stories.ts";

/** The scenarios that come with testx, made for a sequence and its policies. */
export function library(subject: Subject): Scenario[] {
  return [...network, ...answers, ...stories].flatMap((idea) => idea(subject));
}
