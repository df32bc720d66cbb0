import type { Command, Option } from "commander";
import { type Example, examplesOf } from "../program/examples.ts";

/** What completion needs to know of a command; the scripts are written from it. */
export interface Node {
  /** `["integrations", "setup"]`; empty for testx itself. */
  readonly path: readonly string[];
  readonly description: string;
  /** Its own and, at the end, those for every command. */
  readonly flags: readonly Flag[];
  /** `<shell>`, `[code]`; empty when it takes none. */
  readonly argument: string;
  /** What its argument may be. */
  readonly values: readonly string[];
  /** What `testx __complete` is to be asked for, beside these; empty: nothing. */
  readonly names: string;
  readonly examples: readonly Example[];
  readonly children: readonly Node[];
  /** Of one with children: alone it does what the first of them does. */
  readonly alone: boolean;
}

export interface Flag {
  /** `["-q", "--quiet"]` */
  readonly names: readonly string[];
  readonly description: string;
  readonly choices: readonly string[];
  /** `<format>`; empty when it takes none. */
  readonly value: string;
  /** As for the argument of a command. */
  readonly asks: string;
  /** Its value is a file or folder. */
  readonly isPath: boolean;
}

export function treeOf(program: Command): Node {
  return nodeOf(program, [], program.options.map(flagOf));
}

function nodeOf(command: Command, path: readonly string[], everywhere: readonly Flag[]): Node {
  const own = path.length === 0 ? [] : command.options.map(flagOf);
  return {
    path,
    description: command.description(),
    flags: [...own, ...everywhere, help],
    argument: command.registeredArguments
      .map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`))
      .join(" "),
    values: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    names: namesFor(command.registeredArguments[0]?.name() ?? ""),
    examples: examplesOf(command),
    alone: command.usage().startsWith("[command]"),
    children: command.commands.map((child) => nodeOf(child, [...path, child.name()], everywhere)),
  };
}

const help: Flag = {
  names: ["-h", "--help"],
  description: "show help",
  value: "",
  choices: [],
  asks: "",
  isPath: false,
};

const named: Readonly<Record<string, string>> = {
  integration: "integrations",
  step: "steps",
  "step[.field]": "steps",
  run: "runs",
  point: "points",
  code: "codes",
  // Of what waits: its step will do.
  id: "steps",
  names: "scenarios",
};

function namesFor(placeholder: string): string {
  return named[placeholder] ?? "";
}

function flagOf(option: Option): Flag {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  return {
    names,
    description: option.description,
    value: /[<[].*$/.exec(option.flags)?.[0] ?? "",
    choices: option.argChoices ?? [],
    asks: namesFor(/<(.*)>$/.exec(option.flags)?.[1] ?? ""),
    isPath: /<(path|dir|file)>/.test(option.flags),
  };
}

export function everyNode(node: Node): Node[] {
  return [node, ...node.children.flatMap(everyNode)];
}

/** All names of options that are followed by a value. */
export function valueFlags(root: Node): string[] {
  const names = everyNode(root).flatMap((node) =>
    node.flags.flatMap((flag) => (flag.value !== "" ? flag.names : [])),
  );
  return [...new Set(names)];
}
