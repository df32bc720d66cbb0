import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { registry } from "../../src/providers/registry.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";
import { Bench, type Subject } from "../../src/testing/bench.ts";
import { samples as github } from "../providers/github/samples.ts";
import { samples as notion } from "../providers/notion/samples.ts";
import { samples as slack } from "../providers/slack/samples.ts";

/** What a create that is sent twice leaves: the same request, by the same token. */
const all = { slack, notion, github };
const parts = { operation: "operation0000001", step: "test.subject" };

describe.each(Object.entries(all))("%s", async (id, samples) => {
  const [provider, services] = await Promise.all([registry[id]!(), loadServices()]);
  const kinds = Object.entries(samples.kinds).filter(([name, { exists }]) => {
    return !exists && provider.kinds[name]!.readOnly !== true;
  });

  it.each(kinds)("%s", async (name, sample) => {
    const kind = provider.kinds[name]!;
    const open = () => startSandbox({ services });
    const codes = new Set<string>();
    const subject: Subject = { provider, samples, name, kind, sample, codes, open };
    await Bench.ready(subject, async (bench, input) => {
      const kept = await bench.ensure(input, parts);
      const about = { ...parts, receipt: kept };
      const others = async (): Promise<JsonObject[]> => {
        const now = (await bench.read(input, about))!;
        expect(now, "the receipt's own is the one that counts").toEqual(kept);
        return bench.run(
          (client, call) => kind.duplicates?.(client, input, now, call) ?? Promise.resolve([]),
          about,
        );
      };
      expect(await others(), "none so far").toEqual([]);
      const once = bench.account.state();
      const again = await bench.apply(input, undefined, parts).catch(() => undefined);
      const second = again !== undefined && bench.account.state() !== once;
      if (kind.duplicates === undefined) {
        expect(second, "a second one is refused, or the same").toBe(false);
        return;
      }
      expect(second, "there are two").toBe(true);
      const copies = await others();
      expect(copies.map(idOf)).toEqual([idOf(again!)]);
      // Whoever knows nothing of either goes on with one of them, and does not stop.
      expect(await bench.read(input, parts)).toBeDefined();

      const residue = await bench.undo(undefined, copies[0]!, { ...parts, receipt: copies[0] });
      expect(residue).toHaveLength(sample.residue?.includes("create") ? 1 : 0);
      expect(await others(), "one is left").toEqual([]);
      if (residue.length === 0) expect(bench.account.state()).toBe(once);
    });
  });
});

function idOf(state: JsonObject): unknown {
  return state.id ?? state.ts;
}
