import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SavedPlan } from "../../src/core/saved-plan.ts";
import { plan } from "../../src/features/plan.ts";
import { root } from "../support/cli.ts";
import { Foreseen } from "../support/foreseen.ts";

const sequence = readFileSync(join(root, "config/integrations/integration-sequence.json"), "utf8");

let project: Foreseen;
beforeEach(async () => {
  project = await Foreseen.open();
});
afterEach(() => project.close());

async function save(): Promise<SavedPlan> {
  const { saved } = await project.with((deps) => plan(deps, { save: true }));
  // As it comes back from a file.
  return JSON.parse(JSON.stringify(saved));
}

function edit(change: (text: string) => string): void {
  project.configure(JSON.parse(change(sequence)));
}

/** Tries to set the plan up; gives what moved. Nothing may have been written. */
async function refused(saved: SavedPlan) {
  const before = project.recording.sandbox.state();
  const { finished } = await project.setUp(saved);
  expect(finished).toMatchObject({ outcome: "failed", failure: { code: "PLAN_STALE" } });
  expect(project.recording.writes).toEqual([]);
  expect(project.recording.sandbox.state() === before).toBe(true);
  return finished.failure?.details?.moved;
}

/** As somebody else would, past testx. */
async function slack(method: string, args: Record<string, string>): Promise<void> {
  const { SLACK_API_URL, SLACK_BOT_TOKEN } = project.environment;
  const reply = await fetch(`${SLACK_API_URL}${method}`, {
    method: "POST",
    headers: { authorization: `Bearer ${SLACK_BOT_TOKEN}` },
    body: new URLSearchParams(args),
  });
  expect(await reply.json()).toMatchObject({ ok: true });
}

async function channelId(): Promise<string> {
  return project.with(async ({ journal }) =>
    String(journal.receipts().get("slack.channel")?.state.id),
  );
}

describe("a plan that does not hold any more is refused, and says why, when", () => {
  it("somebody changed a field", async () => {
    await project.setUp();
    edit((text) => text.replace("Welcome! Start", "Hello! Start"));
    const saved = await save();
    await slack("conversations.setPurpose", { channel: await channelId(), purpose: "Mine" });
    expect(await refused(saved)).toEqual([{ what: "slack.channel", how: ["purpose changed"] }]);
  });

  it("somebody made what was to be made", async () => {
    const saved = await save();
    await slack("conversations.create", { name: "dev-onboarding" });
    expect(await refused(saved)).toEqual([{ what: "slack.channel", how: ["it is there now"] }]);
  });

  it("somebody deleted what was to be changed", async () => {
    await project.setUp();
    edit((text) => text.replace("fbca04", "000000"));
    const saved = await save();
    const { GITHUB_API_URL, GITHUB_TOKEN } = project.environment;
    await fetch(`${GITHUB_API_URL}/repos/acme/app/labels/handbook`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${GITHUB_TOKEN}`, "user-agent": "a-person" },
    });
    const how = ["it is not there any more"];
    expect(await refused(saved)).toEqual([{ what: "github.handbook-label", how }]);
  });

  it("the configuration changed", async () => {
    const saved = await save();
    edit((text) =>
      text.replace("0e8a16", "000000").replace('"required": false', '"required": true'),
    );
    const how = ["its configuration changed"];
    expect(await refused(saved)).toEqual([
      { what: "anykrowd", how },
      { what: "github.onboarding-label", how },
    ]);
  });

  it("a step has come or gone", async () => {
    const saved = await save();
    edit((text) => text.replace('"first-change"', '"last-change"'));
    const moved = await refused(saved);
    expect(moved).toContainEqual({
      what: "notion.first-change",
      how: ["it is not in the sequence any more"],
    });
    expect(moved).toContainEqual({
      what: "notion.last-change",
      how: ["it is new in the sequence"],
    });
  });

  it("a variable that is referred to has another value", async () => {
    edit((text) => text.replace("Helps new developers to settle in", "Helps ${env.WHOM}"));
    project.variables = { WHOM: "people" };
    const saved = await save();
    project.variables = { WHOM: "you" };
    const how = ["the values that it refers to changed"];
    expect(await refused(saved)).toEqual([{ what: "github.onboarding-label", how }]);
  });

  it("the file was changed by hand", async () => {
    const saved = await save();
    const items = saved.plan.map((item) => ({
      ...item,
      calls: (item.calls ?? []).map((call) => ({ ...call, digest: "0".repeat(64) })),
    }));
    const how = ["other calls would be sent"];
    const moved = await refused({ ...saved, plan: items });
    expect(moved).toContainEqual({ what: "github.first-week", how });
  });
});

describe("a plan holds", () => {
  it("as long as nothing has moved, and is done then", async () => {
    const saved = await save();
    expect((await project.setUp(saved)).finished).toMatchObject({
      outcome: "succeeded",
      counts: { created: 11 },
    });
  });

  it("whatever becomes of what is only looked at", async () => {
    const saved = await save();
    project.variables = {
      ANYKROWD_HEALTH_CHECK_URL: `${project.environment.ANYKROWD_HEALTH_CHECK_URL}?x`,
    };
    expect((await project.setUp(saved)).finished.outcome).toBe("succeeded");
  });
});
