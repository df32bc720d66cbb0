import { readdirSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { registry } from "../../src/providers/registry.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";
import { providerContract } from "../../src/testing.ts";
import type { ProviderSamples } from "../support/samples.ts";

const providers = new URL("../../src/providers/", import.meta.url);

test("every provider's folder has its line in the registry", () => {
  const folders = readdirSync(providers, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(Object.keys(registry).sort()).toEqual(folders.sort());
});

const services = await loadServices();

for (const [id, load] of Object.entries(registry)) {
  const { samples } = (await import(`../providers/${id}/samples.ts`)) as {
    samples: ProviderSamples;
  };
  providerContract({
    provider: await load(),
    samples,
    open: () => startSandbox({ services }),
    describe,
    it,
  });
}
