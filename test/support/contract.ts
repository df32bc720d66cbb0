import { describe, it } from "vitest";
import { registry } from "../../src/providers/registry.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";
import { providerContract } from "../../src/testing.ts";
import type { ProviderSamples } from "./samples.ts";

/** Declares the contract suite for a built-in provider on the sandbox. */
export async function contractOf(id: string, samples: ProviderSamples): Promise<void> {
  const load = registry[id];
  if (load === undefined) throw new Error(`no provider named ${id}`);
  const [provider, services] = await Promise.all([load(), loadServices()]);
  // Services date what is written: applied twice, a thing is the same but for that.
  const at = Date.now();
  const open = () => startSandbox({ services, now: () => at });
  providerContract({ provider, samples, open, describe, it });
}
