import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { RunFinished } from "../../src/core/events.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { personToken } from "../../src/sandbox/notion/state.ts";
import { byHand } from "../support/by-hand.ts";
import { type TestProject, testProject } from "../support/project.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

interface Place {
  readonly project: TestProject;
  readonly hand: ReturnType<typeof byHand>;
  readonly receipts: Readonly<Record<string, JsonObject>>;
}

async function finished(project: TestProject, args: readonly string[]): Promise<RunFinished> {
  const { stdout } = await project.run([...args, "--json"]);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as RunFinished;
}

async function setUp(github?: JsonObject): Promise<Place> {
  const project = await testProject();
  open.push(project);
  if (github) {
    const folder = join(project.folder, "config/integrations");
    rmSync(folder, { recursive: true });
    mkdirSync(folder, { recursive: true });
    const sequence = { version: 1, integrations: { github } };
    writeFileSync(join(folder, "integration-sequence.json"), JSON.stringify(sequence));
  }
  const { outcome, receipts } = await finished(project, ["integrations", "setup"]);
  expect(outcome).toBe("succeeded");
  return { project, hand: byHand(project.sandbox.environment), receipts };
}

/** What people see. */
const seen = ({ project }: Place): string => project.sandbox.state();

const rollback = ({ project }: Place) => finished(project, ["rollback"]);
const left = ({ residue }: RunFinished) => residue.map(({ step }) => step).toSorted();

it("a row that somebody has changed stays, and so does the database that it is in, and its page", async () => {
  const at = await setUp();
  const row = String(at.receipts["notion.say-hello"]?.id);
  const tick = (checkbox: boolean) =>
    at.hand.notion("PATCH", `pages/${row}`, { properties: { Done: { checkbox } } }, personToken);
  await tick(true);
  const first = await rollback(at);
  expect(first.outcome).toBe("rollback-incomplete");
  expect(left(first)).toEqual(["notion.handbook", "notion.say-hello", "notion.tasks"]);
  expect(seen(at)).toContain("Say hello in the team's channel");
  expect(seen(at)).not.toContain("Open a first pull request");
  // What could not be undone is tried again.
  await tick(false);
  expect(await rollback(at)).toMatchObject({ outcome: "rolled-back", counts: { undone: 3 } });
  expect(seen(at)).not.toContain("Developer onboarding");
});

it("what somebody has put into a database stays with the page around it, until it is moved away", async () => {
  const at = await setUp();
  const data_source_id = String(at.receipts["notion.tasks"]?.dataSourceId);
  const mine = { parent: { type: "data_source_id", data_source_id } };
  const properties = { Task: { title: [{ text: { content: "Mine" } }] } };
  const row = await at.hand.notion("POST", "pages", { ...mine, properties }, personToken);
  const first = await rollback(at);
  expect(left(first)).toEqual(["notion.handbook", "notion.tasks"]);
  expect(seen(at)).toContain("Mine");
  await at.hand.notion("PATCH", `pages/${row.id}`, { in_trash: true }, personToken);
  expect(await rollback(at)).toMatchObject({ outcome: "rolled-back", residue: [] });
  expect(seen(at)).not.toContain("Developer onboarding");
});

it("what somebody has put into a property that a run has added outlives it, in a row of testx's as well", async () => {
  const project = await testProject();
  open.push(project);
  const folder = join(project.folder, "config/integrations");
  rmSync(folder, { recursive: true });
  mkdirSync(folder, { recursive: true });
  const setUpWith = (properties: JsonObject, values: JsonObject) => {
    const database = "${notion.list.id}";
    const steps = {
      list: {
        kind: "database",
        with: { parent: "${env.NOTION_PARENT_PAGE_ID}", title: "List", properties },
      },
      row: { kind: "entry", with: { database, key: { Name: "K" }, properties: values } },
    };
    const sequence = { version: 1, integrations: { notion: { provider: "notion", steps } } };
    writeFileSync(join(folder, "integration-sequence.json"), JSON.stringify(sequence));
    return finished(project, ["integrations", "setup"]);
  };
  const properties = { Name: "title", Status: { select: ["todo", "doing"] } };
  await setUpWith(properties, { Status: "todo" });
  const wider = { ...properties, Owner: "rich_text" };
  const { receipts } = await setUpWith(wider, { Status: "doing" });
  const hand = byHand(project.sandbox.environment);
  const owner = (text: JsonObject[]) =>
    hand.notion(
      "PATCH",
      `pages/${receipts["notion.row"]?.id}`,
      { properties: { Owner: { rich_text: text } } },
      personToken,
    );
  await owner([{ text: { content: "Ann" } }]);
  for (const time of ["first", "second"]) {
    const { outcome, residue } = await finished(project, ["rollback"]);
    expect(
      residue.map(({ what }) => what),
      time,
    ).toContain('property "Owner"');
    expect(outcome, time).toBe("rollback-incomplete");
    expect(project.sandbox.state(), time).toContain("Ann");
    expect(project.sandbox.state(), time).toContain('"todo"');
  }
  await owner([]);
  expect(await finished(project, ["rollback"])).toMatchObject({ outcome: "rolled-back" });
  expect(project.sandbox.state()).not.toContain("Owner");
});

const fresh = (autoInit: boolean): JsonObject => ({
  provider: "github",
  with: { repository: "acme/fresh", createRepository: true },
  steps: {
    repository: { kind: "repository", with: { autoInit } },
    issue: {
      kind: "issue",
      with: { repository: "${github.repository.repository}", title: "Welcome" },
    },
    staging: {
      kind: "environment",
      with: { repository: "${github.repository.repository}", name: "staging" },
    },
  },
});

it("an issue that has gone with its repository is no residue", async () => {
  const at = await setUp(fresh(true));
  expect(await rollback(at)).toMatchObject({ outcome: "rolled-back", residue: [] });
});

it("an environment that holds what somebody has put into it stays, and its repository", async () => {
  const at = await setUp(fresh(true));
  const variables = "/repos/acme/fresh/environments/staging/variables";
  await at.hand.github("POST", variables, { name: "URL", value: "https://staging.acme.dev" });
  const first = await rollback(at);
  expect(left(first)).toEqual(["github.issue", "github.repository", "github.staging"]);
  expect(await at.hand.github("GET", variables)).toMatchObject({ total_count: 1 });
  await at.hand.github("DELETE", `${variables}/URL`);
  expect(await rollback(at)).toMatchObject({ outcome: "rolled-back", residue: [] });
});

it("a first commit by somebody is their work, whatever they call it", async () => {
  const at = await setUp(fresh(false));
  const content = Buffer.from("the work of a year").toString("base64");
  const date = "2026-01-01T00:00:00Z";
  const committer = { name: "ada", email: "ada@example.com", date };
  const body = { message: "Initial commit", content, committer };
  await at.hand.github("PUT", "/repos/acme/fresh/contents/main.ts", body);
  expect(left(await rollback(at))).toEqual(["github.issue", "github.repository"]);
  expect(await at.hand.github("GET", "/repos/acme/fresh/contents/main.ts")).toMatchObject({
    name: "main.ts",
  });
});

it("an issue that somebody has closed goes with no repository", async () => {
  const at = await setUp(fresh(true));
  await at.hand.github("POST", "/repos/acme/fresh/issues", { title: "Why TypeScript?" });
  await at.hand.github("PATCH", "/repos/acme/fresh/issues/2", { state: "closed" });
  expect(left(await rollback(at))).toEqual(["github.issue", "github.repository"]);
});
