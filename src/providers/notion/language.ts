/** The languages of Notion's code blocks. https://developers.notion.com/reference/block#code */
const known = new Set(
  (
    "abap,abc,agda,arduino,ascii art,assembly,bash,basic,bnf,c,c#,c++,clojure,coffeescript,coq," +
    "css,dart,dhall,diff,docker,ebnf,elixir,elm,erlang,f#,flow,fortran,gherkin,glsl,go,graphql," +
    "groovy,haskell,hcl,html,idris,java,javascript,json,julia,kotlin,latex,less,lisp,livescript," +
    "llvm ir,lua,makefile,markdown,markup,matlab,mathematica,mermaid,nix,notion formula," +
    "objective-c,ocaml,pascal,perl,php,plain text,powershell,prolog,protobuf,purescript,python,r," +
    "racket,reason,ruby,rust,sass,scala,scheme,scss,shell,smalltalk,solidity,sql,swift,toml," +
    "typescript,vb.net,verilog,vhdl,visual basic,webassembly,xml,yaml,java/c/c++/c#"
  ).split(","),
);

const aliases: Readonly<Record<string, string>> = {
  cc: "c++",
  cjs: "javascript",
  console: "shell",
  cpp: "c++",
  cs: "c#",
  csharp: "c#",
  cts: "typescript",
  dockerfile: "docker",
  fsharp: "f#",
  golang: "go",
  h: "c",
  hpp: "c++",
  js: "javascript",
  json5: "json",
  jsonc: "json",
  jsx: "javascript",
  kt: "kotlin",
  make: "makefile",
  md: "markdown",
  mjs: "javascript",
  mts: "typescript",
  objc: "objective-c",
  patch: "diff",
  proto: "protobuf",
  ps1: "powershell",
  py: "python",
  rb: "ruby",
  rs: "rust",
  sh: "shell",
  shellscript: "shell",
  svg: "xml",
  terraform: "hcl",
  tex: "latex",
  tf: "hcl",
  ts: "typescript",
  tsx: "typescript",
  vb: "visual basic",
  wasm: "webassembly",
  yml: "yaml",
  zsh: "shell",
};

/** What follows the fence, as one of Notion's names; `plain text` for what it does not know. */
export function languageOf(info: string | undefined): string {
  const word = (info ?? "").trim().toLowerCase();
  const [first = ""] = word.split(/[\s{,:]/);
  for (const name of [word, first]) {
    if (known.has(name)) return name;
    if (Object.hasOwn(aliases, name)) return aliases[name] ?? "plain text";
  }
  return "plain text";
}
