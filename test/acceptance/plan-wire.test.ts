import { afterEach, describe, expect, it } from "vitest";
import { samples as github } from "../providers/github/samples.ts";
import { samples as http } from "../providers/http/samples.ts";
import { samples as notion } from "../providers/notion/samples.ts";
import { samples as slack } from "../providers/slack/samples.ts";
import { compared, Foreseen } from "../support/foreseen.ts";
import { canaries, configOf, sequenceOf, stepsOf } from "../support/sample-sequence.ts";

const all = { slack, notion, github, http };
const secrets = Object.values(canaries);

let project: Foreseen;
afterEach(() => project.close());

/** Plans, sets up, and holds one against the other. */
async function holds(): Promise<number> {
  const foreseen = await project.foresee();
  const unpredicted = foreseen.plan.filter((item) => item.unpredicted !== undefined);
  expect(unpredicted).toEqual([]);
  const { finished, sent } = await project.setUp();
  expect(finished.failure).toBeUndefined();
  let calls = 0;
  for (const { step } of foreseen.plan) {
    const planned = foreseen.calls.get(step) ?? [];
    const written = sent.get(step) ?? [];
    for (let at = 0; at < Math.max(planned.length, written.length); at++) {
      const both = compared(planned[at], written[at], secrets);
      expect(both.planned, `${step}, call ${at + 1}`).toEqual(both.sent);
      calls += 1;
    }
  }
  return calls;
}

describe("the default sequence", () => {
  it("is written as planned", async () => {
    project = await Foreseen.open();
    expect(await holds()).toBe(15);
    expect(await holds()).toBe(0);
  });
});

const kinds = Object.entries(all).flatMap(([provider, samples]) =>
  Object.keys(samples.kinds).map((kind) => ({ provider: provider as keyof typeof all, kind })),
);

describe.each(kinds)("$provider $kind", ({ provider, kind }) => {
  const samples = all[provider];
  const sample = samples.kinds[kind]!;
  const sequence = (changed: boolean) => {
    const environment = project.environment;
    const steps = stepsOf(provider, samples, [kind], environment, (_, { input }) =>
      changed ? sample.changed! : input,
    );
    return sequenceOf({ [provider]: { config: configOf(samples, environment), steps } });
  };

  it("is created as planned, and changed as planned", async () => {
    project = await Foreseen.open({});
    project.variables = canaries;
    project.configure(sequence(false));
    const created = await holds();
    if (provider !== "http") expect(created).toBeGreaterThan(0);
    if (sample.changed === undefined) return;
    project.configure(sequence(true));
    expect(await holds()).toBeGreaterThan(0);
    expect(await holds()).toBe(0);
  });
});
