import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { host } from "../../../src/platform/host.ts";
import { stateLock } from "../../../src/platform/lock.ts";
import type { Cause } from "./cause.ts";

const state = (folder: string, ...rest: string[]) => join(folder, ".testx", ...rest);

function fresh(folder: string): void {
  mkdirSync(state(folder), { recursive: true, mode: 0o700 });
}

/** The note of somebody who may or may not hold the lock. */
function noteHolder(folder: string, pid: number, machine: string): void {
  const holder = { pid, host: machine, command: "testx rollback", since: 1 };
  writeFileSync(state(folder, "lock.json"), JSON.stringify(holder), { mode: 0o600 });
}

function change(file: string, statement: string): void {
  const db = new DatabaseSync(file);
  for (const { name } of db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    .all()) {
    db.exec(`DROP TRIGGER "${name}"`);
  }
  db.exec(statement);
  db.close();
}

/** As if testx had been killed right before its last record. */
export function cutOff(folder: string): void {
  change(
    state(folder, "state.db"),
    "DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries); DELETE FROM marks WHERE seq = (SELECT max(seq) FROM marks)",
  );
}

/** As a run of another process has it; gives what lets go of it. */
function lock(folder: string): () => void {
  const taken = stateLock(state(folder), host, Date).acquire("testx rollback");
  if (!("release" in taken)) throw new Error("somebody else has the lock");
  return taken.release;
}

/** What is wrong with testx's own memory, or follows from what it remembers. */
export const stateCauses: readonly Cause[] = [
  {
    name: "state folder that all may read",
    code: "STATE_OPEN_TO_OTHERS",
    async break({ folder, setup }) {
      await setup();
      chmodSync(state(folder), 0o755);
      chmodSync(state(folder, "state.db"), 0o644);
    },
  },
  {
    name: "file where the state folder should be",
    code: "STATE_IO",
    exit: 4,
    break: ({ folder }) => writeFileSync(state(folder), "not a folder"),
  },
  {
    name: "journal that is no database",
    code: "JOURNAL_CORRUPT",
    exit: 4,
    break({ folder }) {
      fresh(folder);
      writeFileSync(state(folder, "state.db"), "not a database at all", { mode: 0o600 });
    },
  },
  {
    name: "journal with a changed entry",
    code: "JOURNAL_CORRUPT",
    exit: 4,
    async break({ folder, setup }) {
      await setup();
      change(state(folder, "state.db"), "UPDATE entries SET sum = sum + 1 WHERE seq = 3");
    },
  },
  {
    name: "journal of a newer testx",
    code: "STATE_TOO_NEW",
    exit: 4,
    async break({ folder, setup }) {
      await setup();
      change(state(folder, "state.db"), "PRAGMA user_version = 99");
    },
  },
  {
    name: "damaged key",
    code: "SECRET_KEY_DAMAGED",
    exit: 4,
    async break({ folder, setup }) {
      await setup();
      writeFileSync(state(folder, "key"), "no key\n");
    },
  },
  {
    name: "full disk",
    code: "STATE_DISK_FULL",
    exit: 4,
    break: ({ machine }) => machine({ freeBytes: 100_000 }),
  },
  {
    name: "almost full disk",
    code: "STATE_DISK_FULL",
    break: ({ machine }) => machine({ freeBytes: 9_000_000 }),
  },
  {
    name: "disk without room for another file",
    code: "STATE_DISK_FULL",
    exit: 4,
    break: ({ machine }) => machine({ freeFiles: 0 }),
  },
  {
    name: "state folder on a disk that is not mounted",
    code: "STATE_IO",
    exit: 4,
    break: ({ folder }) => symlinkSync("/mnt/volume/testx", state(folder)),
  },
  {
    name: "state folder that is a link to itself",
    code: "STATE_IO",
    exit: 4,
    break: ({ folder }) => symlinkSync(".testx", state(folder)),
  },
  {
    name: "link to nothing on the way to the state folder",
    code: "STATE_IO",
    exit: 4,
    args: ["--state", "vol/testx"],
    break: ({ folder }) => symlinkSync("gone", join(folder, "vol")),
  },
  {
    name: "state folder with too long a name",
    code: "STATE_IO",
    exit: 4,
    args: ["--state", "s".repeat(300)],
    break() {},
  },
  {
    name: "journal that is a link to nothing",
    code: "STATE_IO",
    exit: 4,
    break({ folder }) {
      fresh(folder);
      symlinkSync("/gone", state(folder, "state.db"));
    },
  },
  {
    name: "folder in place of the lock's note",
    code: "STATE_IO",
    exit: 4,
    break({ folder }) {
      fresh(folder);
      mkdirSync(state(folder, "lock.json"));
    },
  },
  {
    name: "journal that may not be written",
    code: "STATE_READ_ONLY",
    exit: 4,
    ordinary: true,
    next: "testx doctor --fix",
    async break({ folder, setup }) {
      await setup();
      chmodSync(state(folder, "state.db"), 0o400);
    },
  },
  {
    name: "journal that may not be read",
    code: "STATE_READ_ONLY",
    exit: 4,
    ordinary: true,
    alone: true,
    async break({ folder, setup, after }) {
      await setup();
      chmodSync(state(folder, "state.db"), 0);
      after(() => {
        if (statSync(state(folder, "state.db")).mode & 0o777) throw new Error("it was changed");
      });
    },
  },
  {
    name: "metrics that may not be written",
    code: "STATE_READ_ONLY",
    ordinary: true,
    async break({ folder, setup }) {
      await setup();
      chmodSync(state(folder, "metrics.db"), 0o400);
    },
  },
  {
    name: "others' files in the state folder",
    code: undefined,
    ordinary: true,
    async break({ folder, setup }) {
      await setup();
      copyFileSync(state(folder, "state.db"), state(folder, "state.db.bak"));
      chmodSync(state(folder, "state.db.bak"), 0o400);
      chmodSync(state(folder, ".gitignore"), 0);
    },
  },
  {
    name: "project that is its own state folder",
    code: undefined,
    args: ["--state", "."],
    async break({ folder, run }) {
      chmodSync(folder, 0o755);
      await run(["setup", "--state", "."]);
    },
  },
  {
    name: "another run at work",
    code: "RUN_LOCKED",
    break: ({ folder, after }) => after(lock(folder)),
  },
  {
    name: "another run at work that has left no note",
    code: "RUN_LOCKED",
    break({ folder, after }) {
      after(lock(folder));
      rmSync(state(folder, "lock.json"));
    },
  },
  {
    name: "run that did not end, and a note of one that lives",
    code: "RUN_UNFINISHED",
    async break({ folder, setup }) {
      await setup();
      cutOff(folder);
      noteHolder(folder, process.pid, hostname());
    },
  },
  {
    name: "run that did not end, on another machine",
    code: "RUN_UNFINISHED",
    async break({ folder, setup }) {
      await setup();
      cutOff(folder);
      noteHolder(folder, 7, "a-container");
    },
  },
  {
    name: "note of a run that died",
    code: undefined,
    break({ folder }) {
      fresh(folder);
      noteHolder(folder, 2 ** 22 + 1, hostname());
    },
  },
  {
    name: "run that did not end",
    code: "RUN_UNFINISHED",
    async break({ folder, setup }) {
      await setup();
      cutOff(folder);
    },
  },
  {
    name: "run that did not end and has written nothing",
    code: undefined,
    async break({ folder, setup }) {
      await setup();
      await setup();
      cutOff(folder);
    },
  },
  {
    name: "step that waits for its service",
    code: "DEFERRED_WAITING",
    async break({ run, sequence, sandbox }) {
      sequence((value) => {
        value.integrations.github.required = false;
        value.integrations.github.onFailure = "defer";
      });
      sandbox.setFaults([{ service: "github", fault: { kind: "status", status: 503 } }]);
      await run(["setup"]);
      sandbox.setFaults([]);
    },
  },
  {
    name: "damaged cache",
    code: "CACHE_DAMAGED",
    break({ folder }) {
      fresh(folder);
      writeFileSync(state(folder, "cache.db"), "x".repeat(5000), { mode: 0o600 });
    },
  },
  {
    name: "damaged memory of the gateway",
    code: "CACHE_DAMAGED",
    break({ folder }) {
      fresh(folder);
      writeFileSync(state(folder, "gateway.db"), "x".repeat(5000), { mode: 0o600 });
    },
  },
  {
    name: "Redis that is not there",
    code: "CACHE_IN_MEMORY",
    break: () => ({ TESTX_CACHE_URL: "redis://127.0.0.1:1" }),
  },
  {
    name: "Redis that is not there, and must be",
    code: "CACHE_UNAVAILABLE",
    exit: 4,
    break: () => ({ TESTX_CACHE_URL: "redis://127.0.0.1:1", LOCAL_STORAGE_FALLBACK: "false" }),
  },
  {
    name: "breaker held open by hand",
    code: "BREAKER_HELD",
    break: async ({ run }) => void (await run(["breakers", "open", "slack"])),
  },
  {
    name: "breaker held open by hand, of a service that is down",
    code: "HOST_UNREACHABLE",
    others: ["BREAKER_HELD"],
    async break({ run }) {
      const env = { SLACK_API_URL: "http://127.0.0.1:1/api/" };
      await run(["breakers", "open", "slack"], { env });
      return env;
    },
  },
  {
    name: "channel deleted by hand",
    code: "DRIFT_DELETED",
    async break({ setup, sandbox }) {
      await setup();
      sandbox.reset({});
    },
  },
  {
    name: "label changed by hand",
    code: "DRIFT_CHANGED",
    async break({ setup, sandbox }) {
      await setup();
      const { GITHUB_API_URL, GITHUB_TOKEN, GITHUB_REPOSITORY } = sandbox.environment;
      const url = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/labels/handbook`;
      const headers = { authorization: `Bearer ${GITHUB_TOKEN}`, "user-agent": "by hand" };
      const body = JSON.stringify({ color: "ffffff" });
      const { status } = await fetch(url, { method: "PATCH", headers, body });
      if (status !== 200) throw new Error(`the label was not changed: ${status}`);
    },
  },
  {
    name: "state folder thrown away after a setup",
    code: undefined,
    async break({ folder, setup }) {
      await setup();
      rmSync(state(folder), { recursive: true });
    },
  },
];
