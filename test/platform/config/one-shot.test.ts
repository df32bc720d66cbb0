import { resolve } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { loadConfig } from "../../../src/platform/config/load.ts";
import { providersWith } from "../../../src/wiring/providers.ts";

const options = {
  cwd: resolve("."),
  env: {
    GITHUB_REPOSITORY: "acme/app",
    NOTION_PARENT_PAGE_ID: "7ea40000000040008000000000000001",
    ANYKROWD_HEALTH_CHECK_URL: "http://127.0.0.1:1/health",
  },
  providers: providersWith(),
};

test("schemas are compiled in other people's processes, and not for a single command", async () => {
  const usual = await loadConfig(options);
  expect(z.config().jitless).toBeUndefined();
  const once = await loadConfig({ ...options, oneShot: true });
  expect(z.config().jitless).toBe(true);
  expect(once.sequence).toEqual(usual.sequence);
});
