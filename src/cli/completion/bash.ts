import { everyNode, type Node, valueFlags } from "./tree.ts";

/** A script without dependencies, for bash 3.2 and newer. */
export function bashScript(root: Node): string {
  const nodes = everyNode(root);
  const paths = nodes.filter(({ path }) => path.length > 0).map(({ path }) => pattern(path));
  const cases = nodes.map((node) => {
    const names = [...node.children.map(({ path }) => path.at(-1)), ...node.values];
    const flags = node.flags.flatMap((flag) => flag.names.filter((name) => name.startsWith("--")));
    return `    ${pattern(node.path)}) words='${names.join(" ")}'; ${node.names === "" ? "" : `kind=${node.names}; `}flags='${flags.join(" ")}' ;;`;
  });
  const values = nodes.flatMap((node) =>
    node.flags
      .filter((flag) => flag.choices.length > 0 || flag.asks !== "")
      .map(
        (flag) =>
          `    ${flag.names.map((name) => `'${[...node.path, name].join(" ")}'`).join("|")}) ${flag.asks === "" ? `words='${flag.choices.join(" ")}'` : `kind=${flag.asks}`} ;;`,
      ),
  );
  const files = names(nodes, (flag) => flag.isPath);
  return `# Completion of testx for bash. In ~/.bashrc: eval "$(testx completion bash)"
_testx() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' before='' skip='' words='' flags='' kind='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    [[ $word == '=' ]] && continue
    before="$word"
    if [[ -n $skip ]]; then skip=''; before=''; continue; fi
    case "$word" in
      ${valueFlags(root).join("|")}) skip=1 ;;
      -*) ;;
      *)
        case "\${path:+$path }$word" in
          ${paths.join("|")}) path="\${path:+$path }$word" ;;
        esac ;;
    esac
  done
  [[ $current == '=' ]] && current=''
  COMPREPLY=()
  if [[ -n $skip ]]; then
    case "$before" in
      ${files.join("|")})
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
        compopt -o filenames 2>/dev/null
        return ;;
    esac
    case "\${path:+$path }$before" in
${values.join("\n")}
    esac
  else
    case "$path" in
${cases.join("\n")}
    esac
    [[ $current == -* ]] && words="$flags" kind=''
  fi
  # Names that only the project knows.
  if [[ -n $kind ]]; then
    words+=" $("\${COMP_WORDS[0]}" __complete "$kind" "\${COMP_WORDS[@]:1}" 2>/dev/null)" || :
  fi
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
}
complete -F _testx testx
`;
}

function pattern(path: readonly string[]): string {
  return `'${path.join(" ")}'`;
}

function names(nodes: readonly Node[], wanted: (flag: Node["flags"][number]) => boolean): string[] {
  return [
    ...new Set(nodes.flatMap((node) => node.flags.filter(wanted).flatMap((flag) => flag.names))),
  ];
}
