import type { Command } from "commander";
import type { CommandName, CommandOptions, GlobalOptions, Invocation } from "../options.ts";

/** Makes a command's options of what the arguments gave. */
type Convert<Name extends CommandName> = (
  given: Record<string, unknown>,
  args: readonly string[],
) => CommandOptions[Name];

/** Adds commands to others. */
export interface Define {
  /** Called as the last word of its name. */
  command<Name extends CommandName>(
    parent: Command,
    name: Name,
    description: string,
    convert: Convert<Name>,
  ): Command;
  /** Makes a command that is there do the work of this one. */
  acting<Name extends CommandName>(made: Command, name: Name, convert: Convert<Name>): Command;
  /** Commands that have a word in common. */
  group(name: string, description: string): Command;
}

/** `chosen` is told which command the arguments name. */
export function defining(program: Command, chosen: (invocation: Invocation) => void): Define {
  const acting: Define["acting"] = (made, name, convert) =>
    made.action((...given: unknown[]) => {
      const options = convert(made.opts(), given.slice(0, -2) as string[]);
      chosen({ command: name, options, global: globalOptions(program) } as Invocation);
    });
  return {
    acting,
    command: (parent, name, description, convert) => {
      const made = parent.command(name.split(" ").at(-1) as string).description(description);
      return acting(made, name, convert);
    },
    group: (name, description) =>
      program
        .command(name)
        .description(description)
        .usage("<command> [options]")
        .helpCommand(false),
  };
}

function globalOptions(program: Command): GlobalOptions {
  const { config, state, log, logLevel, ...flags } = program.opts();
  return {
    json: flags.json === true,
    ...(config === undefined ? {} : { config }),
    ...(state === undefined ? {} : { state }),
    ...(log === undefined ? {} : { log }),
    ...(logLevel === undefined ? {} : { logLevel }),
    color: flags.color !== false,
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
    sandbox: flags.sandbox === true,
  };
}
