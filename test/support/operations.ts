import type { Operation } from "../../src/core/http.ts";
import type { AnyKind, AnyProvider } from "../../src/core/provider.ts";
import { registry } from "../../src/providers/registry.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";
import { Bench } from "../../src/testing/bench.ts";
import { samples as github } from "../providers/github/samples.ts";
import { samples as http } from "../providers/http/samples.ts";
import { samples as notion } from "../providers/notion/samples.ts";
import { samples as slack } from "../providers/slack/samples.ts";

const samples = { slack, notion, github, http };

/** A request as a provider's SDK has made it. */
export interface SentOperation {
  readonly provider: AnyProvider;
  readonly operation: Operation;
  readonly method: string;
  readonly url: URL;
  readonly body: string | undefined;
}

/**
 * One request of every operation that the built-in providers send when each of their kinds is set
 * up, changed and undone on the stand-ins, by provider and name.
 */
export async function sentOperations(): Promise<readonly SentOperation[]> {
  const services = await loadServices();
  const seen = new Map<string, SentOperation>();
  for (const [id, load] of Object.entries(registry)) {
    const provider = await load();
    const own = samples[id as keyof typeof samples];
    const describe: AnyProvider["wire"]["describe"] = (request) => {
      const operation = provider.wire.describe(request);
      const { method, url, body } = request;
      seen.set(`${id} ${operation.name}`, { provider, operation, method, url, body });
      return operation;
    };
    const listening: AnyProvider = { ...provider, wire: { ...provider.wire, describe } };
    await Promise.all(
      Object.entries(provider.kinds as Record<string, AnyKind>).map(([name, kind]) => {
        const sample = own.kinds[name];
        if (sample === undefined) throw new Error(`${id} has no sample of ${name}`);
        const parts = { samples: own, name, kind, sample, codes: new Set<string>() };
        const open = () => startSandbox({ services });
        return Bench.ready({ ...parts, provider: listening, open }, live);
      }),
    );
  }
  const inOrder = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
  return inOrder.map(([, sent]) => sent);
}

/** A thing comes, changes, changes back, and goes. */
async function live(bench: Bench, input: unknown): Promise<void> {
  const { provider, kind, sample } = bench.subject;
  await bench.run((client, call) => provider.health(client, call));
  const before = await bench.read(input);
  if (kind.readOnly) return;
  await bench.apply(input, before);
  const first = await bench.read(input);
  const reversible = typeof kind.undo !== "string";
  if (sample.changed !== undefined) {
    const changed = await bench.input(sample.changed);
    await bench.apply(changed, first);
    const second = await bench.read(changed);
    if (reversible && first && second) await bench.undo(first, second);
  }
  const last = await bench.read(input);
  if (reversible && last) await bench.undo(before, last);
}
