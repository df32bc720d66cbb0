import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import type { HealthItem } from "../../src/core/results.ts";
import { type TestProject, testProject } from "../support/project.ts";

let project: TestProject;
beforeEach(async () => {
  project = await testProject();
});
afterEach(() => project.close());

async function health(args: readonly string[] = [], env: Record<string, string> = {}) {
  const ended = await project.run(["integrations", "health", "--json", ...args], { env });
  if (!ended.stdout.startsWith("{")) throw new Error(ended.stderr);
  const { integrations } = JSON.parse(ended.stdout) as { integrations: HealthItem[] };
  const item = (id: string) => integrations.find(({ integration }) => integration === id)!;
  return { ...ended, integrations, item };
}

function configure(integrations: object, defaults: object = {}): void {
  const file = join(project.folder, "config/integrations/health-check-config.json");
  writeFileSync(file, JSON.stringify({ version: 1, defaults, integrations }));
}

it("asks each service once in an interval, across processes, and again when told to", async () => {
  const requests = () => project.sandbox.log().length;
  const first = await health();
  expect(first.code).toBe(0);
  expect(first.item("slack")).toMatchObject({ state: "healthy", cached: false, required: true });
  expect(first.item("slack").account).toMatch(/ @ /);
  const asked = requests();
  expect(asked).toBeGreaterThan(2);
  const second = await health();
  expect(second.item("slack")).toMatchObject({
    state: "healthy",
    cached: true,
    since: first.item("slack").since,
    account: first.item("slack").account,
  });
  expect(requests()).toBe(asked);
  const third = await health(["slack", "--fresh"]);
  expect(third.integrations).toHaveLength(1);
  expect(third.item("slack")).toMatchObject({ cached: false, since: first.item("slack").since });
  expect(requests()).toBeGreaterThan(asked);
});

it("by TCP, by HTTP and by an address from the environment", async () => {
  const tcp = createTcpServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;
  let status = 204;
  const http = createServer((_, response) => response.writeHead(status).end());
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  configure({
    slack: { check: "tcp", host: "localhost", port },
    notion: { url, expectedStatus: 204, intervalMs: 0 },
  });
  const up = await health(["slack", "notion"]);
  expect([up.code, up.stderr]).toEqual([0, ""]);
  status = 503;
  tcp.close();
  const down = await health(["--fresh", "slack", "notion"]);
  expect(down.code).toBe(1);
  expect(down.item("slack")).toMatchObject({
    state: "down",
    failure: { code: "GATEWAY_REFUSED" },
    lastError: { code: "GATEWAY_REFUSED" },
  });
  expect(down.item("slack").changes?.map(({ from, to }) => [from, to])).toEqual([
    ["unknown", "healthy"],
    ["healthy", "down"],
  ]);
  expect(down.item("notion").state).toBe("down");
  status = 200;
  const env = { SLACK_HEALTH_CHECK_URL: url };
  expect((await health(["slack"], env)).item("slack").state).toBe("healthy");
});

it("an answer that takes longer than timeoutMs is none", async () => {
  const silent = createTcpServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as AddressInfo;
  configure({ slack: { timeoutMs: 100 } });
  const { code, item } = await health(["slack"], { SLACK_API_URL: `http://127.0.0.1:${port}/` });
  expect(code).toBe(1);
  expect(item("slack")).toMatchObject({ state: "down", failure: { code: "GATEWAY_TIMEOUT" } });
});

it("tells what is missing apart from what is down, and optional from required", async () => {
  const missing = await health(["slack"], { SLACK_BOT_TOKEN: "" });
  expect(missing.code).toBe(4);
  expect(missing.item("slack")).toMatchObject({
    state: "unknown",
    failure: { code: "SECRET_MISSING" },
  });
  const nowhere = { ANYKROWD_HEALTH_CHECK_URL: "http://127.0.0.1:9/" };
  const optional = await health(["anykrowd"], nowhere);
  expect(optional.code).toBe(5);
  expect(optional.item("anykrowd")).toMatchObject({ state: "down", required: false });
});

it("offline it tells what was, and asks nobody", async () => {
  await health(["slack"]);
  const asked = project.sandbox.log().length;
  const { code, item } = await health([], { OFFLINE_MODE_ENABLED: "true" });
  expect(item("slack")).toMatchObject({ state: "healthy", cached: true });
  expect(item("notion")).toMatchObject({ state: "unknown" });
  expect(code).toBe(5);
  expect(project.sandbox.log()).toHaveLength(asked);
});

it("is readable, and names the integration that was meant", async () => {
  const { code, stdout } = await project.run(["integrations", "health", "slack"]);
  expect([code, stdout.trim()]).toEqual([
    0,
    expect.stringMatching(/^slack +healthy +for \d\S* +as .+ @ .+, in \d+ ms$/),
  ]);
  const unknown = await project.run(["integrations", "health", "slak"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('Did you mean "slack"?');
});
