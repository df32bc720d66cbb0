import { hostname } from "node:os";
import process from "node:process";

/** What testx needs to know of the process and machine it runs on. */
export const host = {
  pid: process.pid,
  name: hostname(),

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
