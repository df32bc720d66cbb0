import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import type { DriftItem, DriftReport } from "../../src/core/results.ts";
import { byHand } from "../support/by-hand.ts";
import { finishedOf, root } from "../support/cli.ts";
import { repositoryLink, type TestProject, testProject } from "../support/project.ts";

let project: TestProject;
let hand: ReturnType<typeof byHand>;
let receipts: Readonly<Record<string, JsonObject>>;

beforeEach(async () => {
  project = await testProject();
  hand = byHand(project.sandbox.environment);
  sequence((steps) => {
    steps("slack")["repository-link"] = repositoryLink;
  });
  const ended = await project.run(["setup", "--json"]);
  ({ receipts } = finishedOf(ended));
});
afterEach(() => project.close());

const of = (step: string) => receipts[step] as Record<string, string>;

async function drift(...args: string[]) {
  const ended = await project.run(["integrations", "drift", "--json", ...args]);
  const report = JSON.parse(ended.stdout) as DriftReport;
  const item = (step: string) => report.steps.find((one) => one.step === step) as DriftItem;
  return { ...ended, report, item };
}

function sequence(change: (steps: (id: string) => Record<string, JsonObject>) => void): void {
  const file = join(project.folder, "config/integrations/integration-sequence.json");
  const document = JSON.parse(readFileSync(file, "utf8"));
  change((id) => document.integrations[id].steps);
  writeFileSync(file, JSON.stringify(document));
}

/** Something of each kind of drift in each service. */
async function meddle(): Promise<void> {
  await hand.slack("conversations.setTopic", { channel: of("slack.channel").id, topic: "Mine" });
  const bookmark = of("slack.repository-link");
  await hand.slack("bookmarks.remove", { channel_id: bookmark.channel, bookmark_id: bookmark.id });
  await hand.notion("PATCH", `pages/${of("notion.say-hello").id}`, { in_trash: true });
  await hand.github("PATCH", "/repos/acme/app/labels/onboarding", { color: "ff0000" });
  await hand.github("DELETE", "/repos/acme/app/labels/handbook");
}

it("finds nothing after a setup, and sends no write", async () => {
  const before = project.writes().length;
  const { code, report } = await drift("--exit-code");
  expect(code).toBe(0);
  expect(report).toMatchObject({
    drift: false,
    counts: { unchanged: 12, changed: 0, deleted: 0, unreachable: 0, ignored: 0 },
    unsettled: [],
  });
  expect(project.writes()).toHaveLength(before);
});

describe("what somebody changed and deleted", () => {
  it("is found field by field without a write, repaired by setup, and then gone", async () => {
    await meddle();
    const before = project.writes().length;
    const { code, report, item } = await drift("--exit-code");
    expect(project.writes()).toHaveLength(before);
    expect(code).toBe(3);
    expect(report).toMatchObject({ drift: true, counts: { changed: 2, deleted: 3, unchanged: 7 } });
    expect(item("slack.channel")).toMatchObject({
      status: "changed",
      origin: "created",
      inSequence: true,
      url: of("slack.channel").url,
      changes: [{ field: "topic", from: of("slack.channel").topic, to: "Mine", asked: true }],
    });
    expect(item("github.onboarding-label").changes).toEqual([
      { field: "color", from: "0e8a16", to: "ff0000", asked: true },
    ]);
    for (const step of ["slack.repository-link", "notion.say-hello", "github.handbook-label"]) {
      expect(item(step)).toMatchObject({ status: "deleted", changes: [] });
    }
    expect((await drift()).code, "without --exit-code").toBe(0);

    const repaired = finishedOf(await project.run(["setup", "--json"]));
    expect(repaired).toMatchObject({
      outcome: "succeeded",
      counts: { created: 3, updated: 2, unchanged: 8 },
    });
    expect((await drift("--exit-code")).report).toMatchObject({ drift: false });
  });

  it("is a tree for people, within 80 columns", async () => {
    await meddle();
    const { code, stdout } = await project.run(["drift"]);
    expect(code).toBe(0);
    expect(stdout.split("\n").slice(0, 4)).toEqual([
      "slack",
      "  ~ channel #dev-onboarding (channel, changed)",
      '      topic: "Welcome! Start with the pinned message." → "Mine"',
      `      ${of("slack.channel").url}`,
    ]);
    expect(stdout).toContain('\n  - bookmark "Repository" (repository-link, deleted)\n');
    expect(stdout).toContain("Drift: 2 changed, 3 deleted, 7 unchanged.");
  });

  it("takes its dependents along: they are made anew for what is made anew", async () => {
    await hand.notion("PATCH", `pages/${of("notion.handbook").id}`, { in_trash: true });
    const { item } = await drift();
    for (const step of ["notion.handbook", "notion.tasks", "notion.say-hello"]) {
      expect(item(step).status, step).toBe("deleted");
    }
    const repaired = finishedOf(await project.run(["setup", "--json"]));
    expect(repaired).toMatchObject({ outcome: "succeeded", counts: { created: 5, updated: 1 } });
    expect(repaired.receipts["notion.tasks"]!.parent).toBe(
      repaired.receipts["notion.handbook"]!.id,
    );
    expect((await drift()).report.drift).toBe(false);
  });

  it("counts as well for what was adopted", async () => {
    await project.run(["rollback"]);
    await hand.github("POST", "/repos/acme/app/labels", {
      name: "onboarding",
      color: "0e8a16",
      description: "Helps new developers to settle in",
    });
    const again = finishedOf(await project.run(["setup", "--json"]));
    expect(again.counts).toMatchObject({ adopted: 1, created: 11 });
    await hand.github("PATCH", "/repos/acme/app/labels/onboarding", { description: "Other" });
    expect((await drift()).item("github.onboarding-label")).toMatchObject({
      status: "changed",
      origin: "adopted",
      changes: [{ field: "description", to: "Other" }],
    });
  });

  it("is seen where the sequence has no such step any more, or is gone itself", async () => {
    await meddle();
    sequence((steps) => {
      delete steps("github")["handbook-label"];
    });
    const without = await drift("--exit-code");
    expect(without.item("github.handbook-label")).toMatchObject({
      status: "deleted",
      inSequence: false,
    });
    expect(without.report.steps.at(-1)!.step, "behind those of the sequence").toBe(
      "github.handbook-label",
    );
    const text = await project.run(["drift"]);
    expect(text.stdout).toContain(
      "label handbook (handbook-label, deleted, no longer in the sequence)",
    );
    rmSync(join(project.folder, "config"), { recursive: true });
    const alone = await drift("--exit-code");
    expect(alone.code).toBe(3);
    expect(alone.report.counts).toEqual(without.report.counts);
    expect(alone.report.steps.every(({ inSequence }) => !inSequence)).toBe(true);
  });
});

describe("what is left to others", () => {
  it("is neither reported nor set back, but written when it is made", async () => {
    await meddle();
    sequence((steps) => {
      steps("slack").channel!.ignore = ["topic"];
      steps("github")["onboarding-label"]!.ignore = true;
      (steps("github")["onboarding-label"]!.with as JsonObject).description = "New";
    });
    const { item } = await drift();
    expect(item("slack.channel")).toMatchObject({ status: "unchanged", ignored: ["topic"] });
    expect(item("github.onboarding-label")).toMatchObject({ status: "ignored" });
    const planned = JSON.parse((await project.run(["plan", "--json"])).stdout);
    expect(planned.plan).toContainEqual(
      expect.objectContaining({
        step: "slack.channel",
        action: "unchanged",
        ignored: ["topic"],
      }),
    );
    const repaired = finishedOf(await project.run(["setup", "--json"]));
    expect(repaired.counts).toMatchObject({ created: 3, unchanged: 10, updated: 0 });
    expect(repaired.receipts["slack.channel"]).toMatchObject({ topic: "Mine" });
    expect(repaired.receipts["github.onboarding-label"]).toMatchObject({ color: "ff0000" });

    // A write to another field leaves it alone, too.
    sequence((steps) => {
      (steps("slack").channel!.with as JsonObject).purpose = "Other";
    });
    const updated = finishedOf(await project.run(["setup", "--json"]));
    expect(updated.receipts["slack.channel"]).toMatchObject({ topic: "Mine", purpose: "Other" });
  });

  it("may be named on the command line", async () => {
    await meddle();
    const { code, report, item } = await drift(
      ...["--exit-code", "--ignore", "slack.channel.topic", "--ignore", "slack.repository-link"],
      ...["--ignore=notion.say-hello", "--ignore=github.onboarding-label.color"],
      "--ignore=github.handbook-label",
    );
    expect(code).toBe(0);
    expect(report).toMatchObject({ drift: false, counts: { ignored: 3, unchanged: 9 } });
    expect(item("slack.channel")).toMatchObject({ status: "unchanged", ignored: ["topic"] });
  });

  it("must be there", async () => {
    const ended = await project.run(["drift", "--ignore", "slack.chanel"]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('There is no step "slack.chanel" to ignore');
    expect(ended.stderr).toContain('Did you mean "slack.channel"?');
  });
});

describe("what cannot be looked at", () => {
  it("is told, and the rest is compared all the same", async () => {
    await meddle();
    const ended = await project.run(["drift", "--json"], { env: { NOTION_TOKEN: "" } });
    const { code } = ended;
    const report = JSON.parse(ended.stdout) as DriftReport;
    const item = (step: string) => report.steps.find((one) => one.step === step);
    expect(code).toBe(5);
    expect(report.counts).toMatchObject({ unreachable: 5, changed: 2, deleted: 2 });
    expect(item("notion.tasks")).toMatchObject({
      status: "unreachable",
      failure: { code: "SECRET_MISSING", integration: "notion" },
    });
  });
});

it("gives the document that its page describes", async () => {
  await hand.slack("conversations.setTopic", { channel: of("slack.channel").id, topic: "Mine" });
  const page = readFileSync(join(root, "docs/drift.md"), "utf8");
  const described = [...page.matchAll(/```json\n(\{[\s\S]*?)```/g)]
    .map(([, text]) => text!)
    .at(-1)!;
  const document = JSON.parse(described) as DriftReport;
  const { report, item } = await drift();
  const keys = (value: object) => Object.keys(value).sort();
  expect(keys(report)).toEqual(keys(document));
  expect(keys(report.counts)).toEqual(keys(document.counts));
  const changed = document.steps[0]!;
  expect(keys(item("slack.channel"))).toEqual(keys(changed));
  expect(keys(item("slack.channel").changes[0]!)).toEqual(keys(changed.changes[0]!));
});

it("says so when nothing is set up", async () => {
  const { stdout, code } = await project.run(["drift", "--state", "elsewhere"]);
  expect({ stdout, code }).toEqual({
    stdout: "Nothing is set up yet, so nothing can have changed.\n",
    code: 0,
  });
});
