import { everyNode, type Flag, type Node, treeOf } from "../../src/cli/completion/tree.ts";
import { programFor } from "../../src/cli/program.ts";

const exitCodes: readonly (readonly [number, string])[] = [
  [0, "done"],
  [1, "failed, and everything undone"],
  [2, "bad usage or configuration"],
  [3, "`plan --exit-code` found changes"],
  [4, "a secret, scope or prerequisite is missing"],
  [5, "done but degraded: a fallback was used, or steps were deferred"],
  [6, "a rollback left residue that needs a person"],
  [7, "another run holds the lock"],
  [130, "interrupted; the next setup goes on"],
];

/** `docs/cli.md`: every command with its options. */
export function cliMarkdown(): string {
  const root = treeOf(programFor(() => {}));
  const nodes = everyNode(root).filter(
    (node) => node.path.length > 0 && node.children.length === 0,
  );
  const everywhere = new Set(root.flags.flatMap((flag) => flag.names));
  const own = (node: Node): Flag[] =>
    node.flags.filter((flag) => !flag.names.some((name) => everywhere.has(name)));
  const lines = [
    "# Commands",
    "",
    "<!-- Made from the commands themselves by `npm run docs`: change them there. -->",
    "",
    root.description,
    "",
    "Progress goes to standard error, results to standard output. With `--json` standard output is JSON only: one document, or for `setup`, `sync` and `rollback` one event a line, the last of which is `run.finished`.",
    "",
    "## Options for every command",
    "",
    "They may stand before or after the command.",
    "",
    ...table(root.flags),
    "",
  ];
  for (const node of nodes) {
    const [first, ...rest] = node.path;
    // The short forms are told with the long ones.
    if (
      rest.length === 0 &&
      nodes.some(({ path }) => path[0] === "integrations" && path[1] === first)
    ) {
      continue;
    }
    lines.push(
      `## testx ${node.path.join(" ")}${node.argument === "" ? "" : ` ${node.argument}`}`,
      "",
    );
    lines.push(`${node.description}.`);
    const above = everyNode(root).find(({ children }) => children[0] === node);
    if (above?.alone) lines[lines.length - 1] += ` Short: \`testx ${above.path.join(" ")}\`.`;
    const short = nodes.some(({ path }) => path.length === 1 && path[0] === rest[0]);
    if (short) lines[lines.length - 1] += ` Short: \`testx ${rest[0]}\`.`;
    if (node.values.length > 0) lines.push("", `Argument: ${choices(node.values)}.`);
    lines.push("");
    if (own(node).length > 0) lines.push(...table(own(node)), "");
    lines.push(...examples(node.examples), "");
  }
  lines.push("## Exit codes", "", "| code | meaning |", "| ---: | --- |");
  for (const [code, meaning] of exitCodes) lines.push(`| ${code} | ${meaning} |`);
  return `${lines.join("\n")}\n`;
}

function examples(all: Node["examples"]): string[] {
  const column = Math.max(...all.map(([typed]) => typed.length)) + 2;
  return ["```", ...all.map(([typed, does]) => `${typed.padEnd(column)}# ${does}`), "```"];
}

function table(flags: readonly Flag[]): string[] {
  const rows = flags.map((flag) => {
    const names = flag.names.join("`, `");
    const value = flag.value === "" ? "" : ` ${flag.value}`;
    const allowed = flag.choices.length === 0 ? "" : `: ${choices(flag.choices)}`;
    return `| \`${names}${value}\` | ${flag.description}${allowed} |`;
  });
  return ["| option | what it does |", "| --- | --- |", ...rows];
}

function choices(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(", ");
}
