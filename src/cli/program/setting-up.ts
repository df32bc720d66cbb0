import { type Command, Option } from "commander";
import { offlineGiven } from "../offline.ts";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";
import { offline, wait, waitGiven } from "./shared.ts";
import { named, several } from "./values.ts";

export function initCommand({ command }: Define, parent: Command): void {
  const made = command(parent, "init", "Write a starter configuration", (given) => ({
    yes: given.yes === true,
    force: given.force === true,
    dir: typeof given.dir === "string" ? given.dir : ".",
    ...(typeof given.services === "string" ? { services: given.services.split(",") } : {}),
  }))
    .option("-y, --yes", "take the defaults, ask nothing")
    .option("--services <list>", "only these: slack, notion, github, http, with commas between")
    .option("--force", "replace files that are there already")
    .option("--dir <dir>", "folder of the project (default: this one)", named);
  withExamples(
    made,
    ["testx init", "answer a few questions"],
    ["testx init --yes --dir onboarding", "ask nothing, write into that folder"],
    ["testx init --yes --services slack,github", "ask nothing, only for these"],
  );
}

export function planCommand({ command }: Define, parent: Command): void {
  const made = command(parent, "plan", "Show what setup would do, changing nothing", (given) => ({
    exitCode: given.exitCode === true,
    calls: given.calls === true,
    ...(typeof given.out === "string" ? { out: given.out } : {}),
    ...offlineGiven(given),
  }))
    .addOption(offline())
    .option("--exit-code", "exit with 3 when there are changes")
    .option("--calls", "show every write that setup would send, and what it costs")
    .option("--out <file>", "save the plan, for `testx integrations setup --plan`");
  withExamples(
    made,
    ["testx plan", "what is there and what would be done"],
    ["testx plan --calls", "every request that would change something"],
    ["testx plan --out plan.json", "keep it, to do just that later"],
  );
}

export function setupCommand({ command }: Define, parent: Command): void {
  const made = command(parent, "setup", "Set up everything that the sequence names", (given) => ({
    ...waitGiven(given),
    ...(typeof given.plan === "string" ? { plan: given.plan } : {}),
    ...(given.adopt === undefined ? {} : { adopt: given.adopt as string[] }),
    ...offlineGiven(given),
  }))
    .addOption(
      new Option(
        "--adopt <step>",
        "take over what somebody else made where this step was to create its own; all for every step; may be repeated",
      ).argParser(several),
    )
    .option("--plan <file>", "do what this saved plan says, or nothing if it no longer holds")
    .addOption(offline())
    .addOption(wait());
  withExamples(
    made,
    ["testx setup --sandbox", "try it without an account"],
    ["testx setup", "do it for real"],
    ["testx setup --plan plan.json", "do what was looked over, and nothing else"],
  );
}

export function syncCommand({ command }: Define, parent: Command): void {
  const made = command(
    parent,
    "sync",
    "Carry out what was put off while services were down",
    (given) => ({
      watch: given.watch === true,
      ...waitGiven(given),
      ...(given.adopt === undefined ? {} : { adopt: given.adopt as string[] }),
    }),
  )
    .option("--watch", "wait until the services are back and all is carried out, or Ctrl-C")
    .addOption(
      new Option(
        "--adopt <step>",
        "go on with this step whatever somebody else has done meanwhile; all for every step; may be repeated",
      ).argParser(several),
    )
    .addOption(wait());
  withExamples(
    made,
    ["testx sync", "carry out what can be, now"],
    ["testx sync --watch", "stay until nothing waits any more"],
  );
}

export function rollbackCommand({ command }: Define, parent: Command): void {
  const made = command(parent, "rollback", "Undo what a run did, newest first", (given) => ({
    list: given.list === true,
    ...(typeof given.run === "string" ? { run: given.run } : {}),
    ...(typeof given.to === "string" ? { to: given.to } : {}),
    dryRun: given.dryRun === true,
    ...waitGiven(given),
  }))
    .addOption(new Option("--list", "list the rollback points").conflicts(["to", "dryRun"]))
    .option(
      "--run <run>",
      "the run to undo: its id, its beginning, or last (default: the newest with something to undo)",
    )
    .option("--to <point>", "undo back to this point, itself included")
    .option("--dry-run", "show what would be undone, changing nothing")
    .addOption(wait().conflicts(["list", "dryRun"]));
  withExamples(
    made,
    ["testx rollback --dry-run", "look first"],
    ["testx rollback", "undo the newest run"],
    ["testx rollback --list", "the points that --to takes"],
  );
}
