import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventsOf, finishedOf } from "../support/cli.ts";
import { masked, type TestProject, testProject } from "../support/project.ts";

let project: TestProject;
beforeEach(async () => {
  project = await testProject();
});
afterEach(() => project.close());

const setup = ["integrations", "setup", "--json"];

describe("the main job, against any server that speaks the services' APIs", () => {
  it("sets everything up in dependency order, then finds nothing to do", async () => {
    const first = await project.run(setup);
    expect(first.code, first.stderr).toBe(0);
    expect(finishedOf(first)).toMatchObject({ outcome: "succeeded", residue: [] });
    expect(finishedOf(first).counts).toMatchObject({ created: 11, unchanged: 1, failed: 0 });

    project.sandbox.clearLog();
    const again = await project.run(setup);
    expect(again.code).toBe(0);
    const { counts } = finishedOf(again);
    expect(counts).toEqual({ ...counts, created: 0, updated: 0, adopted: 0, unchanged: 12 });
    expect(project.writes()).toEqual([]);
    expect(project.sandbox.log().length, "one read a step on average").toBeLessThanOrEqual(12);
  });

  it("starts a step only when everything it comes after has ended", async () => {
    const events = eventsOf(await project.run(setup));
    const at = (type: string, step: string) =>
      events.findIndex((event) => event.type === type && "step" in event && event.step === step);
    expect(at("step.started", "notion.handbook")).toBeGreaterThan(
      at("step.finished", "slack.channel"),
    );
    expect(at("step.started", "github.first-week")).toBeGreaterThan(
      at("step.finished", "notion.first-change"),
    );
  });

  it("unwinds to the byte, and sets up again", async () => {
    const before = project.sandbox.state();
    await project.run(setup);
    const after = project.sandbox.state();
    expect(after === before).toBe(false);
    const undone = await project.run(["rollback", "--json"]);
    expect(undone.code, undone.stdout).toBe(0);
    expect(finishedOf(undone)).toMatchObject({
      outcome: "rolled-back",
      residue: [],
      counts: { undone: 11 },
    });
    expect(project.sandbox.state() === before).toBe(true);
    expect((await project.run(setup)).code).toBe(0);
    expect(masked(project.sandbox.state()) === masked(after)).toBe(true);
  });

  it("plans without a write and says by exit code whether there are changes", async () => {
    const plan = ["integrations", "plan", "--exit-code", "--json"];
    const before = await project.run(plan);
    expect(before.code).toBe(3);
    expect(JSON.parse(before.stdout)).toMatchObject({ changes: true });
    expect(project.writes()).toEqual([]);
    await project.run(setup);
    expect((await project.run(plan)).code).toBe(0);
  });

  it("knows afterwards what is set up, without a call", async () => {
    await project.run(setup);
    project.sandbox.clearLog();
    const status = await project.run(["integrations", "status", "--json"]);
    expect(status.stdout).toContain('"slack.channel"');
    const outputs = await project.run(["integrations", "outputs", "--format", "env"]);
    expect(outputs.stdout).toMatch(/^SLACK_CHANNEL_ID=/m);
    expect(project.sandbox.log()).toEqual([]);
  });
});

describe("what is missing", () => {
  it("is all told at once, with exit code 4, before any call", async () => {
    const ended = await project.run(setup, {
      env: { SLACK_BOT_TOKEN: undefined, NOTION_TOKEN: "", GITHUB_REPOSITORY: undefined },
    });
    expect(ended.code).toBe(4);
    for (const name of ["SLACK_BOT_TOKEN", "NOTION_TOKEN", "GITHUB_REPOSITORY"]) {
      expect(ended.stdout).toContain(name);
    }
    expect(project.sandbox.log()).toEqual([]);
  });

  it("is no failure for an optional integration that nobody has configured", async () => {
    const ended = await project.run(setup, { env: { ANYKROWD_HEALTH_CHECK_URL: undefined } });
    expect(ended.code, ended.stdout).toBe(0);
    expect(finishedOf(ended)).toMatchObject({ outcome: "succeeded", counts: { skipped: 1 } });
  });

  it("is everything when the sequence is switched off, and then nothing happens", async () => {
    const ended = await project.run(setup, { env: { INTEGRATION_SEQUENCE_ENABLED: "false" } });
    expect(ended.code, ended.stdout).toBe(0);
    expect(finishedOf(ended)).toMatchObject({ outcome: "succeeded", counts: { created: 0 } });
    expect(project.sandbox.log()).toEqual([]);
  });
});
