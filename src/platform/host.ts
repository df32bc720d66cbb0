import process, { getBuiltinModule } from "node:process";

/** What testx needs to know of the process and machine it runs on. */
export const host = {
  pid: process.pid,
  get name(): string {
    return getBuiltinModule("node:os").hostname();
  },
  /** How many threads run at once. */
  get cores(): number {
    return getBuiltinModule("node:os").availableParallelism();
  },
  node: process.versions.node,
  platform: process.platform,
  arch: process.arch,
  /** `undefined` where users have no numbers. */
  uid: process.getuid?.(),

  /** In ms since any moment. As quick as `performance.now`, which loads a module for itself. */
  elapsed(): number {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },

  /** Whether Node.js has SQLite: an option takes it away. */
  hasSqlite: (): boolean => getBuiltinModule("node:module").isBuiltin("node:sqlite"),
  /** Whether Node's own permissions, where it was started with them, let it write there. */
  mayWrite: (path: string): boolean => process.permission?.has("fs.write", path) ?? true,

  /** As it is now: programs change theirs. */
  env: process.env as Readonly<Record<string, string | undefined>>,
  cwd: (): string => process.cwd(),

  /** Whether a file is being read, written or looked for: a module that is being loaded, too. */
  isReading: (): boolean => process.getActiveResourcesInfo().some((name) => /^FSReq/.test(name)),

  /** Whether a process of this machine is there. */
  isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // EPERM: there is one, and it belongs to somebody else.
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
  },
};
