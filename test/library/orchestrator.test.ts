import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createOrchestrator,
  defineProvider,
  type OrchestratorOptions,
  problemsOf,
  type RunEvent,
  TestxError,
} from "../../src/index.ts";
import { type RunningSandbox, startSandbox } from "../../src/testing.ts";
import { notesService, notesToken } from "../support/notes-service.ts";
import { memos } from "./memos.ts";

let folder: string;
let sandbox: RunningSandbox;
let events: RunEvent[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "testx-library-"));
  sandbox = await startSandbox({ services: [notesService] });
  events = [];
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const sequence = {
  version: 1,
  integrations: {
    board: {
      provider: "memos",
      steps: {
        first: { kind: "memo", with: { title: "first", text: "one" } },
        second: { kind: "memo", with: { title: "second", text: "after ${board.first.id}" } },
      },
    },
  },
};

function write(document: unknown): void {
  const config = join(folder, "config/integrations");
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, "integration-sequence.json"), JSON.stringify(document));
}

function orchestrator(options: OrchestratorOptions = {}) {
  return createOrchestrator({
    cwd: folder,
    env: {
      NOTES_API_URL: sandbox.environment.NOTES_API_URL,
      MEMO_DOOR: notesToken,
      INTEGRATION_SETTLE_TIME: "0",
      INTEGRATION_RETRY_BASE_DELAY: "1",
    },
    providers: [memos],
    onEvent: (event) => events.push(event),
    ...options,
  });
}

const titles = (): unknown => JSON.parse(sandbox.state()).notes;

describe("with a provider of one's own", () => {
  test("plans, sets up, shows, changes nothing, and undoes", async () => {
    write(sequence);
    const before = sandbox.state();
    const testx = orchestrator();

    expect(await testx.status()).toEqual([]);
    const { plan } = await testx.plan();
    expect(plan.map(({ step, action }) => [step, action])).toEqual([
      ["board.first", "create"],
      ["board.second", "create"],
    ]);
    expect(sandbox.log().filter(({ write }) => write)).toEqual([]);

    const done = await testx.setup();
    expect(done).toMatchObject({ outcome: "succeeded", counts: { created: 2 }, residue: [] });
    const { id } = done.receipts["board.first"] as { id: number };
    expect(titles()).toMatchObject([{ title: "first" }, { title: "second", text: `after ${id}` }]);
    expect(events.at(-1)).toMatchObject({ type: "run.finished", outcome: "succeeded" });
    const run = events.at(-1)?.run;

    expect(await testx.status()).toMatchObject([
      { step: "board.first", title: "memo first", origin: "created", run },
      { step: "board.second", origin: "created", run },
    ]);
    expect(await testx.outputs()).toEqual(done.receipts);
    expect(await testx.rollbackPoints()).toMatchObject([
      { step: "board.second", would: "delete", run },
      { step: "board.first", would: "delete", run },
    ]);

    const writes = sandbox.log().filter(({ write }) => write).length;
    expect((await testx.setup()).counts).toMatchObject({ created: 0, unchanged: 2 });
    expect(sandbox.log().filter(({ write }) => write)).toHaveLength(writes);

    const undone = await testx.rollback(run === undefined ? {} : { run });
    expect(undone).toMatchObject({ outcome: "rolled-back", counts: { undone: 2 }, residue: [] });
    expect(sandbox.state()).toBe(before);
    await expect(testx.rollback()).rejects.toMatchObject({ code: "NOTHING_TO_UNDO" });
  });

  test("stops with the signal given, and the next setup goes on from there", async () => {
    write(sequence);
    const controller = new AbortController();
    const first = orchestrator({
      onEvent: (event) => {
        if (event.type === "step.finished") controller.abort();
      },
    });
    expect(await first.setup({ signal: controller.signal })).toMatchObject({
      outcome: "interrupted",
    });
    const again = await orchestrator().setup();
    expect(events[0]).toMatchObject({ type: "run.started", resumed: true });
    expect(again).toMatchObject({ outcome: "succeeded", counts: { created: 1, unchanged: 1 } });
    expect(titles()).toHaveLength(2);
    await expect(orchestrator().plan({ signal: controller.signal })).rejects.toMatchObject({
      code: "RUN_INTERRUPTED",
    });
  });

  test("looks: health, drift, doctor, history, metrics", async () => {
    write(sequence);
    const testx = orchestrator();
    expect(await testx.history()).toEqual([]);
    expect(await testx.health({ fresh: true })).toMatchObject([
      { integration: "board", state: "healthy", account: "tester", cached: false },
    ]);
    await testx.setup();
    expect(await testx.drift()).toMatchObject({ drift: false, counts: { unchanged: 2 } });
    const report = await testx.doctor();
    expect(report).toMatchObject({ version: 1, outcome: "fine" });
    expect(report.checks.find(({ id }) => id === "services.board")?.status).toBe("ok");

    const [run] = await testx.history({ limit: 1 });
    expect(run).toMatchObject({ command: "setup", outcome: "succeeded", counts: { created: 2 } });
    const { timeline } = await testx.timeline("last");
    expect(timeline.map(({ what }) => what)).toContain("created");
    await expect(testx.timeline("none")).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    const { integrations } = await testx.metrics({ integrations: ["board"] });
    expect(integrations).toMatchObject([{ integration: "board", failed: 0 }]);
    expect(integrations[0]?.calls).toBeGreaterThan(3);

    sandbox.setFaults([{ fault: { kind: "status", status: 401 } }]);
    const ill = await testx.doctor({ integrations: ["board"] });
    expect(ill.outcome).not.toBe("fine");
    expect(JSON.stringify(ill)).not.toContain(notesToken);
    await expect(testx.health({ integrations: ["bord"] })).rejects.toMatchObject({
      code: "INTEGRATION_UNKNOWN",
    });
  });

  test("plays outages where the provider has a stand-in, and refuses where it has none", async () => {
    write(sequence);
    await expect(orchestrator().simulate({ names: ["down"] })).rejects.toMatchObject({
      code: "PROVIDER_NO_STAND_IN",
    });
    const environment = (url: string) => ({ NOTES_API_URL: url, MEMO_DOOR: notesToken });
    const standIn = { ...notesService, id: "memos", environment };
    const providers = [defineProvider({ ...memos, sandbox: async () => standIn })];
    const report = await orchestrator({ providers }).simulate({ names: ["down", "lost-reply"] });
    expect(report.stories.map(({ scenario }) => scenario.name)).toEqual([
      "down/board",
      "lost-reply/board",
    ]);
    expect(report.stories.flatMap(({ violations }) => violations)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(JSON.stringify(report)).not.toContain(notesToken);
    // No real request, and no trace.
    expect(sandbox.log()).toEqual([]);
    expect(readdirSync(folder)).toEqual(["config"]);
  });

  test("mistakes come with their places, and are reported before any call", async () => {
    const { board } = sequence.integrations;
    write({ ...sequence, integrations: { board: { ...board, provider: "memo" } } });
    const error = await orchestrator()
      .setup()
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TestxError);
    expect(problemsOf((error as TestxError).failure.details)).toMatchObject([
      { code: "CONFIG_UNKNOWN_PROVIDER", suggestion: "memos", line: 1 },
    ]);
    expect(sandbox.log()).toEqual([]);
    expect(readdirSync(folder)).toEqual(["config"]);
  });

  test("two setups at once: one works, the other one says who", async () => {
    write(sequence);
    const ends = await Promise.allSettled([orchestrator().setup(), orchestrator().setup()]);
    const lost = ends.filter((end) => end.status === "rejected");
    expect(lost).toMatchObject([{ reason: { code: "RUN_LOCKED" } }]);
    expect(titles()).toHaveLength(2);
    const both = [orchestrator(), orchestrator()].map((testx) => testx.setup({ waitMs: 10_000 }));
    expect(await Promise.all(both)).toMatchObject([
      { outcome: "succeeded", counts: { unchanged: 2 } },
      { outcome: "succeeded", counts: { unchanged: 2 } },
    ]);
  });

  test("a sequence that is switched off is left alone", async () => {
    write(sequence);
    const env = { MEMO_DOOR: notesToken, INTEGRATION_SEQUENCE_ENABLED: "false" };
    expect(await orchestrator({ env }).setup()).toMatchObject({ outcome: "succeeded", calls: {} });
    expect([sandbox.log(), events]).toEqual([[], []]);
  });

  test("a secret is masked whatever its variable is called, also in what a provider says of it", async () => {
    write(sequence);
    let key = "";
    const careless = defineProvider({
      ...memos,
      connect: (config, deps) => {
        key = deps.secret("MEMO_DOOR") ?? "";
        return memos.connect(config, deps);
      },
      classify: (error) => ({ ...memos.classify(error), message: `the key ${key} was refused` }),
    });
    const providers = [careless];
    sandbox.setFaults([{ match: { method: "POST" }, fault: { kind: "status", status: 403 } }]);
    const finished = await orchestrator({ providers }).setup();
    expect(finished).toMatchObject({ outcome: "rolled-back", failure: { code: "MEMOS_FAILED" } });
    expect(finished.failure?.message).toContain("the key *** was refused");
    sandbox.setFaults([{ fault: { kind: "status", status: 403 } }]);
    const error = await orchestrator({ providers, state: "other" })
      .plan()
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "MEMOS_FAILED" });

    const said = JSON.stringify([events, finished, error, (error as Error).message]);
    expect(said).toContain("***");
    for (const form of [notesToken, Buffer.from(notesToken).toString("base64").slice(0, -4)]) {
      expect(said).not.toContain(form);
    }
    for (const file of readdirSync(join(folder, ".testx"))) {
      expect(readFileSync(join(folder, ".testx", file), "latin1")).not.toContain(notesToken);
    }
  });
});

test("the built-in providers work on the sandbox, without any of the environment", async () => {
  cpSync("config", join(folder, "config"), { recursive: true });
  const testx = createOrchestrator({ cwd: folder, env: {}, sandbox: true });
  const done = await testx.setup();
  expect(done.outcome).toBe("succeeded");
  expect(Object.keys(await testx.outputs())).toContain("slack.channel");
  expect(await testx.rollback()).toMatchObject({ outcome: "rolled-back", residue: [] });
});

test("the guide shows the provider that is tried here", () => {
  const [, ...provider] = readFileSync(join(import.meta.dirname, "memos.ts"), "utf8").split("\n");
  const text = provider.join("\n").replace("../../src/index.ts", "testx").trim();
  expect(readFileSync("docs/library.md", "utf8")).toContain(`\`\`\`ts\n${text}\n\`\`\``);
});
