import type { Command } from "commander";
import type { CommandName, CommandOptions } from "./options.ts";

type Make = <Name extends CommandName>(
  parent: Command,
  name: Name,
  description: string,
  convert: (given: Record<string, unknown>, args: readonly string[]) => CommandOptions[Name],
) => Command;

/** `testx cache …` */
export function cacheCommands(cache: Command, command: Make): void {
  const which = (given: Record<string, unknown>, [name]: readonly (string | undefined)[]) => ({
    ...(name === undefined ? {} : { integration: name }),
    ...(typeof given.kind === "string" ? { kind: given.kind } : {}),
  });
  const choosing = (made: Command): Command =>
    made
      .argument("[name]", "only of this integration")
      .option("--kind <kind>", "only of this kind: repository, users, schema …");
  command(cache, "cache stats", "Show how much is kept, and what it has saved", () => ({}));
  choosing(command(cache, "cache list", "List what is kept, and how old it is", which));
  choosing(command(cache, "cache clear", "Forget it, so that testx asks again", which));
  command(cache, "cache warm", "Ask for all that a plan looks at, changing nothing", () => ({}));
}
