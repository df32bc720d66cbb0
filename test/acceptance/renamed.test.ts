import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { RunFinished } from "../../src/core/events.ts";
import type { Plan } from "../../src/core/plan.ts";
import type { DriftReport } from "../../src/core/results.ts";
import { byHand } from "../support/by-hand.ts";
import { type TestProject, testProject } from "../support/project.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const steps = {
  label: { kind: "label", with: { name: "onboarding", color: "0e8a16" } },
  milestone: { kind: "milestone", with: { title: "First week" } },
  webhook: { kind: "webhook", with: { url: "https://hooks.example.com/a" } },
};

async function setUp() {
  const project = await testProject();
  open.push(project);
  const folder = join(project.folder, "config/integrations");
  rmSync(folder, { recursive: true });
  mkdirSync(folder, { recursive: true });
  const github = { provider: "github", with: { repository: "${env.GITHUB_REPOSITORY}" } };
  const write = (steps: object): void => {
    const sequence = { version: 1, integrations: { github: { ...github, steps } } };
    writeFileSync(join(folder, "integration-sequence.json"), JSON.stringify(sequence));
  };
  write(steps);
  const last = async <T>(...args: string[]): Promise<T> => {
    const { stdout } = await project.run([...args, "--json"]);
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as T;
  };
  const { receipts } = await last<RunFinished>("integrations", "setup");
  return { project, last, receipts, write };
}

/** Set up, and then renamed by somebody, past testx. */
async function renamed() {
  const { project, last, receipts } = await setUp();
  const { github: send } = byHand(project.sandbox.environment);
  const at = `/repos/${receipts["github.label"]?.repository}`;
  await send("PATCH", `${at}/labels/onboarding`, { new_name: "welcome" });
  await send("PATCH", `${at}/milestones/1`, { title: "Week one" });
  const hook = `${at}/hooks/${receipts["github.webhook"]?.id}/config`;
  await send("PATCH", hook, { url: "https://hooks.example.com/b" });
  return { project, last };
}

it("what somebody has renamed is told as changed, and not as deleted", async () => {
  const { last } = await renamed();
  const { steps: found } = await last<DriftReport>("integrations", "drift");
  expect(found.map(({ status, changes }) => [status, changes.map(({ field }) => field)])).toEqual([
    ["changed", ["name"]],
    ["changed", ["title"]],
    ["changed", ["target"]],
  ]);
});

it("a rollback leaves and reports it, and does not say that it is undone", async () => {
  const { last, project } = await renamed();
  const { outcome, residue } = await last<RunFinished>("rollback");
  expect(outcome).toBe("rollback-incomplete");
  expect(residue.map(({ step }) => step).toSorted()).toEqual([
    "github.label",
    "github.milestone",
    "github.webhook",
  ]);
  expect(project.sandbox.state()).toContain("welcome");
});

it("a setup gives it its name back, and makes no second one", async () => {
  const { last, project } = await renamed();
  const { plan } = await last<{ plan: Plan }>("integrations", "plan", "--calls");
  expect(plan.map(({ action, changes }) => [action, changes.map(({ field }) => field)])).toEqual([
    ["update", ["name"]],
    ["update", ["title"]],
    ["update", ["target"]],
  ]);
  const calls = plan.flatMap(
    (item) => item.calls?.map(({ method, path }) => `github ${method} ${path}`) ?? [],
  );
  project.sandbox.clearLog();
  expect(await last("integrations", "setup")).toMatchObject({ counts: { updated: 3 } });
  expect(project.writes().toSorted()).toEqual(calls.toSorted());
  expect(await last("integrations", "drift")).toMatchObject({ drift: false });
  expect(await last("rollback")).toMatchObject({ counts: { undone: 3 } });
  expect(project.sandbox.state()).toContain("Week one");
  expect(await last("rollback")).toMatchObject({ outcome: "rollback-incomplete" });
});

const edited = {
  label: { kind: "label", with: { name: "starter" } },
  milestone: { kind: "milestone", with: { title: "Second week" } },
  webhook: { kind: "webhook", with: { url: "https://hooks.example.com/c" } },
};

it("a name that the sequence has changed asks for a second thing, and nothing is renamed", async () => {
  const { last, project, write } = await setUp();
  write(edited);
  expect(await last("integrations", "setup")).toMatchObject({ counts: { created: 3, updated: 0 } });
  const earlier = Object.entries(steps).map(([name, step]) => [`${name}-before`, step]);
  write({ ...edited, ...Object.fromEntries(earlier) });
  await last("integrations", "setup");
  project.sandbox.clearLog();
  expect(await last("integrations", "setup")).toMatchObject({ counts: { unchanged: 6 } });
  expect(project.writes()).toEqual([]);
});

it("nor is it where nobody knows whether the second thing was made", async () => {
  const { last, project, write } = await setUp();
  write({ milestone: edited.milestone });
  const match = { method: "POST", path: "/milestones$", nth: 1 };
  project.sandbox.setFaults([{ match, fault: { kind: "reset", when: "before" } }]);
  expect(await last("integrations", "setup")).toMatchObject({ counts: { created: 1, updated: 0 } });
  expect(project.writes().filter((one) => one.includes("PATCH"))).toEqual([]);
  expect(project.sandbox.state()).toContain('"First week"');
});
