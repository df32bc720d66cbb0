import type { Command, CommanderError } from "commander";
import { type Failure, failure } from "../core/failure.ts";
import { suggest } from "../core/suggest.ts";
import type { Invocation } from "./options.ts";
import { programFor } from "./program.ts";

export type Parsed =
  | { readonly kind: "command"; readonly invocation: Invocation }
  | { readonly kind: "version" }
  /** Help that was asked for. */
  | { readonly kind: "help"; readonly text: string }
  /** `help`: the command's own, when only a part of a command was given. */
  | { readonly kind: "usage"; readonly failure: Failure; readonly help?: string };

/**
 * Arguments to options: pure, prints and ends nothing.
 * @param columns of the terminal, for help
 */
export function parse(argv: readonly string[], columns = 80): Parsed {
  return parseCommand(argv) ?? parseAll(argv, columns);
}

/**
 * Most arguments are a command that there is, and it is all that has to be made of the tree.
 * `undefined`: they are something else, which takes the whole tree to tell.
 */
function parseCommand(argv: readonly string[]): Parsed | undefined {
  const words = argv.filter((word) => !word.startsWith("-"));
  if (words.length === 0) return undefined;
  let invocation: Invocation | undefined;
  const program = programFor(
    (chosen) => {
      invocation = chosen;
    },
    (program) => program.exitOverride().configureOutput({ writeOut() {}, writeErr() {} }),
    words,
  );
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (!isCommanderError(error)) throw error;
    return undefined;
  }
  if (invocation === undefined || program.opts().version === true) return undefined;
  return { kind: "command", invocation };
}

function parseAll(argv: readonly string[], columns: number): Parsed {
  let invocation: Invocation | undefined;
  let text = "";
  const said = (part: string): void => {
    text += part;
  };
  const program = programFor(
    (chosen) => {
      invocation = chosen;
    },
    (program) =>
      program.exitOverride().configureOutput({
        writeOut: said,
        writeErr: said,
        outputError: () => {},
        getOutHelpWidth: () => columns,
        getErrHelpWidth: () => columns,
        getOutHasColors: () => false,
        getErrHasColors: () => false,
      }),
  );
  const helpOf = (command: Command): string => {
    text = "";
    command.outputHelp();
    return text;
  };
  if (argv.length === 0) return { kind: "help", text: helpOf(program) };
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (!isCommanderError(error)) throw error;
    if (error.code === "commander.helpDisplayed") {
      const { command, rest } = walk(program, argv);
      if (rest[0] === undefined || command.commands.length === 0) return { kind: "help", text };
      return { kind: "usage", failure: unknownCommand(command, rest[0]) };
    }
    if (program.opts().version === true) return { kind: "version" };
    if (error.code === "commander.help") return withoutCommand(program, argv, helpOf);
    return { kind: "usage", failure: usageFailure(error, program, argv) };
  }
  if (program.opts().version === true) return { kind: "version" };
  if (invocation === undefined) return { kind: "help", text: text || helpOf(program) };
  return { kind: "command", invocation };
}

/** `testx help …`, or a group without a command. */
function withoutCommand(
  program: Command,
  argv: readonly string[],
  helpOf: (command: Command) => string,
): Parsed {
  const { command, rest } = walk(program, argv);
  if (rest[0] === "help") {
    const wanted = walk(command, rest.slice(1));
    if (wanted.rest[0] === "help") return { kind: "help", text: helpOf(wanted.command) };
    if (wanted.rest.length === 0) return { kind: "help", text: helpOf(wanted.command) };
    return { kind: "usage", failure: unknownCommand(wanted.command, wanted.rest[0] as string) };
  }
  const message = `\`${path(command)}\` needs a command.`;
  const help = helpOf(command);
  return { kind: "usage", failure: failure("CLI_COMMAND_MISSING", message), help };
}

function usageFailure(error: CommanderError, program: Command, argv: readonly string[]): Failure {
  const said = error.message.replace(/^error: /, "").split("\n")[0] ?? "";
  const named = /'([^']*)'/.exec(said)?.[1] ?? "";
  const { command, rest } = walk(program, argv);
  if (error.code === "commander.unknownCommand") return unknownCommand(command, named);
  if (error.code === "commander.unknownOption") {
    if (rest[0] !== undefined && command.commands.length > 0)
      return unknownCommand(command, rest[0]);
    const flag = named.split("=")[0] as string;
    const options = [...program.options, ...command.options].map((option) => option.long ?? "");
    if (flag !== named && options.includes(flag)) {
      return failure("CLI_BAD_ARGUMENT", `${flag} takes no value.`);
    }
    const where = command === program ? "" : ` for \`${path(command)}\``;
    const message = `Unknown option "${flag}"${where}.`;
    const [meant] = suggest(flag, [...options, "--help"]);
    const hint = meant === undefined ? otherWay(program, command, flag) : "";
    return withHint("CLI_UNKNOWN_OPTION", `${message}${hint}`, meant);
  }
  // One that works by itself takes a misspelt command for an argument.
  if (error.code === "commander.excessArguments" && command.commands.length > 0) {
    return unknownCommand(command, rest[0] ?? "");
  }
  return badArgument(said, command);
}

/** What else leads to what an option of other commands does; empty: nothing. */
function otherWay(program: Command, command: Command, flag: string): string {
  if (flag === "--dry-run" && ["setup", "sync"].includes(command.name())) {
    return " `testx plan` shows what setup would do.";
  }
  const short = new Set(program.commands.map((one) => one.name()));
  const having = everyCommand(program).filter(
    (one) =>
      one.options.some(({ long }) => long === flag) &&
      (one.parent === program || !short.has(one.name())),
  );
  if (having.length === 0 || having.length > 2) return "";
  const names = having.map((one) => `\`${path(one)}\``).join(" and ");
  return ` ${names} ${having.length === 1 ? "has" : "have"} it.`;
}

/** What commander says, with what was meant when there is a choice. */
function badArgument(said: string, command: Command): Failure {
  const text = said.replace(/^command-argument value/, "the value");
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/\.?$/, ".");
  const given = /(?:argument|value) '([^']*)' is invalid/.exec(said)?.[1] ?? "";
  const choices = /Allowed choices are ([^.]*)\.$/.exec(said)?.[1]?.split(", ") ?? [];
  const details = { command: path(command) };
  const [meant] = suggest(given, choices);
  if (meant === undefined) return failure("CLI_BAD_ARGUMENT", sentence, { details });
  return failure("CLI_BAD_ARGUMENT", `${sentence} Did you mean "${meant}"?`, {
    details: { ...details, didYouMean: meant },
  });
}

function unknownCommand(within: Command, name: string): Failure {
  const names = within.commands.map((command) => command.name());
  const named = everyCommand(within).filter((command) => command.name() === name);
  const deeper = named.find(({ parent }) => parent?.name() === "integrations") ?? named[0];
  const asOption =
    within.parent === null && within.options.find(({ long }) => long === `--${name}`);
  const meant = asOption
    ? `--${name}`
    : deeper === undefined
      ? suggest(name, names)[0]
      : path(deeper).replace(/^testx /, "");
  // Of a group that is small enough to be told whole.
  const own = names.length === 0 ? "no commands of its own" : names.join(", ");
  const all = meant === undefined && within.parent ? ` \`${path(within)}\` has ${own}.` : "";
  return withHint("CLI_UNKNOWN_COMMAND", `Unknown command "${name}".${all}`, meant);
}

function withHint(code: string, message: string, meant: string | undefined): Failure {
  if (meant === undefined) return failure(code, message);
  return failure(code, `${message} Did you mean "${meant}"?`, { details: { didYouMean: meant } });
}

/** The deepest command that the words name, and the words behind it, without options. */
function walk(from: Command, argv: readonly string[]): { command: Command; rest: string[] } {
  const end = argv.indexOf("--");
  const words = (end < 0 ? argv : argv.slice(0, end)).filter(
    (word, at) => !word.startsWith("-") && !takesValue(from, argv[at - 1]),
  );
  let command = from;
  for (const [at, word] of words.entries()) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) return { command, rest: words.slice(at) };
    command = next;
  }
  return { command, rest: [] };
}

function takesValue(command: Command, flag: string | undefined): boolean {
  return everyCommand(command).some((one) =>
    one.options.some((option) => option.long === flag && option.required),
  );
}

export function path(command: Command): string {
  const above = command.parent === null ? "" : `${path(command.parent)} `;
  return above + command.name();
}

export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}
