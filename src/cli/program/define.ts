import type { Command } from "commander";
import type { CommandName, CommandOptions } from "./options.ts";

/** Adds a command to another; `convert` makes its options of what the arguments gave. */
export type Define = <Name extends CommandName>(
  parent: Command,
  name: Name,
  description: string,
  convert: (given: Record<string, unknown>, args: readonly string[]) => CommandOptions[Name],
) => Command;
