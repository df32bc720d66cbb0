import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { eventsOf, finishedOf } from "../support/cli.ts";
import { type TestProject, testProject } from "../support/project.ts";

const setup = ["integrations", "setup", "--json"];
let project: TestProject;

beforeEach(async () => {
  project = await testProject();
});
afterEach(() => project.close());

function configure(settings: JsonObject): void {
  const file = join(project.folder, "config/integrations/retry-policies.json");
  const policies = JSON.parse(readFileSync(file, "utf8")) as JsonObject;
  writeFileSync(file, JSON.stringify({ ...policies, default: settings }));
}
const asked = (service: string) => project.sandbox.log().filter((one) => one.service === service);
async function breakers(): Promise<Record<string, JsonObject>> {
  const { stdout } = await project.run(["breakers", "--json"]);
  const list = (JSON.parse(stdout) as { breakers: JsonObject[] }).breakers;
  return Object.fromEntries(list.map((one) => [String(one.integration), one]));
}

test("a service that goes down while a run unwinds, and comes back, keeps nothing of it", async () => {
  configure({ maxAttempts: 3, baseDelayMs: 5, maxDelayMs: 5, breaker: { openMs: 300 } });
  const before = project.sandbox.state();
  expect((await project.run(setup)).code).toBe(0);
  const github = asked("github");
  const last = github.findLastIndex(({ method }) => method === "POST");
  await project.run(["sandbox", "reset"]);
  await project.close();

  project = await testProject();
  configure({ maxAttempts: 3, baseDelayMs: 5, maxDelayMs: 5, breaker: { openMs: 300 } });
  const refusal = { kind: "status", status: 422, body: { message: "Validation Failed" } } as const;
  const { method = "", path = "" } = github[last] ?? {};
  project.sandbox.setFaults([
    { service: "github", match: { method, path: `${path}$` }, fault: refusal },
    // Everything that comes after it, until the breaker has opened twice at least.
    {
      service: "github",
      match: { path: ".", nth: last + 2 },
      fault: { kind: "reset", when: "before" },
      times: 8,
    },
  ]);
  const ended = await project.run(setup);
  const events = eventsOf(ended);
  const changes = events.flatMap((event) =>
    event.type === "breaker.changed" ? [`${event.from} ${event.to}`] : [],
  );
  expect(changes.slice(0, 2)).toEqual(["closed open", "open half-open"]);
  expect(changes.at(-1)).toBe("half-open closed");
  expect(finishedOf(ended)).toMatchObject({ outcome: "rolled-back", residue: [] });
  expect(ended.code).toBe(1);
  expect(project.sandbox.state()).toBe(before);
}, 60_000);

test("a service that is down is left alone by the next commands, until it is time or the user says so", async () => {
  project.sandbox.setFaults([{ service: "notion", fault: { kind: "reset", when: "before" } }]);
  for (let run = 0; run < 2; run += 1) expect((await project.run(setup)).code).toBe(1);
  expect(asked("notion")).toHaveLength(5);
  expect(await breakers()).toMatchObject({
    notion: {
      state: "open",
      why: expect.stringMatching(/^5 failures in a row: GATEWAY_RESET: \w.+127\.0\.0\.1/),
    },
    slack: { state: "closed" },
  });

  project.sandbox.clearLog();
  project.sandbox.setFaults([]);
  const refused = await project.run(setup);
  expect(asked("notion")).toEqual([]);
  expect(refused.stdout).toContain("BREAKER_OPEN");
  expect((await project.run(["breakers", "reset", "notion"])).code).toBe(0);
  expect((await breakers()).notion).toEqual({ integration: "notion", state: "closed" });
  expect(finishedOf(await project.run(setup)).outcome).toBe("succeeded");
}, 60_000);

test("held open by hand: nothing is sent; a name that is not known is told with the one that was meant", async () => {
  const unknown = await project.run(["breakers", "open", "slak", "--json"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr + unknown.stdout).toContain("slack");

  const opened = await project.run(["breakers", "open", "slack", "--for", "10m"]);
  expect(opened.stdout).toMatch(/^slack +held open: .*for another (10m 00s|9m 5\ds)/);
  await project.run(setup);
  expect(asked("slack")).toEqual([]);
  expect((await project.run(["breakers", "close", "slack"])).stdout).toContain("held closed");
  expect(finishedOf(await project.run(setup)).outcome).toBe("succeeded");
  expect((await project.run(["breakers", "reset", "--all"])).stdout).not.toContain("held");
  expect(Object.values(await breakers()).map(({ state }) => state)).toEqual(
    Array(4).fill("closed"),
  );
}, 60_000);
