import { Argument, type Command } from "commander";
import { type CommandOptions, shells } from "../options.ts";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";

export function doctorCommand({ command }: Define, parent: Command): void {
  const made = command(
    parent,
    "doctor",
    "Find out what is wrong, and name the one cause",
    (_, args) => ({ integrations: (args as unknown as [string[]])[0] }),
  ).argument("[integration...]", "only what concerns these");
  withExamples(
    made,
    ["testx doctor", "everything, in the order of what depends on what"],
    ["testx doctor slack", "only what Slack needs"],
  );
}

export function explainCommand({ command }: Define, parent: Command): void {
  const made = command(
    parent,
    "explain",
    "Explain an error code and what to do about it",
    (given, args) => ({
      ...(args[0] === undefined ? {} : { code: args[0] }),
      list: given.list === true,
    }),
  )
    .argument("[code]", "for example CONFIG_UNKNOWN_KEY")
    .option("--list", "list all codes");
  withExamples(
    made,
    ["testx explain GRAPH_CYCLE", "what happened, why, what next"],
    ["testx explain --list", "all codes there are"],
  );
}

export function completionCommand({ command }: Define, parent: Command): void {
  const made = command(
    parent,
    "completion",
    "Print a completion script for a shell",
    (_, args) => ({
      shell: args[0] as CommandOptions["completion"]["shell"],
    }),
  ).addArgument(new Argument("<shell>", "your shell").choices(shells));
  withExamples(
    made,
    ['eval "$(testx completion bash)"', "in ~/.bashrc; zsh in ~/.zshrc"],
    ["testx completion fish | source", "in ~/.config/fish/config.fish"],
  );
}
