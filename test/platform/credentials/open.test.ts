import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { rootFailure } from "../../../src/core/failure.ts";
import { commandCredential } from "../../../src/platform/credentials/command.ts";
import { openToOthers } from "../../../src/platform/credentials/modes.ts";
import { credentialOpener } from "../../../src/platform/credentials/open.ts";
import { FakeClock } from "../../support/fake-clock.ts";

let folder: string;
let seen: string[];
let notices: string[];
const clock = new FakeClock();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-credentials-"));
  seen = [];
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const opener = (env: Record<string, string> = {}) =>
  credentialOpener({
    env: { PATH: process.env.PATH ?? "", HOME: folder, ...env },
    folder,
    project: folder,
    clock,
    seen: (value) => seen.push(value),
    notice: (text) => notices.push(text),
  });
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const codeOf = async (work: () => unknown): Promise<string | undefined> => {
  try {
    await work();
    return undefined;
  } catch (error) {
    return rootFailure(error)?.code;
  }
};

it("a file is read once, and again when it is another one, however it came to be", () => {
  const path = write("a", " one \n");
  const file = opener().open({ file: "~/a" });
  expect(file.name).toBe("the file a");
  expect([file.read(false), file.read(false)]).toEqual(["one", "one"]);
  writeFileSync(path, "two");
  expect(file.read(false)).toBe("two");
  renameSync(write("b", "three"), path);
  expect(file.read(false)).toBe("three");
  rmSync(path);
  // Gone for a moment: what is known is still good, until it is refused.
  expect(file.read(false)).toBe("three");
  expect(() => file.read(true)).toThrow("there is no such file");
  symlinkSync(write("c", "four"), path);
  expect(file.read(false)).toBe("four");
  writeFileSync(join(folder, "c"), "");
  expect(file.read(false)).toBe("four");
  expect(new Set(seen)).toEqual(new Set(["one", "two", "three", "four", ""]));
  expect(notices).toEqual([]);
});

it("what cannot be read has a code that says why, and no content", async () => {
  write("empty", "\n");
  write("large", "x".repeat(70_000));
  for (const [name, code] of [
    ["nowhere", "CREDENTIAL_FILE_UNREADABLE"],
    [".", "CREDENTIAL_FILE_UNREADABLE"],
    ["large", "CREDENTIAL_FILE_UNREADABLE"],
    ["empty", "CREDENTIAL_EMPTY"],
  ] as const) {
    expect(await codeOf(() => opener().open({ file: name }).read(false)), name).toBe(code);
  }
});

it("who else may use a file is told once; what is mounted is for others to know", async () => {
  const path = write("a", "one");
  chmodSync(path, 0o640);
  const all = opener();
  await all.open({ file: "a" }).read(false);
  await all.open({ file: "a" }).read(false);
  expect(notices).toEqual([openToOthers(path)]);
  expect(notices[0]).toContain("mode 640");
  chmodSync(path, 0o600);
  expect(openToOthers(path)).toBeUndefined();
  expect(openToOthers("/run/secrets/any")).toBeUndefined();
  expect(openToOthers(join(folder, "nowhere"))).toBeUndefined();
});

it("a command's output is kept for its time, and asked for once however many wait", async () => {
  write("counted", "");
  const command = opener().open({
    command: ["sh", "-c", "printf x >> counted; wc -c < counted"],
    ttlMs: 1_000,
  });
  expect(command.name).toBe("the command sh");
  expect(await Promise.all([command.read(false), command.read(false)])).toEqual(["1", "1"]);
  expect(command.read(false)).toBe("1");
  await clock.advance(1_001);
  expect(await command.read(false)).toBe("2");
  expect(await command.read(true)).toBe("3");
  expect(seen).toEqual(["1", "2", "3"]);
});

it("a command that hangs is ended, with what it holds open", async () => {
  const deps = { env: { PATH: process.env.PATH ?? "" }, folder, clock, seen: () => {} };
  const hanging = commandCredential(
    { command: ["sh", "-c", "echo $$ > pid; cat; sleep 1000 & wait"] },
    "the command sh",
    deps,
  );
  const ended = codeOf(() => hanging.read(false));
  // It has begun, and its standard input has ended at once.
  const written = () => readFileSync(join(folder, "pid"), "utf8").trim();
  await expect.poll(() => existsSync(join(folder, "pid")) && written()).toMatch(/^\d+$/);
  const pid = Number(written());
  await clock.advance(10_001);
  expect(await ended).toBe("CREDENTIAL_COMMAND_TIMEOUT");
  await expect
    .poll(() => {
      try {
        process.kill(pid, 0);
        return "alive";
      } catch {
        return "gone";
      }
    })
    .toBe("gone");
});

it("no shell takes part, and a program that is missing or fails is told by its code alone", async () => {
  write("*", "no");
  const literal = opener().open({ command: ["printf", "%s", "$HOME;*"] });
  expect(await literal.read(false)).toBe("$HOME;*");
  const failing = opener().open({ command: ["sh", "-c", "echo told-secret; exit 7"] });
  await expect(failing.read(false)).rejects.toThrow("The command sh ended with code 7.");
  expect(
    await codeOf(() =>
      opener()
        .open({ command: ["nope-nope"] })
        .read(false),
    ),
  ).toBe("CREDENTIAL_COMMAND_FAILED");
});

it("a refresh token's file is replaced whole, for its owner, and left alone when nothing came", () => {
  const path = write("refresh", "xoxe-1-first\n");
  expect(opener().spendable({ file: "refresh" })).toBeUndefined();
  expect(opener().spendable({ env: "A" })).toBeUndefined();
  const kept = opener().spendable({ file: "refresh", store: true });
  expect(kept?.read()).toEqual({ part: "xoxe-1-first" });
  kept?.prepare().drop();
  expect(readFileSync(path, "utf8")).toBe("xoxe-1-first\n");
  chmodSync(path, 0o644);
  kept?.prepare().keep({ part: "next", token: "token", expiresAt: 5_000 });
  expect(kept?.read()).toEqual({ part: "next", token: "token", expiresAt: 5_000 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(seen).toEqual(expect.arrayContaining(["xoxe-1-first", "next", "token"]));
});
