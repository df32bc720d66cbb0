import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { filesOf, pages } from "../docs/pages.ts";
import { type Ended, finishedOf, root, testx } from "../support/cli.ts";
import { linkTestx } from "../support/linked.ts";

const guide = pages.find(({ path }) => path === "docs/writing-a-provider.md");
const files = new Map(guide ? filesOf(guide).map(({ path, text }) => [path, text]) : []);
const sequence = "config/integrations/integration-sequence.json";
let folder: string;

/** The project of the guide. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-own-"));
  linkTestx(folder);
  symlinkSync(join(root, "node_modules/zod"), join(folder, "node_modules/zod"), "dir");
  write("package.json", '{ "type": "module" }');
  for (const [path, text] of files) write(path, text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const run = (line: string, started?: (child: ChildProcess) => void): Promise<Ended> =>
  testx(line.split(" "), { cwd: folder, ...(started && { started }) });

describe("what a provider of one's own has made", () => {
  test("is drifted from, synced and known to doctor like everything else", async () => {
    expect(finishedOf(await run("setup --sandbox --json")).counts).toMatchObject({ created: 2 });
    const drift = await run("drift --sandbox --json");
    expect(drift.code, drift.stderr).toBe(0);
    const doctor = await run("doctor --sandbox --json");
    expect(doctor.stdout).not.toContain("PROVIDER_");
    expect(doctor.stdout).toContain("tester");
    const schema = JSON.parse((await run("config schema sequence")).stdout);
    expect(JSON.stringify(schema)).toContain('"memos"');
  });

  test("is undone though the sequence is broken by now", async () => {
    await run("setup --sandbox");
    write(sequence, "{ broken");
    const ended = await run("rollback --sandbox --json");
    expect(ended.code, ended.stderr).toBe(0);
    expect(finishedOf(ended)).toMatchObject({ outcome: "rolled-back", counts: { undone: 2 } });
  });

  test("is undone though the sequence does not use it any more", async () => {
    await run("setup --sandbox");
    write(sequence, '{ "version": 1, "integrations": {} }');
    const ended = await run("rollback --sandbox --json");
    expect(finishedOf(ended)).toMatchObject({ outcome: "rolled-back", counts: { undone: 2 } });
  });

  test("says clearly that it cannot be undone without the provider, and is undone with it", async () => {
    await run("setup --sandbox");
    write("testx.config.ts", "export default {};");
    const without = finishedOf(await run("rollback --sandbox --json"));
    expect(without.outcome).toBe("rollback-incomplete");
    expect(JSON.stringify(without.residue)).toContain('There is no provider \\"memos\\"');
    write("testx.config.ts", files.get("testx.config.ts") ?? "");
    const again = finishedOf(await run("rollback --sandbox --json"));
    expect(again).toMatchObject({ outcome: "rolled-back", counts: { undone: 2 } });
  });
});

describe("a provider that throws what its own copy of testx made", () => {
  test("is told by its code, not as a bug", async () => {
    const provider = files.get("providers/memos.ts") ?? "";
    const refusing = provider.replace(
      "health: async (client) => {",
      'health: async (client) => {\n    throw new TestxError(failure("MEMOS_CLOSED", "The board is closed."));',
    );
    write("providers/memos.ts", refusing.replace("rootFailure,", "rootFailure,\n  TestxError,"));
    const ended = await run("setup --sandbox --json");
    expect(ended.stdout).toContain("MEMOS_CLOSED");
    expect(ended.stdout + ended.stderr).not.toContain("BUG");
  });
});

test("a mistake in its code is told as that, with its line, and not as a bug of testx", async () => {
  const provider = files.get("providers/memos.ts") ?? "";
  const [title, broken] = [
    "title: ({ title }) => `memo ${title}`",
    "title: ({ name }) => name.trim()",
  ];
  expect(provider).toContain(title);
  write("providers/memos.ts", provider.replace(title, broken));
  const line = provider.slice(0, provider.indexOf(title)).split("\n").length;
  for (const command of ["setup --sandbox", "integrations plan --sandbox"]) {
    const ended = await run(command);
    expect(ended.code).not.toBe(0);
    const said = ended.stdout + ended.stderr;
    expect(said).toContain("PROVIDER_FAILED");
    expect(said).toContain(`memo.title threw`);
    expect(said).toContain(`(providers/memos.ts:${line})`);
    expect(said).not.toContain("BUG");
  }
});

test("a mistake in its stand-in is told as that, with its line", async () => {
  const standIn = files.get("providers/memos-stand-in.ts") ?? "";
  const broken = standIn.replace("state.memos.push(memo);", "(state as any).memo.push(memo);");
  expect(broken).not.toBe(standIn);
  write("providers/memos-stand-in.ts", broken);
  const line = standIn.slice(0, standIn.indexOf("state.memos.push")).split("\n").length;
  const ended = await run("setup --sandbox");
  expect(ended.code).toBe(1);
  expect(ended.stderr.match(/stand-in\.handle threw/g)).toHaveLength(1);
  expect(ended.stderr).toContain(`(providers/memos-stand-in.ts:${line})`);

  const start = "initial: () => ({ memos: [] }),";
  expect(standIn).toContain(start);
  write("providers/memos-stand-in.ts", standIn.replace(start, "initial: () => JSON.parse('{'),"));
  for (const command of ["setup --sandbox", "simulate down"]) {
    const begun = await run(command);
    expect(begun.stderr).toContain("stand-in.initial threw");
    expect(begun.stderr).not.toContain("BUG");
  }
});

test("a package is loaded by the rules of import, and only that", async () => {
  for (const name of ["memos", "memos-stand-in"]) {
    const { stripTypeScriptTypes } = await import("node:module");
    const text = files.get(`providers/${name}.ts`) ?? "";
    const plain = stripTypeScriptTypes(text, { mode: "transform" }).replaceAll('.ts"', '.js"');
    write(`node_modules/@acme/testx-memos/lib/${name}.js`, plain);
  }
  const exports = { ".": { import: "./lib/memos.js" } };
  const manifest = { name: "@acme/testx-memos", type: "module", exports };
  write("node_modules/@acme/testx-memos/package.json", JSON.stringify(manifest));
  write("testx.config.ts", "throw new Error('not this one');");
  rmSync(join(folder, "testx.config.ts"));
  write(".testxrc.json", '{ "providers": { "memos": "@acme/testx-memos" } }');
  const ended = await run("setup --sandbox --json");
  expect(ended.code, ended.stderr).toBe(0);
  expect(finishedOf(ended).counts).toMatchObject({ created: 2 });
  write(".testxrc.json", '{ "providers": { "memos": "@acme/testx-memo" } }');
  const wrong = await run("config validate");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain(".testxrc.json:1:");
});

test("a sandbox that was started before there was a stand-in is not taken for one that has it", async () => {
  write("testx.config.ts", "export default {};");
  let server: ChildProcess | undefined;
  const ended = run("sandbox start", (child) => {
    server = child;
  });
  await new Promise((resolve) => server?.stdout?.once("data", resolve));
  write("testx.config.ts", files.get("testx.config.ts") ?? "");
  const setup = await run("setup --sandbox");
  server?.kill("SIGTERM");
  await ended;
  expect(setup.code).not.toBe(0);
  expect(setup.stderr).toContain("has no memos");
  expect((await run("setup --sandbox")).code).toBe(0);
});
