import { Option } from "commander";
import { time } from "./values.ts";

/** For commands that can do without the services. */
export function offline(): Option {
  return new Option("--offline", "send nothing: go by what is known from before");
}

/** For commands that take the lock. */
export function wait(): Option {
  return new Option(
    "--wait <time>",
    "wait so long for another run to end: 30s, 5m; a plain number is seconds",
  ).argParser(time);
}

export function waitGiven(given: { readonly wait?: unknown }): { wait?: number } {
  return typeof given.wait === "number" ? { wait: given.wait } : {};
}
