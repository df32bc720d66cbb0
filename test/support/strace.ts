import { spawnSync } from "node:child_process";

/** Whether system calls can be watched and disturbed here; CI installs strace where it is root. */
export const canTrace =
  spawnSync("strace", ["-f", "-qq", "-e", "trace=none", "true"], { stdio: "ignore" }).status === 0;

/** Said once, so that what is not tested is seen. */
export function skipVisibly(what: string): void {
  if (!canTrace) console.warn(`NOT TESTED: ${what}: there is no usable strace here.`);
}

/** One call of a trace made with `-y`, as far as it is asked about. */
export interface SystemCall {
  readonly name: string;
  /** The file of the first descriptor, or the path given. */
  readonly file: string;
  /** What was written, escaped as strace does. */
  readonly text: string;
  readonly result: number;
}

/** Reads a trace; calls that two threads have interleaved are put together again. */
export function systemCalls(trace: string): SystemCall[] {
  const pending = new Map<string, string>();
  return trace.split("\n").flatMap((line) => {
    const [, pid = "", rest = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (rest.endsWith("<unfinished ...>")) {
      pending.set(pid, rest.slice(0, -"<unfinished ...>".length));
      return [];
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const whole = resumed ? `${pending.get(pid) ?? ""}${resumed[1]}` : rest;
    const parts =
      /^(\w+)\((?:\d+<([^>]*)>|AT_FDCWD<[^>]*>, "([^"]*)"|"([^"]*)")(.*)\)\s+= (-?\d+)/s.exec(
        whole,
      );
    if (!parts) return [];
    const [, name = "", descriptor, at, path, text = "", result] = parts;
    return [{ name, file: descriptor ?? at ?? path ?? "", text, result: Number(result) }];
  });
}
