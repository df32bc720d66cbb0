import { type Command, Option } from "commander";
import type { Define } from "./define.ts";
import { several } from "./values.ts";

/** For commands that can do without the services. */
export function offline(): Option {
  return new Option("--offline", "send nothing: go by what is known from before");
}

/** `testx integrations sync` */
export function syncCommand(command: Define, parent: Command, wait: () => Option): void {
  command(parent, "sync", "Carry out what was put off while services were down", (given) => ({
    watch: given.watch === true,
    ...(typeof given.wait === "number" ? { wait: given.wait } : {}),
    ...(given.adopt === undefined ? {} : { adopt: given.adopt as string[] }),
  }))
    .option("--watch", "wait until the services are back and all is carried out, or Ctrl-C")
    .addOption(
      new Option(
        "--adopt <step>",
        "go on with this step whatever somebody else has done meanwhile; all for every step; may be repeated",
      ).argParser(several),
    )
    .addOption(wait());
}

/** `testx deferred …` */
export function deferredCommands(command: Define, deferred: Command): void {
  command(deferred, "deferred list", "List what waits and what is given up", () => ({}));
  command(deferred, "deferred show", "Show one write that waits, and why", (_, args) => ({
    name: args[0] as string,
  })).argument("<id>", "its id, the beginning of it, or its step");
  const retry: Command = command(
    deferred,
    "deferred retry",
    "Have sync try again what was given up",
    (given, args) => {
      const [name] = args;
      if ((name === undefined) === (given.all !== true)) {
        retry.error("error: Name a write, or take --all for all that are given up.");
      }
      return name === undefined ? {} : { name };
    },
  )
    .argument("[id]", "its id, the beginning of it, or its step")
    .option("--all", "all that are given up");
  command(deferred, "deferred discard", "Drop a write that waits", (_, args) => ({
    name: args[0] as string,
  })).argument("<id>", "its id, the beginning of it, or its step");
}
