import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SavedPlan } from "../../src/core/saved-plan.ts";
import { eventsOf, finishedOf } from "../support/cli.ts";
import { type TestProject, testProject } from "../support/project.ts";

let project: TestProject;
beforeEach(async () => {
  project = await testProject();
});
afterEach(() => project.close());

const setup = ["integrations", "setup", "--json"];
const file = "plans.json";

async function save(): Promise<SavedPlan> {
  const ended = await project.run(["integrations", "plan", "--out", file]);
  expect(ended.code, ended.stderr).toBe(0);
  return JSON.parse(readFileSync(join(project.folder, file), "utf8"));
}

describe("a saved plan", () => {
  it("is its owner's alone, holds no secret, and is set up call by call", async () => {
    const saved = await save();
    const mode = statSync(join(project.folder, file)).mode & 0o777;
    expect(mode).toBe(0o600);
    const text = readFileSync(join(project.folder, file), "utf8");
    for (const [name, value] of Object.entries(project.sandbox.environment)) {
      if (/TOKEN/.test(name)) expect(text).not.toContain(value);
    }
    expect(project.writes()).toEqual([]);

    const ended = await project.run([...setup, "--plan", file]);
    expect(ended.code, ended.stdout).toBe(0);
    const sent = eventsOf(ended).flatMap((event) =>
      event.type === "call.finished" && event.write ? [[event.step, event.operation]] : [],
    );
    for (const { step, calls = [] } of saved.plan) {
      expect(sent.filter(([of]) => of === step)).toEqual(
        calls.map(({ operation }) => [step, operation]),
      );
    }
    expect(sent).toHaveLength(14);
  });

  it("that has nothing to do does nothing", async () => {
    await project.run(setup);
    await save();
    project.sandbox.clearLog();
    const ended = await project.run([...setup, "--plan", file]);
    expect(finishedOf(ended)).toMatchObject({ outcome: "succeeded", counts: { unchanged: 12 } });
    expect(project.writes()).toEqual([]);
  });

  it("can be set up in the sandbox, whose address is another one each time", async () => {
    const plan = ["integrations", "plan", "--sandbox", "--out", file];
    expect((await project.run(plan)).code).toBe(0);
    const ended = await project.run([...setup, "--sandbox", "--plan", file]);
    expect(finishedOf(ended)).toMatchObject({ outcome: "succeeded", counts: { created: 11 } });
  });

  it("that was set up already is refused", async () => {
    await save();
    await project.run([...setup, "--plan", file]);
    const before = project.sandbox.state();
    project.sandbox.clearLog();
    const ended = await project.run([...setup, "--plan", file]);
    expect(ended.code).toBe(2);
    const { failure } = finishedOf(ended);
    expect(failure).toMatchObject({ code: "PLAN_STALE", details: { moved: { length: 11 } } });
    expect(failure?.message).toContain("slack.channel: it is there now, and testx has set it up");
    expect(project.writes()).toEqual([]);
    expect(project.sandbox.state() === before).toBe(true);
  });
});

describe("a file that is no plan", () => {
  it.each([
    ["is not there", undefined],
    ["is not JSON", "{"],
    ["is something else", "[]"],
    ["is of another version", JSON.stringify({ format: "testx-plan", version: 2 })],
  ])("and %s", async (_, content) => {
    if (content !== undefined) writeFileSync(join(project.folder, file), content);
    const ended = await project.run(["integrations", "setup", "--plan", file]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("PLAN_UNREADABLE");
    expect(project.sandbox.log()).toEqual([]);
  });

  it("cannot be written where there is no folder", async () => {
    const ended = await project.run(["integrations", "plan", "--out", "nowhere/plan.json"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("PLAN_UNWRITABLE");
  });
});
