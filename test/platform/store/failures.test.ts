import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { fail, rootFailure } from "../../../src/core/failure.ts";
import { throwStoreFailure } from "../../../src/platform/store/failures.ts";
import { ensureStateFolder } from "../../../src/platform/store/folder.ts";

const file = join(import.meta.dirname, "state.db");

function codeFor(error: unknown, path = file): string | undefined {
  try {
    throwStoreFailure(error, path);
  } catch (thrown) {
    return rootFailure(thrown)?.code;
  }
}

const sqliteError = (errcode: number) =>
  Object.assign(new Error("x"), { code: "ERR_SQLITE_ERROR", errcode, errstr: "words" });
const systemError = (code: string) => Object.assign(new Error("x"), { code });

describe("what goes wrong in the store has a code", () => {
  test.each([
    ["SQLITE_CORRUPT", 11, "JOURNAL_CORRUPT"],
    ["SQLITE_NOTADB", 26, "JOURNAL_CORRUPT"],
    ["SQLITE_FULL", 13, "STATE_DISK_FULL"],
    ["SQLITE_BUSY_RECOVERY", 261, "STATE_BUSY"],
    ["SQLITE_PERM", 3, "STATE_READ_ONLY"],
    ["SQLITE_IOERR_SHORT_READ", 522, "JOURNAL_CORRUPT"],
    ["SQLITE_IOERR_FSYNC", 1034, "STATE_IO"],
    ["SQLITE_CANTOPEN", 14, "STATE_IO"],
    ["SQLITE_PROTOCOL", 15, "STATE_IO"],
    ["SQLITE_NOMEM", 7, "STATE_IO"],
  ])("%s", (_, errcode, code) => {
    expect(codeFor(sqliteError(errcode))).toBe(code);
  });

  test.each([
    ["ENOSPC", "STATE_DISK_FULL"],
    ["EDQUOT", "STATE_DISK_FULL"],
    ["EROFS", "STATE_READ_ONLY"],
    ["EACCES", "STATE_READ_ONLY"],
    ["EIO", "STATE_IO"],
    ["EMFILE", "STATE_IO"],
    ["ENOTDIR", "STATE_IO"],
  ])("%s", (errno, code) => {
    expect(codeFor(systemError(errno))).toBe(code);
  });

  test("a bug stays a bug, and a failure stays itself", () => {
    expect(codeFor(new TypeError("x"))).toBeUndefined();
    expect(codeFor(sqliteError(21))).toBeUndefined();
    try {
      fail("SOME_CODE", "message");
    } catch (error) {
      expect(codeFor(error)).toBe("SOME_CODE");
    }
  });
});

test("a folder that is a link to nothing is said to be one", () => {
  const above = mkdtempSync(join(tmpdir(), "testx-link-"));
  onTestFinished(() => rmSync(above, { recursive: true }));
  for (const [name, target, why] of [
    ["unmounted", "/mnt/volume/testx", "it is a link to /mnt/volume/testx, which is not there"],
    ["circle", "circle", "its links lead in a circle"],
  ] as const) {
    symlinkSync(target, join(above, name));
    const message = `${join(above, name)} cannot be used: ${why}.`;
    expect(() => ensureStateFolder(join(above, name))).toThrow(
      expect.objectContaining({ code: "STATE_IO", message }),
    );
  }
});

test.runIf(existsSync("/proc/self"))("a folder that takes no other is said to be none", () => {
  const source = join(import.meta.dirname, "../../../src/platform/store/folder.ts");
  const script = `import { ensureStateFolder } from ${JSON.stringify(source)};
    try { ensureStateFolder("/proc/testx/state"); } catch ({ code }) { console.log(code); }`;
  const made = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    // Once it went on without an end, and no other signal was heard.
    ...{ encoding: "utf8", timeout: 20_000, killSignal: "SIGKILL" },
  });
  expect(made.stdout).toBe("STATE_IO\n");
});
