import type { Command } from "commander";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";

/** `testx deferred …` */
export function deferredCommands({ command, acting, group }: Define): void {
  const deferred = group("deferred", "Look at and settle what was put off");
  acting(deferred, "deferred list", () => ({})).usage("[command] [options]");
  withExamples(
    deferred,
    ["testx deferred", "what waits, and for which service"],
    ["testx sync", "carry it out"],
  );
  withExamples(
    command(deferred, "deferred list", "List what waits and what is given up", () => ({})),
    ["testx deferred list", "all of it"],
  );
  const about = "its id, the beginning of it, or its step";
  withExamples(
    command(deferred, "deferred show", "Show one write that waits, and why", (_, args) => ({
      name: args[0] as string,
    })).argument("<id>", about),
    ["testx deferred show slack.channel", "by its step"],
  );
  const retry: Command = command(
    deferred,
    "deferred retry",
    "Have sync try again what was given up",
    (given, args) => {
      const [name] = args;
      if ((name === undefined) === (given.all !== true)) {
        retry.error("error: Either name a write or take --all for all that are given up.");
      }
      return name === undefined ? {} : { name };
    },
  )
    .argument("[id]", about)
    .option("--all", "all that are given up");
  withExamples(
    retry,
    ["testx deferred retry slack.channel", "one of them"],
    ["testx deferred retry --all", "all that are given up"],
  );
  withExamples(
    command(deferred, "deferred discard", "Drop a write that waits", (_, args) => ({
      name: args[0] as string,
    })).argument("<id>", about),
    ["testx deferred discard slack.channel", "it is not wanted any more"],
  );
}
