import { everyNode, type Flag, type Node, valueFlags } from "./tree.ts";

export function fishScript(root: Node): string {
  const nodes = everyNode(root);
  const paths = nodes
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => quoted(path.join(" ")));
  return `# Completion of testx for fish. testx completion fish > ~/.config/fish/completions/testx.fish
function __testx_at
  set -l path ''
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
      continue
    end
    switch $word
      case ${valueFlags(root).map(quoted).join(" ")}
        set skip 1
      case '-*'
      case '*'
        set -l longer (string trim -- "$path $word")
        if contains -- $longer ${paths.join(" ")}
          set path $longer
        end
    end
  end
  test "$path" = "$argv[1]"
end
# Names that only the project knows.
function __testx_names
  set -l words (commandline -opc)
  $words[1] __complete $argv[1] $words[2..-1] 2>/dev/null
end
complete -c testx -f
${nodes.flatMap(lines).join("\n")}
`;
}

function lines(node: Node): string[] {
  const at = quoted(`__testx_at ${quoted(node.path.join(" "))}`);
  const commands = node.children.map(
    (child) =>
      `complete -c testx -n ${at} -a ${quoted(child.path.at(-1) as string)} -d ${quoted(child.description)}`,
  );
  const values = node.values.map((value) => `complete -c testx -n ${at} -a ${quoted(value)}`);
  const asks = node.names === "" ? [] : [`complete -c testx -n ${at} -a ${asking(node.names)}`];
  return [...commands, ...values, ...asks, ...node.flags.map((flag) => option(flag, at))];
}

function option(flag: Flag, at: string): string {
  const names = flag.names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const value = flag.isPath
    ? " -r -F"
    : flag.choices.length > 0
      ? ` -x -a ${quoted(flag.choices.join(" "))}`
      : flag.asks !== ""
        ? ` -x -a ${asking(flag.asks)}`
        : flag.value !== ""
          ? " -x"
          : "";
  return `complete -c testx -n ${at} ${names.join(" ")}${value} -d ${quoted(flag.description)}`;
}

function asking(names: string): string {
  return quoted(`(__testx_names ${names})`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
