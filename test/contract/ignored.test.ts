import { describe, expect, it } from "vitest";
import { equal, type JsonObject } from "../../src/core/json.ts";
import { applySparing } from "../../src/engine/spare.ts";
import { registry } from "../../src/providers/registry.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";
import { Bench, type Subject } from "../../src/testing/bench.ts";
import { makeCall } from "../../src/testing/connect.ts";
import { samples as github } from "../providers/github/samples.ts";
import { samples as notion } from "../providers/notion/samples.ts";
import { samples as slack } from "../providers/slack/samples.ts";

const { digest } = makeCall();

/** What is to be left alone is not written, whatever else of the same thing is. */
describe.each(Object.entries({ slack, notion, github }))("%s", async (id, samples) => {
  const [provider, services] = await Promise.all([registry[id]!(), loadServices()]);
  const kinds = Object.entries(samples.kinds).filter(([, { changed }]) => changed !== undefined);
  let tried = 0;

  it.each(kinds)("%s", async (name, sample) => {
    const kind = provider.kinds[name]!;
    const open = () => startSandbox({ services });
    const codes = new Set<string>();
    const subject: Subject = { provider, samples, name, kind, sample, codes, open };
    const changesIn = (input: unknown, now: JsonObject) => kind.changes(input, now, { digest });
    const fields = await Bench.ready(subject, async (bench, input) => {
      const now = await bench.ensure(input);
      return changesIn(await bench.input(sample.changed!), now).map(({ field }) => field);
    });
    if (fields.length < 2) return;
    for (const field of fields) {
      await Bench.ready(subject, async (bench, input) => {
        const before = await bench.ensure(input);
        const wanted = await bench.input(sample.changed!);
        const all = changesIn(wanted, before);
        const spared = all.filter((change) => change.field === field);
        const after = await bench.run((client, call) =>
          applySparing(kind, client, wanted, before, spared, call),
        );
        const found = (await bench.read(wanted))!;
        expect(found[field], `${field} is left alone`).toEqual(before[field]);
        expect(changesIn(wanted, found).map((change) => change.field)).toEqual([field]);
        expect(equal(after, found), "what it gives is what is there").toBe(true);
        tried++;
      });
    }
  });

  it("tries some", () => expect(tried).toBeGreaterThan(1));
});
