import { type Command, InvalidArgumentError, Option } from "commander";
import { type CiSystem, ciSystems } from "../options.ts";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";
import { many } from "./values.ts";

/** `testx simulate` */
export function simulateCommand({ command }: Define, program: Command): void {
  const made: Command = command(
    program,
    "simulate",
    "Play outages against your sequence, without an account",
    (given, args) => ({
      names: namesIn(args, given),
      ...(typeof given.filter === "string" ? { filter: given.filter } : {}),
      list: given.list === true,
      bail: given.bail === true,
      seed: given.seed as number,
      realTime: given.realTime === true,
      ...(typeof given.jobs === "number" ? { jobs: given.jobs } : {}),
      ...(typeof given.junit === "string" ? { junit: given.junit } : {}),
      ...(typeof given.markdown === "string" ? { markdown: given.markdown } : {}),
      ...(typeof given.explore === "number" ? { explore: given.explore } : {}),
      ...(given.initCi === undefined ? {} : { initCi: ciSystem(given.initCi) }),
      force: given.force === true,
    }),
  )
    .argument("[names...]", "scenarios, as --list names them (default: all)")
    .option("--filter <text>", "only those with this in their names; * stands for anything")
    .addOption(
      new Option("--list", "list the scenarios, playing none").conflicts(["junit", "markdown"]),
    )
    .option("--bail", "stop at the first that fails")
    .addOption(
      new Option("--seed <number>", "what chance is drawn from; the same one tells the same story")
        .argParser(whole)
        .default(1),
    )
    .addOption(
      new Option("--explore <number>", "play so many random outages, beginning at the seed")
        .argParser(many)
        .conflicts(["list", "filter", "junit", "markdown"]),
    )
    .addOption(
      new Option("--jobs <number>", "play so many at once (default: one a core)").argParser(some),
    )
    .option("--junit <file>", "write the results as JUnit XML")
    .option("--markdown <file>", "write the results as Markdown, for a pull request")
    .addOption(
      new Option("--init-ci [system]", "write a CI job that does all this, and play nothing")
        .choices(ciSystems)
        .conflicts(["list", "explore"]),
    )
    .option("--force", "with --init-ci: replace a file that is there")
    .option("--real-time", "let time pass as it does (3s of a long wait), for a demonstration");
  withExamples(
    made,
    ["testx simulate", "every outage that concerns your sequence"],
    ["testx simulate --list", "which ones there are"],
    ["testx simulate --explore 20 --seed 7", "twenty that chance makes up"],
  );

  function namesIn([names]: readonly unknown[], given: Record<string, unknown>): readonly string[] {
    const named = (names ?? []) as readonly string[];
    if (named.length > 0 && given.explore !== undefined) {
      made.error("error: --explore makes up its own outages: leave out the names.");
    }
    return named;
  }
}

function ciSystem(given: unknown): CiSystem {
  return given === true ? "github" : (given as CiSystem);
}

/** At least one, and not so many that the machine is busy with nothing else. */
function some(value: string): number {
  const jobs = whole(value);
  if (jobs < 1 || jobs > 64) throw new InvalidArgumentError("It must be from 1 to 64.");
  return jobs;
}

function whole(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(value);
}
