import { describe, expect, it } from "vitest";
import { diagnosisOf, merged } from "../../../src/core/diagnosis.ts";
import { type Failure, failure } from "../../../src/core/failure.ts";
import type { DriftItem } from "../../../src/core/results.ts";
import type { Sequence } from "../../../src/core/sequence.ts";
import { integrationOf } from "../../../src/core/step.ts";
import { driftFindings, obstacles } from "../../../src/features/doctor/drift-findings.ts";

const sequence = {
  integrations: ["slack", "notion", "github"].map((id) => ({ id, provider: id, required: true })),
  steps: [
    { id: "slack.channel", with: { name: "team" } },
    { id: "slack.welcome", with: { channel: "${slack.channel.id}" } },
    { id: "notion.tasks", with: { title: "Tasks" } },
    { id: "notion.first", with: { database: "${notion.tasks.id}" } },
    { id: "github.variable", with: { value: "${slack.channel.id}" } },
  ],
} as unknown as Sequence;

function item(step: string, parts: Partial<DriftItem>): DriftItem {
  return {
    ...{ step, integration: integrationOf(step), kind: "thing", title: step, origin: "created" },
    ...{ run: "r1", at: 0, inSequence: true, status: "unchanged", changes: [], ignored: [] },
    ...parts,
  } as DriftItem;
}

const changed = (step: string, field: string) =>
  item(step, { status: "changed", changes: [{ field, from: "a", to: "b", asked: true }] });
const deleted = (step: string) => item(step, { status: "deleted" });
const unreachable = (step: string, code: string, parts: Partial<Failure> = {}) =>
  item(step, { status: "unreachable", failure: failure(code, `${code} of ${step}`, parts) });

function told(...items: DriftItem[]) {
  const { outcome, findings } = diagnosisOf(driftFindings(items, sequence, new Set()), []);
  return { outcome, codes: findings.map(({ code }) => code).toSorted() };
}

describe("what a step that cannot be looked at follows from", () => {
  it("is no change of another kind: rights and other services have causes of their own", () => {
    const { outcome, codes } = told(
      changed("slack.channel", "topic"),
      unreachable("slack.welcome", "SLACK_SCOPE_MISSING"),
      unreachable("github.variable", "GITHUB_FORBIDDEN"),
    );
    expect(codes).toEqual(["DRIFT_CHANGED", "GITHUB_FORBIDDEN", "SLACK_SCOPE_MISSING"]);
    expect(outcome).toBe("prerequisite-missing");
  });

  it.each([
    ["slack.welcome", "SLACK_SCOPE_MISSING", {}],
    ["slack.welcome", "SLACK_UNAVAILABLE", { transient: true }],
    ["slack.welcome", "SLACK_RESTRICTED", {}],
    ["github.variable", "GITHUB_FORBIDDEN", {}],
    ["github.variable", "GITHUB_NOT_FOUND", {}],
  ])("is no thing that is gone, for %s with %s", (step, code, parts) => {
    const { codes } = told(deleted("slack.channel"), unreachable(step, code, parts));
    expect(codes).toEqual([code, "DRIFT_DELETED"].toSorted());
  });

  it.each([
    [deleted("slack.channel"), "slack.welcome", "SLACK_CHANNEL_NOT_FOUND"],
    [deleted("notion.tasks"), "notion.first", "NOTION_PAGE_NOT_SHARED"],
    [changed("notion.tasks", "parent"), "notion.first", "NOTION_PAGE_NOT_SHARED"],
    [changed("notion.tasks", "properties.Area"), "notion.first", "NOTION_PROPERTY_UNKNOWN"],
    [changed("slack.channel", "joined"), "slack.welcome", "SLACK_NOT_IN_CHANNEL"],
    [changed("slack.channel", "archived"), "slack.welcome", "SLACK_ARCHIVED"],
  ])("is what became of the thing in which it stands", (base, step, code) => {
    expect(told(base, unreachable(step, code)).codes).toEqual([
      base.status === "deleted" ? "DRIFT_DELETED" : "DRIFT_CHANGED",
    ]);
  });

  it("is no change of words, which takes nothing away", () => {
    const { codes } = told(
      changed("notion.tasks", "description"),
      unreachable("notion.first", "NOTION_PAGE_NOT_SHARED"),
    );
    expect(codes).toEqual(["DRIFT_CHANGED", "NOTION_PAGE_NOT_SHARED"]);
  });
});

describe("what is met by what is there and by what is to be set up", () => {
  /** What is told of a webhook that is there, and of a step that is to be set up beside it. */
  function told(code: string, there: Partial<Failure>, planned: Partial<Failure>) {
    const hook = item("github.hook", {
      ...{ status: "unreachable", failure: failure(code, "", there) },
    });
    const met = { step: "github.new", failure: failure(code, "", planned), seen: "not like this" };
    const found = [
      ...driftFindings([hook], sequence, new Set()),
      ...obstacles("drift.plan", [met], sequence).map(({ finding }) => finding),
    ];
    return diagnosisOf(merged(found), []).findings.map(({ what }) => what);
  }

  const refused = (operation: string, right: string) => ({
    message: `GitHub refuses ${operation}: it needs ${right}.`,
    details: { operation },
  });
  const hooks = refused("getWebhook", "repository_hooks=read");

  it("is two things where two rights are missing: who mends one is to know of the other", () => {
    const secrets = refused("getSecret", "secrets=read");
    expect(told("GITHUB_FORBIDDEN", hooks, secrets)).toEqual([hooks.message, secrets.message]);
  });

  it("is one where the same right is, whatever it is needed for", () => {
    const list = refused("listWebhooks", "repository_hooks=read");
    expect(told("GITHUB_FORBIDDEN", hooks, list)).toEqual([hooks.message]);
  });

  it("is one where the service has trouble, whatever call meets it", () => {
    const slow = (call: string) => ({ message: `github GET /${call}: no reply in 10 s.` });
    expect(told("GATEWAY_TIMEOUT", slow("hooks"), slow("secrets"))).toEqual([
      slow("hooks").message,
    ]);
  });
});
