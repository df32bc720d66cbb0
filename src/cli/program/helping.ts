import { Argument, type Command } from "commander";
import { type CommandOptions, shells } from "../options.ts";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";

export function doctorCommand({ command }: Define, parent: Command): void {
  const made = command(
    parent,
    "doctor",
    "Find out what is wrong, and name the one cause",
    (given, args) => ({
      integrations: (args as unknown as [string[]])[0],
      fix: given.fix === true,
      yes: given.yes === true,
      ...(typeof given.bundle === "string" ? { bundle: given.bundle } : {}),
    }),
  )
    .argument("[integration...]", "only what concerns these")
    .option("--fix", "mend what can be mended safely, after showing it")
    .option("-y, --yes", "with --fix: do not ask first")
    .option("--bundle <file>", "write what a helper needs into this archive (.tar.gz), no secrets");
  withExamples(
    made,
    ["testx doctor", "everything, in the order of what depends on what"],
    ["testx doctor slack", "only what Slack needs"],
    ["testx doctor --fix", "mend what is safe to mend"],
    ["testx doctor --bundle help.tar.gz", "for whoever helps you"],
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
