import { afterEach, expect, test } from "vitest";
import { anykrowd } from "../../src/sandbox/anykrowd/service.ts";
import { type RunningSandbox, startSandbox } from "../../src/sandbox/server.ts";

let sandbox: RunningSandbox | undefined;
afterEach(() => sandbox?.close());

test("routes to the service and gives its environment", async () => {
  sandbox = await startSandbox({ services: [anykrowd] });
  const reply = await fetch(sandbox.environment.ANYKROWD_HEALTH_CHECK_URL ?? "");
  expect([reply.status, await reply.json()]).toEqual([200, { status: "ok" }]);
  expect((await fetch(`${sandbox.url}/nobody/health`)).status).toBe(404);
});
