import { type Command, Option } from "commander";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";
import { many } from "./values.ts";

export function dashboardCommand({ command }: Define, parent: Command): void {
  const made = command(parent, "dashboard", "Show how everything is, as it changes", () => ({}));
  withExamples(
    made,
    ["testx dashboard", "on a terminal: until q, ? tells the keys"],
    ["testx dashboard --json", "once, for a script"],
  );
}

/** `testx history …` */
export function historyCommands({ command, acting }: Define, parent: Command): void {
  const description = "List the runs: when, how long, what came of it";
  const listing = (given: Record<string, unknown>) => ({ limit: given.limit as number });
  const limit = () =>
    new Option("--limit <number>", "how many of the newest").argParser(many).default(20);
  const history = acting(parent.command("history").description(description), "history", listing)
    .usage("[command] [options]")
    .addOption(limit())
    .helpCommand(false);
  withExamples(
    history,
    ["testx history --limit 5", "the newest five runs"],
    ["testx history show last", "what the newest one did"],
  );
  // Options are the command's above when it has one of that name, whatever stands between.
  const list = acting(history.command("list").description("List the runs"), "history", () =>
    listing(history.opts()),
  ).addOption(limit());
  withExamples(list, ["testx history list --limit 5", "the newest five runs"]);
  const show = command(
    history,
    "history show",
    "Show what a run did, one thing after the other",
    (_, args) => ({ run: args[0] as string }),
  ).argument("<run>", "the run's id or its beginning, or last");
  withExamples(
    show,
    ["testx history show last", "the newest run"],
    ["testx history show 20260131", "the one whose id begins so"],
  );
}
