import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FaultRule } from "../../src/sandbox/fault.ts";
import { eventsOf, finishedOf } from "../support/cli.ts";
import { masked, type TestProject, testProject } from "../support/project.ts";

const setup = ["integrations", "setup", "--json"];
const sync = ["integrations", "sync", "--json"];
const services = ["slack", "notion", "github", "anykrowd"] as const;
type Service = (typeof services)[number];

/** What an undisturbed setup comes to, and one after `edited`. */
let undisturbed: string;
let undisturbedEdit: string;
let project: TestProject;

beforeAll(async () => {
  const other = await testProject();
  expect((await other.run(setup)).code).toBe(0);
  undisturbed = masked(other.sandbox.state());
  edited(other);
  expect((await other.run(setup)).code).toBe(0);
  undisturbedEdit = masked(other.sandbox.state());
  await other.close();
});
beforeEach(async () => {
  project = await testProject();
});
afterEach(() => project.close());

function down(faults: FaultRule["fault"], ...which: readonly Service[]): void {
  const names: readonly Service[] = which.length > 0 ? which : services;
  project.sandbox.setFaults(names.map((service) => ({ service, match: {}, fault: faults })));
}

/** Nobody need wait until the breakers let a call through by themselves. */
async function back(): Promise<void> {
  project.sandbox.setFaults([]);
  expect((await project.run(["breakers", "reset", "--all"])).code).toBe(0);
}

/** Another topic of the channel, and other fallbacks. */
function edited({ folder }: TestProject): void {
  const file = join(folder, "config/integrations/integration-sequence.json");
  writeFileSync(file, readFileSync(file, "utf8").replace("Welcome! Start", "Hello! Start"));
}

function fallbacks(strategies: Readonly<Partial<Record<Service, string>>>): void {
  const file = join(project.folder, "config/integrations/fallback-strategies.json");
  writeFileSync(file, JSON.stringify({ version: 1, integrations: strategies }));
}

const state = (): string => masked(project.sandbox.state());

describe.each<[string, FaultRule["fault"]]>([
  ["answers with 503", { kind: "status", status: 503 }],
  ["cuts every connection", { kind: "reset", when: "before" }],
])("when every service %s after one good run", (_, fault) => {
  it("all is answered from memory, and sync brings what was asked meanwhile", async () => {
    expect((await project.run(setup)).code).toBe(0);
    down(fault);

    const known = await project.run(["integrations", "plan", "--json"]);
    expect(known.code, known.stderr).toBe(0);
    expect(JSON.parse(known.stdout)).toMatchObject({ changes: false });
    const status = await project.run(["integrations", "status", "--json"]);
    expect(JSON.parse(status.stdout).steps).toHaveLength(11);
    const outputs = await project.run(["integrations", "outputs", "--format", "json"]);
    expect(Object.keys(JSON.parse(outputs.stdout))).toHaveLength(11);
    const idle = await project.run(setup);
    expect(idle.code, idle.stderr).toBe(5);
    expect(finishedOf(idle)).toMatchObject({ outcome: "degraded", counts: { deferred: 0 } });
    expect(finishedOf(idle).stale).toHaveLength(11);
    expect(finishedOf(idle)).not.toHaveProperty("waiting");

    const strict = await project.run(setup, { env: { INTEGRATION_FALLBACK_ENABLED: "false" } });
    expect([strict.code, finishedOf(strict).outcome]).toEqual([1, "failed"]);

    edited(project);
    const planned = await project.run(["integrations", "plan", "--json"]);
    const { plan } = JSON.parse(planned.stdout) as { plan: { action: string; ageMs?: number }[] };
    expect(plan.filter(({ action }) => action === "deferred")).toMatchObject([
      { step: "slack.channel", changes: [{ field: "topic" }], ageMs: expect.any(Number) },
    ]);
    expect(plan.filter(({ action }) => action === "cached")).toHaveLength(10);
    const ended = await project.run(setup);
    expect(ended.code, ended.stderr).toBe(5);
    expect(finishedOf(ended)).toMatchObject({
      counts: { deferred: 1 },
      waiting: [{ step: "slack.channel", attempts: 0, dead: false }],
    });
    expect(state()).toBe(undisturbed);

    expect((await project.run(sync)).code, "still down").toBe(5);
    await back();
    const caughtUp = await project.run(sync);
    expect(caughtUp.code, caughtUp.stdout).toBe(0);
    expect(state() === undisturbedEdit).toBe(true);
    expect((await project.run(setup)).code).toBe(0);
    expect(state() === undisturbedEdit).toBe(true);
  }, 60_000);
});

describe("a first setup during an outage", () => {
  it("puts everything off, invents nothing, and sync makes it the same as ever", async () => {
    fallbacks({ slack: "defer", notion: "defer", github: "defer" });
    const before = project.sandbox.state();
    down({ kind: "status", status: 503 });
    const ended = await project.run(setup);
    expect(ended.code, ended.stderr).toBe(5);
    expect(finishedOf(ended)).toMatchObject({ outcome: "degraded", receipts: {} });
    expect(finishedOf(ended).waiting).toHaveLength(11);
    expect(project.sandbox.state() === before).toBe(true);
    await back();
    const caughtUp = await project.run(sync);
    expect(caughtUp.code, caughtUp.stdout).toBe(0);
    expect(finishedOf(caughtUp).counts).toMatchObject({ created: 11, deferred: 0 });
    expect(state() === undisturbed).toBe(true);
    expect((await project.run(["rollback", "--json"])).code).toBe(0);
    expect(project.sandbox.state() === before).toBe(true);
  }, 60_000);

  it.each(services.slice(0, 3))(
    "of %s alone comes to the same end",
    async (service) => {
      fallbacks({ slack: "defer", notion: "defer", github: "defer" });
      down({ kind: "status", status: 503 }, service);
      const ended = await project.run(setup);
      expect(ended.code, ended.stderr).toBe(5);
      const waiting = finishedOf(ended).waiting ?? [];
      expect(waiting.some(({ step }) => step.startsWith(`${service}.`))).toBe(true);
      await back();
      const caughtUp = await project.run(sync);
      expect(caughtUp.code, caughtUp.stdout).toBe(0);
      expect(state() === undisturbed).toBe(true);
    },
    60_000,
  );

  it("fails as ever where it has to", async () => {
    down({ kind: "status", status: 503 });
    const ended = await project.run(setup);
    expect(ended.code).toBe(1);
    expect(finishedOf(ended).outcome).toBe("failed");
  });
});

it("one service is down and serves from its receipts while others change", async () => {
  fallbacks({ slack: "cache" });
  expect((await project.run(setup)).code).toBe(0);
  const file = join(project.folder, "config/integrations/integration-sequence.json");
  const other = readFileSync(file, "utf8").replace("What everybody does", "What everyone does");
  writeFileSync(file, other);
  down({ kind: "reset", when: "before" }, "slack");
  const ended = await project.run(setup);
  expect(ended.code, ended.stderr).toBe(5);
  expect(finishedOf(ended)).toMatchObject({ counts: { updated: 1, deferred: 0 } });
  expect(finishedOf(ended).stale?.map(({ step }) => step)).toEqual([
    "slack.channel",
    "slack.welcome",
  ]);
  expect(eventsOf(ended).filter(({ type }) => type === "step.cached")).toHaveLength(2);
});

describe("--offline", () => {
  const commands: readonly (readonly string[])[] = [
    ["integrations", "setup"],
    ["integrations", "plan", "--calls"],
    ["integrations", "status"],
    ["integrations", "outputs"],
    ["integrations", "drift"],
  ];

  it.each(["first", "later"])(
    "sends nothing, the %s time",
    async (time) => {
      if (time === "later") expect((await project.run(setup)).code).toBe(0);
      project.sandbox.clearLog();
      for (const command of commands) {
        const ended = await project.run([...command, "--offline"]);
        expect([0, 5], `${command.join(" ")}\n${ended.stderr}`).toContain(ended.code);
        const env = { OFFLINE_MODE_ENABLED: "true" };
        const by = await project.run(command, { env });
        expect(by.code, command.join(" ")).toBe(ended.code);
      }
      for (const command of [["rollback"], ["sync"], ["sync", "--watch"]]) {
        const env = { OFFLINE_MODE_ENABLED: "true" };
        const refused = await project.run(command, { env });
        expect(refused.code, command.join(" ")).not.toBe(0);
        expect(refused.stderr).toContain("run the same command again");
      }
      expect(project.sandbox.log()).toEqual([]);
    },
    60_000,
  );

  it("is said: what is from memory and how old, what waits, and what to do next", async () => {
    expect((await project.run(setup)).code).toBe(0);
    edited(project);
    const { stdout, code } = await project.run(["integrations", "setup", "--offline"]);
    expect(code).toBe(5);
    const memory =
      /From memory, because nobody could look:\n.* slack\.channel, as it was (.*)/.exec(stdout);
    expect(memory?.[1]).toMatch(/; what is asked of it waits$/);
    expect(stdout).toContain("channel #dev-onboarding deferred");
    expect(stdout).toContain("1 write waits: run `testx integrations sync`");
  });
});

it("deferred lists, shows, discards and asks again for what waits", async () => {
  fallbacks({ slack: "defer", notion: "defer", github: "defer" });
  await project.run(["integrations", "setup", "--offline"]);
  const list = await project.run(["deferred", "list", "--json"]);
  const { deferred } = JSON.parse(list.stdout) as { deferred: { id: string; step: string }[] };
  expect(deferred).toHaveLength(11);
  const label = deferred.find(({ step }) => step === "github.handbook-label")!;
  const shown = await project.run(["deferred", "show", label.id, "--json"]);
  expect(JSON.parse(shown.stdout)).toMatchObject({ state: "waiting", input: { name: "handbook" } });
  const discarded = await project.run(["deferred", "discard", label.id]);
  expect([discarded.code, discarded.stdout]).toEqual([
    0,
    expect.stringContaining("and so does sync if others that wait need it"),
  ]);
  expect((await project.run(["deferred", "show", label.id])).code).toBe(2);
  expect((await project.run(["deferred", "retry", "--all"])).stdout).toContain("Nothing");
  expect((await project.run(["deferred", "retry", "slack.channel"])).code).toBe(0);
  const caughtUp = await project.run(sync);
  expect(finishedOf(caughtUp).counts).toMatchObject({ created: 10 });
  expect((await project.run(["integrations", "sync"])).stdout).toContain("Nothing waits");
}, 60_000);

it("keeps no secret of what waits, only where it comes from", async () => {
  const file = join(project.folder, "config/integrations/integration-sequence.json");
  const sequence = JSON.parse(readFileSync(file, "utf8"));
  const token = { name: "DEPLOY_TOKEN", value: "${env.CANARY}" };
  sequence.integrations.github.steps.token = { kind: "secret", with: token };
  writeFileSync(file, JSON.stringify(sequence));
  const env = { CANARY: "canary-4711-never-kept" };
  expect((await project.run([...setup, "--offline"], { env })).code).toBe(5);
  expect(finishedOf(await project.run([...setup, "--offline"], { env })).waiting).toHaveLength(12);
  const shown = await project.run(["deferred", "show", "github.token", "--json"], { env });
  expect(JSON.parse(shown.stdout).input).toMatchObject(token);
  const folder = join(project.folder, ".testx");
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    if (!statSync(join(folder, name)).isFile()) continue;
    expect(readFileSync(join(folder, name)).includes(env.CANARY), name).toBe(false);
  }
  expect((await project.run(sync, { env })).code).toBe(0);
}, 60_000);

it("sync --watch waits for the services, and ends when all is carried out", async () => {
  fallbacks({ slack: "defer", notion: "defer", github: "defer" });
  down({ kind: "status", status: 503 });
  await project.run(setup);
  const watching = project.run(["integrations", "sync", "--watch"], {
    started: ({ stderr }) =>
      stderr?.on("data", (text: string) => {
        if (text.includes("Waiting for")) void back();
      }),
  });
  const { code, stderr, stdout } = await watching;
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("Caught up");
  expect(state() === undisturbed).toBe(true);
}, 60_000);

it("Ctrl-C ends sync --watch at once", async () => {
  fallbacks({ slack: "defer", notion: "defer", github: "defer" });
  down({ kind: "status", status: 503 });
  await project.run(setup);
  const { code } = await project.run(["integrations", "sync", "--watch"], {
    started: (child) =>
      child.stderr?.on("data", (text: string) => {
        if (text.includes("Waiting for")) child.kill("SIGINT");
      }),
  });
  expect(code).toBe(130);
}, 60_000);
