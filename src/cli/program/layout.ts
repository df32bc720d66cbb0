import type { Command, Help, HelpConfiguration } from "commander";

/**
 * How help is laid out: what to type next comes first, and what every command understands is told
 * in full by `testx --help` alone.
 */
export const layout: HelpConfiguration = {
  minWidthToWrap: 20,
  subcommandTerm: (command) => {
    const args = command.registeredArguments.map((one) => {
      const name = `${one.name()}${one.variadic ? "..." : ""}`;
      return one.required ? `<${name}>` : `[${name}]`;
    });
    return [command.name(), ...args].join(" ");
  },
  formatHelp,
};

function formatHelp(command: Command, helper: Help): string {
  const columns = helper.helpWidth ?? 80;
  const term = helper.padWidth(command, helper);
  const list = (title: string, items: readonly (readonly [string, string])[]): string[] => {
    const lines = items.map(([name, text]) => helper.formatItem(name, term, text, helper));
    return helper.formatItemList(title, lines, helper);
  };
  const usage = helper.boxWrap(`Usage: ${helper.commandUsage(command)}`, columns);
  const output = [usage, ""];
  const about = helper.commandDescription(command);
  if (about !== "") output.push(helper.boxWrap(about, columns), "");
  const args = helper
    .visibleArguments(command)
    .map((one) => [helper.argumentTerm(one), helper.argumentDescription(one)] as const);
  output.push(...list("Arguments:", args));
  const groups = Map.groupBy(
    helper.visibleCommands(command),
    (one) => one.helpGroup() || "Commands:",
  );
  for (const [title, commands] of groups) {
    const items = commands.map(
      (one) => [helper.subcommandTerm(one), helper.subcommandDescription(one)] as const,
    );
    output.push(...list(title, items));
  }
  const options = helper
    .visibleOptions(command)
    .map((one) => [helper.optionTerm(one), helper.optionDescription(one)] as const);
  const program = top(command);
  const own = command === program ? "Options for every command:" : "Options:";
  output.push(...list(own, options));
  if (command !== program) {
    const names = program.options.map((one) => one.long).join(", ");
    const text = `Options for every command: ${names}; \`testx --help\` tells of them.`;
    output.push(helper.boxWrap(text, columns), "");
  }
  return output.join("\n");
}

function top(command: Command): Command {
  return command.parent === null ? command : top(command.parent);
}
