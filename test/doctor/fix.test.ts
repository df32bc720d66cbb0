import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { host } from "../../src/platform/host.ts";
import { stateLock } from "../../src/platform/lock.ts";
import { filesIn, openToOthers } from "../support/canaries.ts";
import { testProject } from "../support/project.ts";
import { editing, machine, sequenceFile } from "./causes/cause.ts";
import { cutOff } from "./causes/state.ts";
import { reportIn } from "./report.ts";

async function project() {
  const made = await testProject();
  onTestFinished(made.close);
  const at = (...path: string[]) => join(made.folder, ...path);
  return { ...made, ...editing(made.folder), at };
}

const names = (folder: string) => Object.keys(filesIn(folder)).sort();

it("changes nothing without --fix, whatever is wrong", async () => {
  const { folder, run, at } = await project();
  expect((await run(["setup"])).code).toBe(0);
  chmodSync(at(".testx"), 0o755);
  writeFileSync(at(".testx/cache.db"), "x".repeat(5000));
  const before = filesIn(folder);
  expect((await run(["doctor"])).code).toBe(1);
  expect(filesIn(folder)).toEqual(before);
  expect(statSync(at(".testx")).mode & 0o777).toBe(0o755);
});

it("looks at a journal without touching it, wherever there is room for a copy or none", async () => {
  const { folder, run, at } = await project();
  expect((await run(["setup"])).code).toBe(0);
  chmodSync(at(".testx/state.db"), 0o644);
  const modes = () => readdirSync(at(".testx")).map((name) => [name, modeOf(at(".testx", name))]);
  const modeOf = (file: string) => statSync(file).mode & 0o777;
  const [before, then] = [filesIn(folder), modes()];
  const looked = async (env: Record<string, string | undefined>) => {
    const { stdout } = await run(["doctor", "--json"], { env });
    const { findings, checks } = reportIn(stdout);
    const grave = findings.filter(({ severity }) => severity !== "note");
    expect(grave.map(({ code }) => code)).toEqual(["STATE_OPEN_TO_OTHERS"]);
    expect(checks.find(({ id }) => id === "state.journal")?.evidence).toEqual([
      "1 run, 11 writes to undo",
    ]);
    expect(filesIn(folder)).toEqual(before);
    expect(modes()).toEqual(then);
  };
  await looked({ TMPDIR: "/nonexistent" });
  await looked(machine({ noCopies: true }));
});

it("leaves a journal that a run has open as it is", async () => {
  const { run, at } = await project();
  expect((await run(["setup"])).code).toBe(0);
  chmodSync(at(".testx/state.db"), 0o644);
  const lock = stateLock(at(".testx"), host, Date).acquire("testx rollback");
  onTestFinished(() => {
    if ("release" in lock) lock.release();
  });
  expect((await run(["doctor"])).stdout).toContain("RUN_LOCKED");
  expect(statSync(at(".testx/state.db")).mode & 0o777).toBe(0o644);
});

it("leaves a file that the cache's address names as it is, and makes none", async () => {
  const { folder, run, at } = await project();
  const url = `sqlite:${at("answers.db")}`;
  const env = { TESTX_CACHE_URL: url };
  expect((await run(["setup"], { env })).code).toBe(0);
  const db = new DatabaseSync(at("answers.db"));
  // So long ago that whoever uses it throws it away.
  db.exec("INSERT INTO entries VALUES ('old', '1', 1, 1, 1)");
  db.close();
  const before = filesIn(folder);
  expect((await run(["doctor"], { env })).code).toBe(0);
  expect(filesIn(folder)).toEqual(before);

  rmSync(at("answers.db"));
  expect((await run(["doctor"], { env })).code).toBe(0);
  expect(names(folder)).not.toContain(at("answers.db"));
});

it("tells of another program's file that the cache's address names, and changes nothing", async () => {
  const { folder, run, at } = await project();
  writeFileSync(at("app.txt"), "a letter to somebody\n".repeat(300));
  const before = filesIn(folder);
  const { code, stdout } = await run(["doctor", "--json"], {
    env: { TESTX_CACHE_URL: "sqlite:app.txt" },
  });
  expect(code).toBe(1);
  expect(reportIn(stdout).cause).toMatchObject({ code: "CACHE_IN_MEMORY" });
  expect(stdout).toContain(`${at("app.txt")} cannot be used (file is not a database)`);
  expect(filesIn(folder)).toEqual(before);
});

it("leaves no trace where nothing is set up", async () => {
  const { folder, run } = await project();
  const before = names(folder);
  expect((await run(["doctor"])).code).toBe(0);
  expect(names(folder)).toEqual(before);
});

it("asks on a terminal, and without one wants --yes", async () => {
  const { run, at } = await project();
  mkdirSync(at(".testx"), { mode: 0o755 });
  chmodSync(at(".testx"), 0o755);
  const { code, stderr, stdout } = await run(["doctor", "--fix"]);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(`chmod 700 ${at(".testx")}`);
  expect(stderr).toContain("--yes");
  expect(statSync(at(".testx")).mode & 0o777).toBe(0o755);
});

it("takes the rights of others away, and says how to give them back", async () => {
  const { run, at } = await project();
  expect((await run(["setup"])).code).toBe(0);
  chmodSync(at(".testx"), 0o755);
  chmodSync(at(".testx/state.db"), 0o644);
  const { code, stdout } = await run(["doctor", "--fix", "--yes", "--json"]);
  const { treatments = [], outcome } = reportIn(stdout);
  expect({ code, outcome }).toEqual({ code: 0, outcome: "fine" });
  expect(openToOthers(at(".testx"))).toEqual([]);
  expect(treatments.at(-1)).toMatchObject({ outcome: "cured" });
  expect(treatments.map(({ undo }) => undo)).toContain(`chmod 755 ${at(".testx")}`);
});

it("leaves a project's own files alone where it is its own state folder", async () => {
  const { folder, run, at } = await project();
  chmodSync(folder, 0o755);
  expect((await run(["setup", "--state", "."])).code).toBe(0);
  chmodSync(at("state.db"), 0o644);
  const { code, stdout } = await run(["doctor", "--fix", "--yes", "--json", "--state", "."]);
  expect(reportIn(stdout).treatments).toMatchObject([{ undo: `chmod 644 ${at("state.db")}` }]);
  expect(code).toBe(0);
  expect(statSync(folder).mode & 0o777).toBe(0o755);
  expect(statSync(at(sequenceFile)).mode & 0o777).toBe(0o644);
});

it("has nothing to mend on a disk that is mounted read-only", async () => {
  const { folder, run } = await project();
  expect((await run(["setup"])).code).toBe(0);
  const env = machine({ readOnly: folder });
  const { code, stdout } = await run(["doctor", "--json"], { env });
  expect(code).toBe(4);
  const { cause } = reportIn(stdout);
  expect(cause).toMatchObject({ code: "STATE_READ_ONLY" });
  expect(cause?.fix.text).toContain("remount");
  expect(cause?.fix).not.toHaveProperty("remedy");
});

it("moves all damaged files aside at once", async () => {
  const { run, at } = await project();
  expect((await run(["setup"])).code).toBe(0);
  const damaged = ["cache", "gateway", "metrics"].map((name) => at(`.testx/${name}.db`));
  for (const file of damaged) writeFileSync(file, "x".repeat(5000), { mode: 0o600 });
  const { code, stdout } = await run(["doctor", "--fix", "--yes", "--json"]);
  const { treatments = [] } = reportIn(stdout);
  expect(treatments.map(({ outcome }) => outcome)).toEqual(["cured", "cured", "cured"]);
  expect(code).toBe(0);
});

it("moves a damaged cache aside and deletes nothing", async () => {
  const { run, at } = await project();
  mkdirSync(at(".testx"), { mode: 0o700 });
  writeFileSync(at(".testx/cache.db"), "x".repeat(5000), { mode: 0o600 });
  const { code, stderr } = await run(["doctor", "--fix", "--yes"]);
  expect(code).toBe(0);
  const [aside = ""] = readdirSync(at(".testx")).filter((name) =>
    name.startsWith("cache.db.damaged"),
  );
  expect(readFileSync(at(".testx", aside), "utf8")).toBe("x".repeat(5000));
  expect(stderr).toContain(`undo  mv ${at(".testx", aside)} ${at(".testx/cache.db")}`);
});

it("removes keys that nobody knows, corrects mistyped ones, and keeps the file as it was", async () => {
  const { run, at, edit } = await project();
  const right = readFileSync(at(sequenceFile), "utf8");
  edit(sequenceFile, (text) =>
    text
      .replace('"topic"', '"topicc"')
      .replace('"required": true,', '"required": true,\n      "flavour": { "a": [1, "}"] },'),
  );
  const wrong = readFileSync(at(sequenceFile), "utf8");
  const { code, stdout } = await run(["doctor", "--fix", "--yes", "--json"]);
  expect(reportIn(stdout).treatments).toMatchObject([{ outcome: "cured" }, { outcome: "cured" }]);
  expect(code).toBe(0);
  expect(readFileSync(at(sequenceFile), "utf8")).toBe(right);
  const copies = readdirSync(at("config/integrations")).filter((name) =>
    name.includes("before-fix"),
  );
  expect(copies).toHaveLength(2);
  const kept = copies.map((name) => readFileSync(at("config/integrations", name), "utf8"));
  expect(kept).toContain(wrong);
});

it("sets up again what somebody deleted", async () => {
  const { run, sandbox } = await project();
  expect((await run(["setup"])).code).toBe(0);
  const before = JSON.parse(sandbox.state()).slack;
  sandbox.reset();
  const { code, stdout } = await run(["doctor", "--fix", "--yes", "--json"]);
  const { treatments } = reportIn(stdout);
  expect(treatments).toMatchObject([{ outcome: "cured", undo: "testx rollback" }]);
  expect(code).toBe(0);
  expect(Object.keys(JSON.parse(sandbox.state()).slack)).toEqual(Object.keys(before));
});

it("goes on with a run that did not end", async () => {
  const { run, folder } = await project();
  expect((await run(["setup"])).code).toBe(0);
  cutOff(folder);
  expect((await run(["doctor"])).stdout).toContain("RUN_UNFINISHED");
  const { code, stdout } = await run(["doctor", "--fix", "--yes", "--json"]);
  expect(reportIn(stdout).treatments).toMatchObject([{ code: "RUN_UNFINISHED", outcome: "cured" }]);
  expect(code).toBe(0);
});

it("goes on with a sync that did not end by another sync, which alone can", async () => {
  const { run, folder, sequence, sandbox } = await project();
  sequence((value) => {
    value.integrations.github.required = false;
    value.integrations.github.onFailure = "defer";
  });
  sandbox.setFaults([{ service: "github", fault: { kind: "status", status: 503 } }]);
  expect((await run(["setup"])).code).toBe(5);
  sandbox.setFaults([]);
  expect((await run(["breakers", "reset", "github"])).code).toBe(0);
  const synced = await run(["integrations", "sync"]);
  expect(synced.code, synced.stdout + synced.stderr).toBe(0);
  cutOff(folder);
  const [last = ""] = (await run(["history"])).stdout.split(/\s+/);
  expect((await run(["history", "show", last])).stdout).toContain(
    "`testx integrations sync` goes on with it",
  );
  const { cause } = reportIn((await run(["doctor", "--json"])).stdout);
  expect(cause).toMatchObject({
    code: "RUN_UNFINISHED",
    fix: { command: "testx integrations sync", text: expect.stringContaining("The next sync") },
  });
  const { code, stdout } = await run(["doctor", "--fix", "--yes", "--json"]);
  expect(reportIn(stdout).treatments).toMatchObject([{ code: "RUN_UNFINISHED", outcome: "cured" }]);
  expect(code).toBe(0);
});

it("tells of a setup that failed when it was gone on with, as sync does", async () => {
  const { run, folder } = await project();
  expect((await run(["setup"])).code).toBe(0);
  cutOff(folder);
  const failed = await run(["setup"], { env: { SLACK_BOT_TOKEN: "xoxb-of-nobody" } });
  expect(failed.code, failed.stdout).not.toBe(0);
  expect((await run(["integrations", "sync"])).stderr).toContain("SETUP_UNFINISHED");
  const { cause } = reportIn((await run(["doctor", "--json"])).stdout);
  expect(cause).toMatchObject({
    code: "RUN_UNFINISHED",
    fix: { command: "testx integrations setup" },
  });
});

it("has nothing to mend where a person must decide", async () => {
  const { run } = await project();
  const { code, stderr } = await run(["doctor", "--fix"], { env: { SLACK_BOT_TOKEN: "" } });
  expect(code).toBe(4);
  expect(stderr).toContain("nothing that testx can mend");
});
