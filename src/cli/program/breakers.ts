import { type Command, Option } from "commander";
import type { Define } from "./define.ts";
import { time } from "./values.ts";

/** `testx breakers …` */
export function breakerCommands(command: Define, program: Command): void {
  const breakers = command(
    program,
    "breakers",
    "Show which services are left alone because they fail, and until when",
    () => ({}),
  ).usage("[command] [options]");
  breakers.helpCommand(false);
  const reset: Command = command(
    breakers,
    "breakers reset",
    "Forget that a service failed: the next call goes",
    (given, args) => {
      const [name] = args;
      if ((name === undefined) === (given.all !== true)) {
        reset.error("error: Name an integration, or take --all for all of them.");
      }
      return name === undefined ? {} : { name };
    },
  )
    .argument("[name]", "the integration")
    .option("--all", "all integrations");
  command(breakers, "breakers open", "Send nothing to a service, until reset", (given, args) => ({
    name: args[0] as string,
    ...(typeof given.for === "number" ? { for: given.for } : {}),
  }))
    .argument("<name>", "the integration")
    .addOption(
      new Option("--for <time>", "for so long: 90s, 10m; a plain number is seconds").argParser(
        time,
      ),
    );
  command(breakers, "breakers close", "Never leave a service alone, until reset", (_, args) => ({
    name: args[0] as string,
  })).argument("<name>", "the integration");
}
