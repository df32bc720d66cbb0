import { everyNode, type Flag, type Node, valueFlags } from "./tree.ts";

export function zshScript(root: Node): string {
  const nodes = everyNode(root);
  const paths = nodes
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => `'${path.join(" ")}'`);
  return `#compdef testx
# Completion of testx for zsh. In ~/.zshrc, after compinit: eval "$(testx completion zsh)"
# Names that only the project knows.
_testx_names() {
  [[ -n $kind ]] || return 0
  values+=(\${(f)"$(\${words[1]} __complete $kind \${words[2,-1]} 2>/dev/null)"})
}
_testx() {
  local at='' before='' skip='' kind='' word i
  local -a commands values options
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    before="$word"
    if [[ -n $skip ]]; then skip=''; before=''; continue; fi
    case "$word" in
      ${valueFlags(root).join("|")}) skip=1 ;;
      -*) ;;
      *)
        case "\${at:+$at }$word" in
          ${paths.join("|")}) at="\${at:+$at }$word" ;;
        esac ;;
    esac
  done
  if [[ -n $skip ]]; then
    case "\${at:+$at }$before" in
${nodes.flatMap(valueCases).join("\n")}
      *) _files; return ;;
    esac
    _testx_names
    compadd -a values
    return
  fi
  case "$at" in
${nodes.map(nodeCase).join("\n")}
  esac
  [[ $PREFIX == -* ]] || _testx_names
  if [[ $PREFIX == -* ]]; then
    _describe -o option options
  elif (( \${#values} )); then
    compadd -a values
  elif (( \${#commands} )); then
    _describe command commands
  fi
}
if [[ $funcstack[1] == _testx ]]; then _testx "$@"; else compdef _testx testx; fi
`;
}

function nodeCase(node: Node): string {
  const commands = node.children.map((child) =>
    described(child.path.at(-1) as string, child.description),
  );
  const options = node.flags.flatMap((flag) =>
    flag.names.map((name) => described(name, flag.description)),
  );
  return `    '${node.path.join(" ")}')
      commands=(${commands.join(" ")})
      values=(${node.values.join(" ")})${node.names === "" ? "" : `; kind=${node.names}`}
      options=(${options.join(" ")}) ;;`;
}

function valueCases(node: Node): string[] {
  const closed = (flag: Flag): boolean => flag.choices.length > 0 || flag.asks !== "";
  return node.flags.filter(closed).map((flag) => {
    const names = flag.names.map((name) => `'${[...node.path, name].join(" ")}'`);
    const what = flag.asks === "" ? `values=(${flag.choices.join(" ")})` : `kind=${flag.asks}`;
    return `      ${names.join("|")}) ${what} ;;`;
  });
}

function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(":", "\\:")}:${description}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
