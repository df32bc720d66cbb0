import { once } from "node:events";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunHistory, RunSummary } from "../../src/core/history.ts";
import type { MetricsReport } from "../../src/core/metrics-report.ts";
import { parseExposition } from "../render/exposition.ts";
import { eventsOf } from "../support/cli.ts";
import { type TestProject, testProject } from "../support/project.ts";

let project: TestProject;
/** Requests that reached the sandbox in the first setup, by service. */
let sent: Record<string, number>;
let first: string;

const json = async <T>(...args: string[]): Promise<T> => {
  const { code, stdout, stderr } = await project.run([...args, "--json"]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
};

beforeAll(async () => {
  project = await testProject();
  project.sandbox.setFaults([
    { service: "slack", match: { nth: 1 }, fault: { kind: "status", status: 503 } },
  ]);
  const ended = await project.run(["setup", "--json"]);
  expect(ended.code, ended.stderr).toBe(0);
  first = eventsOf(ended)[0]?.run as string;
  sent = {};
  for (const { service } of project.sandbox.log()) sent[service] = (sent[service] ?? 0) + 1;
});
afterAll(() => project.close());

describe("testx integrations metrics", () => {
  it("counts every request that was sent, and those that were sent again", async () => {
    const { integrations } = await json<MetricsReport>("integrations", "metrics");
    expect(Object.fromEntries(integrations.map((one) => [one.integration, one.calls]))).toEqual(
      sent,
    );
    const slack = integrations.find(({ integration }) => integration === "slack");
    expect(slack).toMatchObject({ failed: 1, retries: 1 });
    expect(slack?.successRate).toBeLessThan(1);
    for (const one of integrations) {
      const { p50 = -1, p95 = -1, p99 = -1, min = -1, max = -1 } = one;
      expect([min, p50, p95, p99, max].toSorted((a, b) => a - b)).toEqual([
        min,
        p50,
        p95,
        p99,
        max,
      ]);
      const parts = one.operations.reduce((sum, { calls }) => sum + calls, 0);
      expect(parts).toBe(one.calls);
    }
  });

  it("names the integration that was meant", async () => {
    const { code, stderr } = await project.run(["integrations", "metrics", "slak"]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'INTEGRATION_UNKNOWN  There is no integration "slak". Did you mean "slack"?',
    );
  });

  it("adds what later commands send", async () => {
    const before = await json<MetricsReport>("integrations", "metrics", "slack");
    project.sandbox.clearLog();
    await project.run(["drift"]);
    const more = project.sandbox.log().filter(({ service }) => service === "slack").length;
    const after = await json<MetricsReport>("integrations", "metrics", "slack");
    expect(more).toBeGreaterThan(0);
    expect(after.integrations[0]?.calls).toBe((before.integrations[0]?.calls ?? 0) + more);
    expect(after.integrations.map(({ integration }) => integration)).toEqual(["slack"]);
  });

  it("is text for people, and for Prometheus", async () => {
    const text = await project.run(["integrations", "metrics"]);
    expect(text.stdout).toMatch(/^slack {2,}\d+ {2,}\d+(\.\d)?% /m);
    const { stdout } = await project.run(["integrations", "metrics", "--prometheus"]);
    const calls = parseExposition(stdout).get("testx_calls_total")?.samples ?? [];
    const failed = calls.filter(({ labels }) => labels.outcome === "failed");
    expect(failed.reduce((sum, { value }) => sum + value, 0)).toBe(1);
  });

  it("says what it does not know", async () => {
    const unknown = await project.run(["integrations", "metrics", "slakc"]);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('"slack"')]);
    const both = await project.run(["integrations", "metrics", "--prometheus", "--json"]);
    expect(both.code).toBe(2);
    const { code, stderr } = await project.run(["integrations", "metrics", "--since", "soon"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("such as 90m, 24h or 7d")]);
  });

  it("keeps its file for its owner", () => {
    expect(statSync(join(project.folder, ".testx/metrics.db")).mode & 0o777).toBe(0o600);
  });
});

describe("testx history", () => {
  it("tells of a failed run why, and lists the newest first", async () => {
    const bad = await project.run(["setup"], { env: { GITHUB_TOKEN: `ghp_${"x".repeat(36)}` } });
    expect(bad.code).not.toBe(0);
    const { runs } = await json<{ runs: RunSummary[] }>("history");
    expect(runs.map(({ outcome }) => outcome)).toEqual(["failed", "succeeded"]);
    expect(runs[0]?.failure?.code).toMatch(/^GITHUB_/);
    expect(runs[1]).toMatchObject({ run: first, command: "setup", calls: sent, retries: 1 });
    expect(runs[1]?.counts.created).toBeGreaterThan(5);
    const one = await json<{ runs: RunSummary[] }>("history", "--limit", "1");
    expect(one.runs).toEqual(runs.slice(0, 1));
    const { stdout } = await project.run(["history"]);
    expect(stdout).toContain(`${first}  setup  succeeded`);
    expect(stdout).toMatch(/setup {2}failed .* GITHUB_\w+$/m);
  });

  it("shows a run from the beginning to the end", async () => {
    const run = await json<RunHistory>("history", "show", first);
    const { timeline } = run;
    expect(timeline.at(0)?.what).toBe("started");
    expect(timeline.at(-1)).toMatchObject({ what: "finished", outcome: "succeeded" });
    const channel = timeline.filter(({ step }) => step === "slack.channel");
    expect(channel.map(({ what }) => what)).toEqual(["create", "created"]);
    expect(channel[1]?.durationMs).toBe((channel[1]?.at ?? 0) - (channel[0]?.at ?? 0));
    expect(timeline.filter(({ what }) => what === "created").length).toBe(run.counts.created);
    const { stdout } = await project.run(["history", "show", first.slice(0, -2)]);
    expect(stdout).toMatch(/ created {6}slack\.channel channel #\S+ in \d+ms https:/);
    expect(stdout).toContain("(1 retry)");
  });

  it("says why a run failed and what to do next", async () => {
    const { stdout } = await project.run(["history", "show", "last"]);
    expect(stdout).toMatch(/^✖ GITHUB_\w+ {2}/m);
    expect(stdout).toMatch(/^ {2}next /m);
  });

  it("tells of undoing", async () => {
    const { code, stderr } = await project.run(["rollback"]);
    expect(code, stderr).toBe(0);
    const run = await json<RunHistory>("history", "show", "last");
    expect(run).toMatchObject({ command: "rollback", of: first, outcome: "rolled-back" });
    const undone = run.timeline.filter(({ what }) => what === "undone");
    expect(undone.length).toBe(run.counts.undone);
    expect(undone.every(({ title }) => title !== undefined)).toBe(true);
  });

  it("knows no run by a beginning that several have, or that none has", async () => {
    const year = first.slice(0, 4);
    const several = await project.run(["history", "show", year]);
    expect([several.code, several.stderr]).toEqual([
      2,
      expect.stringContaining("3 runs begin with"),
    ]);
    const none = await project.run(["history", "show", "r9"]);
    expect(none.stderr).toContain('RUN_UNKNOWN  There is no run "r9".');
  });

  it("is called the same for rollback, and told when it is misspelt", async () => {
    const points = async (run: string) =>
      await project.run(["rollback", "--dry-run", "--json", "--run", run]);
    expect((await points(first.slice(0, -1))).stdout).toBe((await points(first)).stdout);
    expect((await points("last")).code).toBe(0);
    const wrong = await points(`${first.slice(0, -2)}~~`);
    expect(wrong.code).toBe(2);
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      error: { code: "RUN_UNKNOWN", details: { didYouMean: first } },
    });
    const point = await project.run(["rollback", "--to", "nowhere", "--dry-run"]);
    expect(point.stderr).toContain('There is no rollback point "nowhere"');
  });
});

describe("where the figures cannot be kept", () => {
  it("says so once, and everything else goes on", async () => {
    const broken = await testProject();
    try {
      mkdirSync(join(broken.folder, ".testx/metrics.db"), { recursive: true });
      for (const args of [["setup"], ["history"], ["history", "show", "last"]]) {
        const { code, stdout, stderr } = await broken.run(args);
        expect(code, stderr).toBe(0);
        expect(`${stdout}${stderr}`.split("METRICS_NOT_KEPT").length - 1).toBe(1);
      }
    } finally {
      await broken.close();
    }
  });
});

describe("before anything was run", () => {
  it("looks without leaving a trace", async () => {
    const empty = await testProject();
    try {
      for (const args of [["history"], ["integrations", "metrics"], ["status"]]) {
        const { code, stdout } = await empty.run(args);
        expect([code, stdout]).toEqual([0, expect.stringContaining("testx integrations setup")]);
      }
      const none = await empty.run(["history", "show", "last"]);
      expect(none.stderr).toContain("There has been no run yet.");
      expect(existsSync(join(empty.folder, ".testx"))).toBe(false);
    } finally {
      await empty.close();
    }
  });
});

describe("testx integrations status --watch", () => {
  it("tells a line for each change where it is piped, until it is stopped", async () => {
    const fresh = await testProject();
    try {
      let seen = "";
      const watched = fresh.run(["integrations", "status", "--watch"], {
        started: (child) => {
          child.stdout?.on("data", async (text: string) => {
            const before = seen;
            seen += text;
            if (seen.includes("slack.channel") && !before.includes("slack.channel"))
              child.kill("SIGINT");
          });
          void once(child, "spawn").then(() => fresh.run(["setup"]));
        },
      });
      const { code, stdout } = await watched;
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^\S+Z created {2}slack\.channel {2}channel #\S+ {2}run \S+ {2}https:/m,
      );
      expect(stdout).not.toContain("\u001b");
    } finally {
      await fresh.close();
    }
  });
});
