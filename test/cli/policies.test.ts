import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createOrchestrator, type RunEvent, TestxError } from "../../src/index.ts";
import { blocksOf } from "../docs/pages.ts";
import { eventsOf, finishedOf, root } from "../support/cli.ts";
import { linkTestx } from "../support/linked.ts";
import { impatient, type TestProject, testProject } from "../support/project.ts";

let project: TestProject;
let seen: { service: string; headers: Readonly<Record<string, string | undefined>> }[];
beforeEach(async () => {
  seen = [];
  project = await testProject((service, headers) => seen.push({ service, headers }));
  linkTestx(project.folder);
});
afterEach(() => project.close());

const settings = (text: string, file = "testx.config.ts") =>
  writeFileSync(join(project.folder, file), text);

describe("the example of the guide", () => {
  const path = "docs/policies.md";
  const page = { path, text: readFileSync(join(root, path), "utf8") };
  const example = blocksOf(page).find(({ language }) => language === "ts")?.text ?? "";

  test("adds its header to every request of the integrations it names", async () => {
    settings(example);
    const { code, stderr } = await project.run(["setup", "--json"]);
    expect(code, stderr).toBe(0);
    const traced = seen.map(({ service, headers }) => [service, headers["x-trace"]] as const);
    const github = traced.filter(([service]) => service === "github").map(([, trace]) => trace);
    expect(github).toContain("github.onboarding-label#1");
    expect(github.every((trace) => trace?.endsWith("#1"))).toBe(true);
    expect(traced.some(([service, trace]) => service !== "github" && trace)).toBe(false);
  });

  test("refuses what is frozen, before it is sent, and the run is undone", async () => {
    settings(example);
    const before = project.sandbox.state();
    const ended = await project.run(["setup", "--json"], { env: { CHANGE_FREEZE: "1" } });
    expect(ended.code).toBe(1);
    const finished = finishedOf(ended);
    expect(finished).toMatchObject({
      outcome: "rolled-back",
      failure: { code: "CHANGE_FREEZE", outcome: "not-applied" },
    });
    expect(project.writes().filter((write) => /chat\.|POST \/repos/.test(write))).toEqual([]);
    expect(project.sandbox.state()).toBe(before);
  });
});

describe("a policy that fails", () => {
  const clumsy = (before: string) =>
    settings(`export default {
      policies: [{
        name: "clumsy",
        stage: "call",
        operations: ["conversations.create"],
        policy: (next) => async (url, init) => {
          ${before}
          throw new TypeError("of this I know nothing");
        },
      }],
    };`);
  const creates = () => project.writes().filter((write) => write.includes("conversations.create"));
  const named = 'the policy "clumsy" failed: it threw TypeError: of this I know nothing';

  test("before it sends ends the step, and the run is undone", async () => {
    clumsy("");
    const before = project.sandbox.state();
    const ended = await project.run(["setup", "--json"]);
    expect(ended.code, ended.stderr).toBe(1);
    const { failure } = finishedOf(ended);
    expect(failure).toMatchObject({ code: "POLICY_FAILED", outcome: "not-applied" });
    expect(failure?.message).toContain(named);
    expect(creates()).toEqual([]);
    expect(project.sandbox.state()).toBe(before);
  });

  test("after a write took effect costs nothing but a look: it is there once", async () => {
    clumsy("await next(url, init);");
    const before = project.sandbox.state();
    const env = { INTEGRATION_SETTLE_TIME: "20" };
    const ended = await project.run(["setup", "--json"], { env });
    expect(ended.code, ended.stderr).toBe(0);
    const [probing] = eventsOf(ended).filter((event) => event.type === "step.probing");
    expect(probing).toMatchObject({
      step: "slack.channel",
      failure: { code: "POLICY_FAILED", outcome: "unknown" },
    });
    expect(creates()).toHaveLength(1);
    const back = await project.run(["rollback", "--json"]);
    expect(back.code, back.stderr).toBe(0);
    expect(project.sandbox.state()).toBe(before);
  });
});

test("mistakes in policies are all told, with where they stand", async () => {
  settings(`export default {
  policies: [
    { name: "one", stage: "attempt", policy: (next) => next },
    {
      name: "two",
      stage: "sometimes",
      integrations: ["githup"],
      operation: ["chat.*"],
      policy: "none",
    },
    { name: "one", stage: "call", operations: [], policy: (next) => next },
    null,
  ],
};`);
  const { code, stderr } = await project.run(["config", "validate"]);
  expect(code).toBe(2);
  for (const part of [
    'The policy "two": stage is "call" or "attempt".',
    'The policy "two": policy is a function',
    'The policy "two": the sequence has no integration "githup".',
    'The policy "two" has no setting "operation".',
    'The policy "one": there is another one of this name.',
    'The policy "one": operations is a list of patterns',
    "The policy at place 4 is not what definePolicy gives.",
    "github",
  ]) {
    expect(stderr).toContain(part);
  }
  settings("export default { policies: { name: 'x' } };");
  expect((await project.run(["config", "validate"])).stderr).toContain("policies is a list");
});

test("in JSON there are none", async () => {
  settings('{ "policies": [] }', ".testxrc.json");
  const { code, stderr } = await project.run(["config", "validate"]);
  expect(code).toBe(2);
  expect(stderr).toContain("policies");
});

test("a program with testx in it has them too", async () => {
  settings(
    `
    let seen = 0;
    export default {
      policies: [{
        name: "count",
        stage: "call",
        policy: (next) => (url, init) => {
          seen += 1;
          return next(url, { ...init, headers: { ...init.headers, "x-count": String(seen) } });
        },
      }, {
        name: "closed",
        stage: "attempt",
        integrations: ["notion"],
        policy: () => async () => { throw new Error("closed"); },
      }],
    };`,
    "testx.config.mjs",
  );
  const events: RunEvent[] = [];
  const testx = createOrchestrator({
    cwd: project.folder,
    env: { ...project.sandbox.environment, ...impatient },
    onEvent: (event) => events.push(event),
  });
  const failure = await testx.plan().then(
    () => undefined,
    (error: unknown) => (error instanceof TestxError ? error.failure : undefined),
  );
  expect(failure?.message).toContain('the policy "closed" failed: it threw Error: closed');
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.every(({ headers }) => Number(headers["x-count"]) > 0)).toBe(true);
  expect(seen.some(({ service }) => service === "notion")).toBe(false);
});
