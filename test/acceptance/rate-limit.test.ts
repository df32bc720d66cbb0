import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { finishedOf } from "../support/cli.ts";
import { type TestProject, testProject } from "../support/project.ts";

let project: TestProject;

beforeEach(async () => {
  project = await testProject();
});
afterEach(() => project.close());

const later = { "retry-after": "2" };

test.each([
  ["slack", "conversations.create", 429, { ok: false, error: "ratelimited" }],
  ["notion", "/v1/pages", 429, { object: "error", status: 429, code: "rate_limited", message: "" }],
  ["github", "/labels", 429, { message: "You have exceeded a secondary rate limit" }],
])("%s asks to wait longer than a call may take: setup waits and goes on", async (...given) => {
  const [service, path, status, body] = given;
  const file = join(project.folder, "config/integrations/retry-policies.json");
  const policies = JSON.parse(readFileSync(file, "utf8")) as JsonObject;
  const integrations = { [service]: { timeouts: { totalMs: 1_000 } } };
  writeFileSync(file, JSON.stringify({ ...policies, integrations }));
  const refusal = {
    kind: "status",
    status,
    headers: later,
    body,
  } as const;
  await project.sandbox.setFaults([
    { service, match: { method: "POST", path }, fault: refusal, times: 1 },
  ]);
  const ended = await project.run(["integrations", "setup", "--json"]);
  expect(finishedOf(ended), ended.stderr).toMatchObject({ outcome: "succeeded", residue: [] });
  expect(finishedOf(ended).durationMs).toBeGreaterThanOrEqual(1_900);
  const again = await project.run(["integrations", "plan", "--exit-code"]);
  expect(again.code, again.stdout).toBe(0);
});
