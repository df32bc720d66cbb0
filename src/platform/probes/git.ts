import { isAbsolute, relative } from "node:path";
import { getBuiltinModule } from "node:process";
import type { GitProbe } from "../../core/probes.ts";

/** Asks git, where there is one. Texts go to its standard input, never into its arguments. */
export function gitProbe(env: Readonly<Record<string, string | undefined>>): GitProbe {
  const git = (folder: string, args: readonly string[], input = ""): Promise<Ended> =>
    run(folder, args, input, { ...env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" });
  /** Tracked files of the working tree that hold one of the texts. */
  const filesWith = async (folder: string, texts: readonly string[]): Promise<string[]> => {
    const args = ["grep", "-I", "-l", "-z", "-F", "-f", "-", "--"];
    const { code, out } = await git(folder, args, `${texts.join("\n")}\n`);
    return code === 0 ? out.split("\0").filter((file) => file !== "") : [];
  };
  return {
    async tracked(folder, paths) {
      const inside = paths.filter((path) => {
        const from = relative(folder, path);
        return !from.startsWith("..") && !isAbsolute(from);
      });
      if (inside.length === 0) return [];
      const { code, out } = await git(folder, ["ls-files", "-z", "--", ...inside]);
      return code === 0 ? out.split("\0").filter((path) => path !== "") : [];
    },
    async holding(folder, texts) {
      const usable = texts.filter((text) => text !== "" && !/[\n\0]/.test(text));
      // Mostly no text is anywhere, which one look at all files shows.
      if (usable.length === 0 || (await filesWith(folder, usable)).length === 0) return [];
      const found = await Promise.all(
        usable.map(async (text) =>
          (await filesWith(folder, [text])).map((file) => ({ file, text: texts.indexOf(text) })),
        ),
      );
      return found.flat();
    },
  };
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

function run(
  cwd: string,
  args: readonly string[],
  input: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Ended> {
  return new Promise((resolve) => {
    // Loaded where there is something to ask: it takes longer than most checks.
    const { spawn } = getBuiltinModule("node:child_process");
    const child = spawn("git", args, { cwd, env, stdio: ["pipe", "pipe", "ignore"] });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      out += chunk;
    });
    child.on("error", () => resolve({ code: null, out: "" }));
    child.on("close", (code) => resolve({ code, out }));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
