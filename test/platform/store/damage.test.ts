import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { catalogue } from "../../../src/core/catalogue/catalogue.ts";
import { rootFailure } from "../../../src/core/failure.ts";
import { sqliteJournal } from "../../../src/platform/store/journal.ts";
import { tables } from "../../../src/platform/store/schema.ts";
import { done, finished, started } from "../../contract/journal-store.ts";
import fc from "../../support/property.ts";

const clock = { now: () => 1_000 };
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-damage-"));
  file = join(folder, "state.db");
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

async function write(steps = 40): Promise<void> {
  const journal = sqliteJournal(folder, clock);
  await journal.append("r1", [started]);
  for (let i = 0; i < steps; i += 1) {
    await journal.append("r1", [done(`s.${i}`, "created", `op${i}`, { text: "x".repeat(200) })]);
  }
  await journal.append("r1", [finished]);
  journal.close();
}

/** Everything that can be asked, and one more entry. */
async function use(): Promise<unknown> {
  const journal = sqliteJournal(folder, clock);
  try {
    const read = [journal.entries(), journal.runs(), [...journal.receipts()]];
    await journal.append("r2", [started]);
    return read;
  } finally {
    journal.close();
  }
}

async function codeOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    const failure = rootFailure(error);
    if (!failure) throw error;
    expect(catalogue[failure.code], failure.code).toBeDefined();
    expect(failure.message).toContain(folder);
    return failure.code;
  }
}

describe("a damaged journal is reported and left as it is", () => {
  test.each([
    ["emptied", () => truncateSync(file, 0)],
    ["cut in its header", () => truncateSync(file, 50)],
    ["cut to its first page", () => truncateSync(file, 4_096)],
    ["cut in half", () => truncateSync(file, readFileSync(file).length / 2)],
    ["overwritten with text", () => writeFileSync(file, "{}\n".repeat(5_000))],
    ["overwritten with another database", () => foreign(file)],
    ["of a folder's shape", () => [rmSync(file), mkdirSync(file)]],
  ])("when it is %s", async (_, damage) => {
    await write();
    damage();
    const before = existsSync(file) && !isFolder(file) ? readFileSync(file) : undefined;
    expect(await codeOf(use)).toMatch(/^(JOURNAL_CORRUPT|STATE_IO)$/);
    if (before) expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("when only its log is left", async () => {
    const journal = sqliteJournal(folder, clock);
    await journal.append("r1", [started]);
    copyFileSync(`${file}-wal`, join(folder, "saved"));
    journal.close();
    rmSync(file);
    copyFileSync(join(folder, "saved"), `${file}-wal`);
    expect(await codeOf(use)).toBe("JOURNAL_CORRUPT");
  });

  test("when a record was edited", async () => {
    await write();
    const db = new DatabaseSync(file);
    db.exec("DROP TRIGGER entries_do_not_change");
    db.exec("UPDATE entries SET body = replace(body, 'op7', 'op8') WHERE seq = 9");
    db.close();
    expect(await codeOf(use)).toBe("JOURNAL_CORRUPT");
  });

  test("when a record is missing", async () => {
    await write();
    const db = new DatabaseSync(file);
    db.exec("DROP TRIGGER entries_stay; DELETE FROM entries WHERE seq = 9");
    db.close();
    expect(await codeOf(use)).toBe("JOURNAL_CORRUPT");
  });

  test.each(tables)("when the table %s is missing, whatever is asked", async (table) => {
    await write();
    const db = new DatabaseSync(file);
    db.exec(`DROP TABLE ${table}`);
    db.close();
    expect(await codeOf(async () => sqliteJournal(folder, clock))).toBe("JOURNAL_CORRUPT");
  });

  test("whichever bit flips: the same content, or an error with a code", async () => {
    await write();
    const whole = readFileSync(file);
    const content = JSON.stringify(await use());
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.length - 1 }),
        fc.nat({ max: 7 }),
        async (position, bit) => {
          for (const end of ["-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
          const flipped = Buffer.from(whole);
          flipped[position] = (flipped[position] as number) ^ (1 << bit);
          writeFileSync(file, flipped);
          let read: unknown;
          const code = await codeOf(async () => {
            read = await use();
          });
          if (code === undefined) expect(JSON.stringify(read) === content).toBe(true);
          else expect(code).toMatch(/^(JOURNAL_CORRUPT|STATE_TOO_NEW)$/);
        },
      ),
      { numRuns: 150 },
    );
  });
});

test("a journal of a newer testx is refused", async () => {
  await write();
  const db = new DatabaseSync(file);
  db.exec("PRAGMA user_version = 99");
  db.close();
  expect(await codeOf(use)).toBe("STATE_TOO_NEW");
});

test("entries cannot be changed or removed, not even by hand", async () => {
  await write();
  const db = new DatabaseSync(file);
  expect(() => db.exec("UPDATE entries SET run = 'x'")).toThrow("never changed");
  expect(() => db.exec("DELETE FROM entries")).toThrow("never removed");
  db.close();
});

test("a journal that another process keeps busy is waited for, then reported", async () => {
  await write();
  const db = new DatabaseSync(file);
  db.exec("BEGIN IMMEDIATE");
  const journal = sqliteJournal(folder, clock, { busyMs: 20 });
  expect(await codeOf(() => journal.append("r2", [started]))).toBe("STATE_BUSY");
  db.exec("ROLLBACK");
  db.close();
  // It goes on where it was.
  expect(await journal.append("r2", [started])).toMatchObject([{ seq: 43 }]);
  journal.close();
});

test("half a record at the log's end, as a power cut leaves it, is no damage", async () => {
  const journal = sqliteJournal(folder, clock);
  await journal.append("r1", [started]);
  const copy = join(folder, "copy");
  mkdirSync(copy);
  copyFileSync(file, join(copy, "state.db"));
  copyFileSync(`${file}-wal`, join(copy, "state.db-wal"));
  appendFileSync(join(copy, "state.db-wal"), Buffer.alloc(1_000, 7));
  journal.close();
  const again = sqliteJournal(copy, clock);
  expect(again.entries()).toHaveLength(1);
  again.close();
});

/** Runs a script that appends to a journal in `folder`, as a user without rights or space. */
function appendElsewhere(state: string, prefix: string[], uid?: number) {
  const script = `
    import { sqliteJournal } from ${JSON.stringify(join(import.meta.dirname, "../../../src/platform/store/journal.ts"))};
    try {
      const journal = sqliteJournal(${JSON.stringify(state)}, { now: () => 1 });
      for (let i = 0; i < 200; i += 1) {
        await journal.append("r", [{ type: "run-started", command: "setup", pad: "x".repeat(1000) }]);
      }
      console.log("appended");
    } catch (error) { console.log(error.code, error.message); }`;
  const [command, ...args] = [...prefix, process.execPath, "--input-type=module", "-e", script];
  return spawnSync(command as string, args, {
    encoding: "utf8",
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

const root = process.getuid?.() === 0;

test.runIf(root || process.getuid?.() !== undefined)("a folder without write access", async () => {
  await write(1);
  chmodSync(folder, 0o555);
  chmodSync(file, 0o444);
  const { stdout, stderr } = appendElsewhere(folder, [], root ? 65_534 : undefined);
  expect(stdout + stderr).toMatch(/^STATE_READ_ONLY /);
});

test.skipIf(process.platform === "win32")("a disk that runs full", () => {
  // A limit on the file size stands for the full disk: the kernel refuses to write more.
  const handle = openSync(join(folder, "limit.sh"), "w", 0o700);
  writeSync(handle, '#!/bin/sh\ntrap "" XFSZ\nulimit -f 100\nexec "$@"\n');
  closeSync(handle);
  const { stdout, stderr } = appendElsewhere(folder, [join(folder, "limit.sh")]);
  expect(stdout + stderr).toMatch(/^STATE_(DISK_FULL|IO) /);
});

function isFolder(path: string): boolean {
  try {
    readFileSync(path);
    return false;
  } catch {
    return true;
  }
}

function foreign(path: string): void {
  rmSync(path);
  const db = new DatabaseSync(path);
  db.exec("CREATE TABLE notes (text TEXT)");
  db.close();
}
