import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../support/cli.ts";
import { folder, testx } from "./world.ts";

const run = promisify(execFile);
const scripts = new Map<string, string>();

beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out } = await testx(`completion ${shell}`, { cwd: "/" });
    expect(code).toBe(0);
    scripts.set(shell, out);
  }
});

const cases: [string[], string[]][] = [
  [["testx", "integ"], ["integrations"]],
  [["testx", "integrations", "o"], ["outputs"]],
  [
    ["testx", "integrations", ""],
    [
      "plan",
      "setup",
      "sync",
      "rollback",
      "status",
      "drift",
      "health",
      "outputs",
      "list",
      "graph",
      "metrics",
    ],
  ],
  [["testx", "--config", "x", "plan", "--exit"], ["--exit-code"]],
  [
    ["testx", "integrations", "outputs", "--format", ""],
    ["env", "json", "github"],
  ],
  [
    ["testx", "completion", ""],
    ["bash", "zsh", "fish"],
  ],
  [["testx", "config", "schema", "re"], ["retry"]],
  [
    ["testx", "integrations", "health", ""],
    ["slack", "notion", "github", "anykrowd"],
  ],
  [["testx", "doctor", "slack", "no"], ["notion"]],
  [
    ["testx", "setup", "--adopt", "slack."],
    ["slack.channel", "slack.welcome"],
  ],
  [["testx", "deferred", "show", "slack.w"], ["slack.welcome"]],
  [["testx", "explain", "GRAPH_C"], ["GRAPH_CYCLE"]],
  [["testx", "history", "show", "la"], ["last"]],
  [
    ["testx", "simulate", "crash-"],
    ["crash-and-undo", "crash-unsent", "crash-at-the-record", "crash-twice", "crash-in-rollback"],
  ],
  [["testx", "simulate", "token-"], ["token-revoked-after-notion"]],
  [["testx", "rollback", "--run", ""], ["last"]],
  [["testx", "--config", "nowhere", "doctor", ""], []],
];

/** A project, and a `testx` for the shells to ask. */
function project(): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = folder();
  cpSync(join(root, "config"), join(cwd, "config"), { recursive: true });
  mkdirSync(join(cwd, "bin"));
  symlinkSync(process.execPath, join(cwd, "bin/node"));
  symlinkSync(join(root, "bin/testx.js"), join(cwd, "bin/testx"));
  return {
    cwd,
    env: { ...process.env, HOME: cwd, PATH: `${join(cwd, "bin")}:${process.env.PATH}` },
  };
}

describe("bash", () => {
  async function complete(words: readonly string[]): Promise<string[]> {
    const place = project();
    const file = join(place.cwd, "testx.bash");
    const quoted = words.map((word) => `'${word}'`).join(" ");
    writeFileSync(
      file,
      `${scripts.get("bash")}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _testx; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );
    const { stdout } = await run("bash", ["--norc", file], place);
    return stdout.split("\n").filter(Boolean);
  }

  it.each(cases)("%j", async (words, expected) => {
    expect(await complete(words)).toEqual(expected);
  });

  it("completes values behind an equals sign, and files where a file belongs", async () => {
    expect(await complete(["testx", "integrations", "graph", "--format", "=", "do"])).toEqual([
      "dot",
    ]);
    expect(await complete(["testx", "--config", "/et"])).toEqual(["/etc"]);
  });

  it("stays quiet and knows the command in a script that stops at errors", async () => {
    const file = join(folder(), "testx.bash");
    writeFileSync(file, `set -eu\n${scripts.get("bash")}\ncomplete -p testx`);
    const { stdout, stderr } = await run("bash", ["--norc", file]);
    expect({ stdout, stderr }).toEqual({ stdout: "complete -F _testx testx\n", stderr: "" });
  });
});

const has = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;
for (const shell of ["fish", "zsh"]) {
  if (!has(shell)) console.warn(`${shell} is not installed: its completion is not tried.`);
}

describe.runIf(has("fish"))("fish", () => {
  it.each(cases.filter(([, expected]) => expected.length > 0))("%j", async (words, expected) => {
    const place = project();
    const file = join(place.cwd, "testx.fish");
    writeFileSync(file, `${scripts.get("fish")}\ncomplete -C "${words.join(" ")}"`);
    const { stdout } = await run("fish", ["--no-config", file], place);
    const found = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("\t")[0]);
    expect(found.sort()).toEqual([...expected].sort());
  });
});

describe.runIf(has("zsh"))("zsh", () => {
  it.each(cases)("%j", async (words, expected) => {
    const place = project();
    const file = join(place.cwd, "testx.zsh");
    const quoted = words.map((word) => `'${word}'`).join(" ");
    // Completion itself needs a terminal: what would be offered is looked at instead.
    writeFileSync(
      file,
      `compdef() {}
_describe() { local name=\${@[-1]}; print -l -- \${\${(P)name}%%:*} }
compadd() { print -l -- \${(P)2} }
_files() {}
${scripts.get("zsh")}
words=(${quoted}); CURRENT=${words.length}; PREFIX='${words.at(-1)}'; _testx`,
    );
    const { stdout, stderr } = await run("zsh", ["-f", file], place);
    expect(stderr).toBe("");
    const offered = stdout
      .split("\n")
      .filter((one) => one.startsWith(words.at(-1) as string) && one);
    expect(offered).toEqual(expected);
  });
});
