import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { finishedOf } from "../support/cli.ts";
import { type Courier, startCourier, type Ways } from "../support/courier.ts";
import { type Habits, type OtherNotion, startOtherNotion } from "../support/other-notion.ts";
import { type TestProject, testProject } from "../support/project.ts";

let project: TestProject;
beforeEach(async () => {
  project = await testProject();
});
afterEach(() => project.close());

const setup = ["integrations", "setup", "--json"];

describe("against another implementation of Notion", () => {
  let notion: OtherNotion | undefined;
  afterEach(() => notion?.close());

  const habits: [string, Habits][] = [
    ["that is exact about kinds of ids", { otherKind: 400 }],
    ["that says little and in small pieces", { terse: true, plainIds: true, most: 1 }],
    ["that knows the newest version only", { versions: ["2026-03-11"], otherKind: 404 }],
    ["that knows the older version only", { versions: ["2025-09-03"], most: 2, blocksOnly: true }],
  ];
  it.each(habits)("%s: the whole life, and no request that it refuses", async (_, habit) => {
    notion = await startOtherNotion(habit);
    const untouched = notion.state();
    const env = { NOTION_API_URL: notion.url, NOTION_PARENT_PAGE_ID: notion.root };
    const first = await project.run(setup, { env });
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(finishedOf(first).counts).toMatchObject({ created: 11, failed: 0 });
    const again = await project.run(setup, { env });
    expect(finishedOf(again).counts).toMatchObject({ created: 0, updated: 0, unchanged: 12 });
    const undone = await project.run(["rollback", "--json"], { env });
    expect(finishedOf(undone)).toMatchObject({ outcome: "rolled-back", residue: [] });
    expect(notion.state()).toEqual(untouched);
    const wrong = notion.problems.filter((problem) => !problem.includes("Notion-Version"));
    expect(wrong).toEqual([]);
  });
});

/** The same addresses, as a person may write them. */
function written(environment: Readonly<Record<string, string>>): Record<string, string> {
  const { SLACK_API_URL = "", NOTION_API_URL = "", GITHUB_API_URL = "" } = environment;
  const page = environment.NOTION_PARENT_PAGE_ID!.replaceAll("-", "");
  return {
    ...environment,
    SLACK_API_URL: SLACK_API_URL.replace(/\/$/, ""),
    NOTION_API_URL: `${NOTION_API_URL}/v1/`,
    GITHUB_API_URL: `${GITHUB_API_URL}/`,
    NOTION_PARENT_PAGE_ID: `https://www.notion.so/acme/Team-${page}?pvs=4#top`,
  };
}

describe("in front of the services", () => {
  let courier: Courier | undefined;
  afterEach(() => courier?.close());

  const ways: [string, Ways][] = [
    ["as they are", {}],
    ["below a prefix, compressed", { prefix: "/proxy/v2", encoding: "gzip", framing: "chunked" }],
    ["with nothing but the needed headers, a call a connection", { bare: true, framing: "closed" }],
    ["newer than testx, in short lists", { newer: true, most: 2 }],
  ];
  it.each(ways)("%s: every request is as described, and none is refused", async (_, way) => {
    courier = await startCourier(project.sandbox, way);
    const env = written(courier.environment);
    const untouched = project.sandbox.state();
    const first = await project.run(setup, { env });
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(finishedOf(first).counts).toMatchObject({ created: 11, failed: 0 });
    const again = await project.run(setup, { env });
    expect(finishedOf(again).counts).toMatchObject({ created: 0, updated: 0, unchanged: 12 });
    const undone = await project.run(["rollback", "--json"], { env });
    expect(finishedOf(undone)).toMatchObject({ outcome: "rolled-back", residue: [] });
    expect(project.sandbox.state() === untouched).toBe(true);
    expect(courier.wrong).toEqual([]);
    expect(courier.calls.length).toBeGreaterThan(60);
  });
});
