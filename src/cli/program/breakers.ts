import { type Command, Option } from "commander";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";
import { time } from "./values.ts";

/** `testx breakers …` */
export function breakerCommands({ command, acting }: Define, program: Command): void {
  const description = "Show which services are left alone because they fail, and until when";
  const breakers = command(program, "breakers", description, () => ({}))
    .usage("[command] [options]")
    .helpCommand(false);
  withExamples(
    breakers,
    ["testx breakers", "which are open, and why"],
    ["testx breakers reset slack", "Slack is back: call it again at once"],
  );
  const list = acting(breakers.command("list").description(description), "breakers", () => ({}));
  withExamples(list, ["testx breakers list", "the same as testx breakers"]);
  const reset: Command = command(
    breakers,
    "breakers reset",
    "Forget that a service failed: the next call goes",
    (given, args) => {
      const [name] = args;
      if ((name === undefined) === (given.all !== true)) {
        reset.error("error: Either name an integration or take --all for all of them.");
      }
      return name === undefined ? {} : { name };
    },
  )
    .argument("[integration]", "whose")
    .option("--all", "all integrations");
  withExamples(
    reset,
    ["testx breakers reset slack", "call Slack again at once"],
    ["testx breakers reset --all", "call everything again"],
  );
  const open = command(
    breakers,
    "breakers open",
    "Send nothing to a service, until reset",
    (given, args) => ({
      name: args[0] as string,
      ...(typeof given.for === "number" ? { for: given.for } : {}),
    }),
  )
    .argument("<integration>", "whose")
    .addOption(
      new Option("--for <time>", "for so long: 90s, 10m; a plain number is seconds").argParser(
        time,
      ),
    );
  withExamples(open, ["testx breakers open notion --for 10m", "leave Notion alone for a while"]);
  const close = command(
    breakers,
    "breakers close",
    "Never leave a service alone, until reset",
    (_, args) => ({ name: args[0] as string }),
  ).argument("<integration>", "whose");
  withExamples(close, ["testx breakers close notion", "go on calling it, whatever it answers"]);
}
