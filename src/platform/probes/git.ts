import { isAbsolute, relative } from "node:path";
import { getBuiltinModule } from "node:process";
import { GitError, type GitProbe } from "../../core/probes.ts";

/** For one question, in ms: git waits for ever where a file system or a hook of it does. */
const longestMs = 10_000;

/** Asks git, where there is one. Texts go to its standard input, never into its arguments. */
export function gitProbe(env: Readonly<Record<string, string | undefined>>): GitProbe {
  const git = (folder: string, args: readonly string[], input = ""): Promise<Ended> =>
    run(folder, args, input, { ...env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" });
  /** Tracked files of the working tree that hold one of the texts. */
  const filesWith = async (folder: string, texts: readonly string[]): Promise<string[]> => {
    const args = ["grep", "-I", "-l", "-z", "-F", "-f", "-", "--"];
    const { code, out, why } = await git(folder, args, `${texts.join("\n")}\n`);
    // What git ends with where it has found nothing.
    if (code === 1) return [];
    return namesIn(code, out, why);
  };
  return {
    async tracked(folder, paths) {
      const inside = paths.filter((path) => {
        const from = relative(folder, path);
        return !from.startsWith("..") && !isAbsolute(from);
      });
      if (inside.length === 0) return [];
      const { code, out, why } = await git(folder, ["ls-files", "-z", "--", ...inside]);
      return namesIn(code, out, why);
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
  /** Why it failed, where it did. */
  readonly why: string;
}

function namesIn(code: number | null, out: string, why: string): string[] {
  if (code === 0) return out.split("\0").filter((name) => name !== "");
  throw new GitError(why);
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
    const child = spawn("git", args, { cwd, env, stdio: "pipe" });
    let [out, said] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      out += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      said = (said + chunk).slice(0, 1000);
    });
    const late = setTimeout(() => {
      child.kill("SIGKILL");
      // Its children may hold the pipes.
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code: null, out: "", why: `it gave no answer in ${longestMs / 1000} s` });
    }, longestMs);
    child.on("exit", () => clearTimeout(late));
    child.on("error", ({ code }: NodeJS.ErrnoException) => {
      clearTimeout(late);
      const why = code === "ENOENT" ? "it is not installed" : `it cannot be started (${code})`;
      resolve({ code: null, out: "", why });
    });
    child.on("close", (code) => {
      const [line = ""] = said.split("\n");
      resolve({ code, out, why: line.replace(/^fatal: /, "") || `it ended with code ${code}` });
    });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
