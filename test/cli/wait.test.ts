import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { host } from "../../src/platform/host.ts";
import { stateLock } from "../../src/platform/lock.ts";
import { sqliteJournal } from "../../src/platform/store/journal.ts";
import { eventsOf, finishedOf } from "../support/cli.ts";
import { type TestProject, testProject } from "../support/project.ts";

let project: TestProject;
beforeEach(async () => {
  project = await testProject();
});
afterEach(() => project.close());

/** As another testx would, in this process. */
function hold() {
  const taken = stateLock(join(project.folder, ".testx"), host, Date).acquire("testx rollback");
  if (!("release" in taken)) throw new Error("somebody holds the lock");
  return taken;
}

it("status before the first step of a setup that is at work does not advise one", async () => {
  const lock = hold();
  const journal = sqliteJournal(join(project.folder, ".testx"), { now: Date.now });
  await journal.append("20260102-120344-k3x9", [{ type: "run-started", command: "setup" }]);
  journal.close();
  expect((await project.run(["status"])).stdout).toBe("⚠ A setup is at work now.\n");
  lock.release();
});

it("says at once who holds the lock, unless it is to wait", async () => {
  const lock = hold();
  const ended = await project.run(["setup", "--json"]);
  expect(ended.code).toBe(7);
  const { error } = JSON.parse(ended.stdout);
  expect(error).toMatchObject({
    code: "RUN_LOCKED",
    message: expect.stringContaining(`testx rollback (process ${process.pid} on ${host.name})`),
  });
  lock.release();
});

it("waits, tells for whom, and goes on when the other has ended", async () => {
  const lock = hold();
  const ended = await project.run(["setup", "--json", "--wait", "60s"], {
    started: (child) => child.stdout?.once("data", () => lock.release()),
  });
  expect(ended.code).toBe(0);
  expect(eventsOf(ended).slice(0, 2)).toMatchObject([
    {
      type: "lock.waiting",
      holder: { pid: process.pid, command: "testx rollback" },
      leftMs: 60_000,
    },
    { type: "run.started" },
  ]);
  expect(finishedOf(ended).outcome).toBe("succeeded");
});

it("gives up when time is over", async () => {
  const lock = hold();
  const ended = await project.run(["rollback", "--wait", "300ms"]);
  expect(ended.code).toBe(7);
  expect(ended.stderr).toContain("waiting at most 300ms for testx rollback (process");
  expect(ended.stderr.replace(/\s+/g, " ")).toContain("still was after a wait of 0.3 s");
  lock.release();
});

it("stops waiting at Ctrl-C, within two seconds", async () => {
  const lock = hold();
  let stopped = 0;
  const ended = await project.run(["setup", "--wait", "60s"], {
    started: (child) =>
      child.stderr?.once("data", () => {
        stopped = performance.now();
        child.kill("SIGINT");
      }),
  });
  expect(performance.now() - stopped).toBeLessThan(2000);
  expect(ended.code).toBe(130);
  lock.release();
});
