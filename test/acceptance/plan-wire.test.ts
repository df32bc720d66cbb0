import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { plan } from "../../src/features/plan.ts";
import { slack as slackProvider } from "../../src/providers/slack/provider.ts";
import { samples as github } from "../providers/github/samples.ts";
import { samples as http } from "../providers/http/samples.ts";
import { samples as notion } from "../providers/notion/samples.ts";
import { samples as slack } from "../providers/slack/samples.ts";
import { root } from "../support/cli.ts";
import { compared, Foreseen } from "../support/foreseen.ts";
import fc from "../support/property.ts";
import { canaries, configOf, sequenceOf, stepsOf } from "../support/sample-sequence.ts";

const all = { slack, notion, github, http };
type Id = keyof typeof all;
const secrets = Object.values(canaries);

let project: Foreseen;
afterEach(() => project.close());

/** Plans, sets up, and holds one against the other, call by call. */
async function holds(): Promise<{ calls: number; known: number; actions: string[] }> {
  const foreseen = await project.foresee();
  expect(foreseen.plan.filter((item) => item.unpredicted !== undefined)).toEqual([]);
  const shown = JSON.stringify([foreseen.plan, foreseen.totals]);
  for (const secret of secrets) {
    for (const form of [secret, Buffer.from(secret).toString("base64"), encodeURIComponent(secret)])
      expect(shown).not.toContain(form);
  }
  const { finished, sent } = await project.setUp();
  expect(finished.failure).toBeUndefined();
  const planned = [...foreseen.calls.values()].flat();
  for (const { step } of foreseen.plan) {
    const [ours, theirs] = [foreseen.calls.get(step) ?? [], sent.get(step) ?? []];
    for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
      const both = compared(ours[at], theirs[at], secrets);
      expect(both.planned, `${step}, call ${at + 1}`).toEqual(both.sent);
    }
  }
  // Nothing was written beside the steps either.
  expect(project.recording.writes).toHaveLength(planned.length);
  return {
    calls: planned.length,
    known: planned.filter(({ known }) => known).length,
    actions: foreseen.plan.map(({ action }) => action),
  };
}

const file = join(root, "config/integrations/integration-sequence.json");
type Steps = Record<string, { with: JsonObject }>;
type Sequence = { integrations: Record<string, { steps: Steps }> };

function defaultSequence(change: (of: (integration: string) => Steps) => void): Sequence {
  const sequence = JSON.parse(readFileSync(file, "utf8")) as Sequence;
  change((integration) => sequence.integrations[integration]!.steps);
  return sequence;
}

describe("the default sequence", () => {
  it("is written as planned, and again with nothing to write", async () => {
    project = await Foreseen.open();
    expect(await holds()).toMatchObject({ calls: 14, known: 4 });
    expect(await holds()).toMatchObject({ calls: 0 });
  });

  it("is changed as planned", async () => {
    project = await Foreseen.open();
    await project.setUp();
    project.configure(
      defaultSequence((of) => {
        Object.assign(of("slack").channel!.with, { topic: "New here?", purpose: "Ask!" });
        Object.assign(of("slack").welcome!.with, { text: "Welcome!", pinned: false });
        Object.assign(of("notion").handbook!.with, {
          title: "Handbook",
          icon: "📘",
          content:
            "# Hello\n\nIn ${slack.channel.name}.\n\n- one\n  - two\n    - three\n      - four\n",
        });
        Object.assign(of("notion").tasks!.with.properties as JsonObject, {
          Area: { select: ["People", "Code", "Tools", "Places"] },
          Points: "number",
        });
        Object.assign(of("notion")["say-hello"]!.with, {
          properties: { Area: "Places", Points: 3, Done: true },
        });
        Object.assign(of("github")["handbook-label"]!.with, { color: "ff0000" });
        Object.assign(of("github")["first-week"]!.with, { dueOn: "2026-12-01" });
      }),
    );
    const { calls, known } = await holds();
    expect(calls).toBeGreaterThan(12);
    expect(known).toBeGreaterThan(8);
    expect(await holds()).toMatchObject({ calls: 0 });
  });

  it("is changed as planned where fields are left to others", async () => {
    project = await Foreseen.open();
    await project.setUp();
    project.configure(
      defaultSequence((of) => {
        Object.assign(of("slack").channel!, { ignore: ["purpose"] });
        Object.assign(of("slack").channel!.with, { topic: "New here?", purpose: "Ours!" });
        Object.assign(of("notion").tasks!, { ignore: true });
        Object.assign(of("notion").tasks!.with, { description: "Ours!" });
        Object.assign(of("github")["first-week"]!.with, { description: "Take your time." });
      }),
    );
    expect(await holds()).toMatchObject({ calls: 2 });
  });

  it("is finished as planned where a part of it is there", async () => {
    project = await Foreseen.open(
      defaultSequence((of) => {
        delete of("slack").welcome;
        Object.assign(of("slack").channel!.with, { topic: "Old" });
        for (const name of ["say-hello", "first-change"]) delete of("notion")[name];
        Object.assign(of("github")["onboarding-label"]!.with, { color: "000000" });
        delete of("github")["first-task-label"];
      }),
    );
    await project.setUp();
    project.configure(defaultSequence(() => {}));
    const { actions } = await holds();
    expect(new Set(actions)).toEqual(new Set(["create", "update", "unchanged"]));
    project.forget();
    project.configure(
      defaultSequence((of) => {
        Object.assign(of("slack").channel!.with, { topic: "Newer" });
        Object.assign(of("github")["first-week"]!.with, { description: "Take your time." });
      }),
    );
    const adopted = await holds();
    expect(adopted.actions).toContain("adopt");
    expect(adopted.calls).toBeGreaterThan(1);
  });
});

const kinds = Object.entries(all).flatMap(([provider, samples]) =>
  Object.keys(samples.kinds).map((kind) => ({ provider: provider as Id, kind })),
);

/** Inputs of samples as a sequence, those whose names are in `changed` as they are to become. */
function sampled(names: Partial<Record<Id, readonly string[]>>, changed: ReadonlySet<string>) {
  const { environment } = project;
  const parts = Object.entries(names).map(([id, kinds]) => {
    const samples = all[id as Id];
    const steps = stepsOf(id, samples, kinds, environment, (name, { input, changed: to }) =>
      changed.has(`${id}.${name}`) && to !== undefined ? to : input,
    );
    return [id, { config: configOf(samples, environment), steps }] as const;
  });
  return sequenceOf(Object.fromEntries(parts));
}

describe.each(kinds)("$provider $kind", ({ provider, kind }) => {
  it("is created as planned, and changed as planned", async () => {
    project = await Foreseen.open({});
    project.variables = canaries;
    project.configure(sampled({ [provider]: [kind] }, new Set()));
    const { calls } = await holds();
    const { changed } = all[provider].kinds[kind]!;
    if (provider !== "http") expect(calls).toBeGreaterThan(0);
    if (changed === undefined) return;
    project.configure(sampled({ [provider]: [kind] }, new Set([`${provider}.${kind}`])));
    expect((await holds()).calls).toBeGreaterThan(0);
    expect((await holds()).calls).toBe(0);
  });
});

describe("any choice of the samples", () => {
  it("is created and changed as planned, in the planned order where one step waits for another", async () => {
    const names = kinds.filter(({ provider }) => provider !== "http");
    // The entry's own database has the name of the one that is a sample itself.
    const chosen = fc
      .subarray(names, { minLength: 2, maxLength: 6 })
      .filter(
        (some) => !["database", "entry"].every((kind) => some.some((it) => it.kind === kind)),
      );
    await fc.assert(
      fc.asyncProperty(chosen, chosen, async (picked, again) => {
        project = await Foreseen.open({});
        project.variables = canaries;
        try {
          const by: Partial<Record<Id, string[]>> = {};
          for (const { provider, kind } of picked) {
            by[provider] = [...(by[provider] ?? []), kind];
          }
          const changed = new Set(again.map(({ provider, kind }) => `${provider}.${kind}`));
          project.configure(chained(sampled(by, new Set())));
          await holdsInOrder();
          project.configure(chained(sampled(by, changed)));
          await holdsInOrder();
        } finally {
          await project.close();
        }
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  /** Each step after the one before it, within its integration. */
  function chained(sequence: object): object {
    const { integrations } = sequence as {
      integrations: Record<string, { steps: Record<string, { dependsOn?: string[] }> }>;
    };
    for (const { steps } of Object.values(integrations)) {
      const names = Object.keys(steps);
      names.forEach((name, at) => {
        if (at > 0) steps[name]!.dependsOn = [names[at - 1]!];
      });
    }
    return sequence;
  }

  async function holdsInOrder(): Promise<void> {
    const { calls } = await project.foresee();
    const planned = new Map<string, string[]>();
    for (const [step, list] of calls) {
      const id = step.slice(0, step.indexOf("."));
      const names = list.map(({ method, path }) => `${method} ${shape(path)}`);
      planned.set(id, [...(planned.get(id) ?? []), ...names]);
    }
    await holds();
    for (const [service, names] of planned) {
      const sent = project.recording.writes.filter((write) => write.service === service);
      const methods = sent.map(({ method }) => method);
      expect(names.map((name) => name.split(" ")[0])).toEqual(methods);
      sent.forEach(({ method, path }, at) => {
        const pattern = names[at]!.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&").replaceAll("⟨⟩", "[^/]+");
        expect(`${method} ${path}`).toMatch(new RegExp(`^${pattern}$`));
      });
    }
  }

  function shape(path: string): string {
    return path.replace(/⟨[^⟩]*⟩/g, "⟨⟩");
  }
});

describe("a plan with its calls", () => {
  it("makes no call that setup would not make, and writes nothing", async () => {
    project = await Foreseen.open();
    const requests = async (calls: boolean): Promise<number> => {
      const before = project.recording.requests.count;
      await project.with((deps) => plan(deps, { calls, save: calls }));
      return project.recording.requests.count - before;
    };
    const reads = await requests(false);
    // Who the bot is: for the links that later steps have in them.
    expect(await requests(true)).toBeLessThanOrEqual(reads + 1);
    expect(project.recording.writes).toEqual([]);
    await project.setUp();
    project.recording.writes.length = 0;
    project.configure(
      defaultSequence((of) => Object.assign(of("slack").channel!.with, { topic: "Other" })),
    );
    expect(await requests(true)).toBe(await requests(false));
    expect(project.recording.writes).toEqual([]);
  });

  it("says so where a provider does not tell what its service would answer", async () => {
    project = await Foreseen.open();
    const { forecast: _, ...silent } = slackProvider;
    project.providers = [silent];
    const { plan: items, calls } = await project.foresee();
    const channel = items.find(({ step }) => step === "slack.channel");
    expect(channel?.unpredicted).toContain("conversations.create");
    expect(calls.get("slack.channel")).toMatchObject([{ operation: "conversations.create" }]);
    expect(items.find(({ step }) => step === "notion.handbook")).toMatchObject({
      calls: [
        { path: "/v1/pages", known: false, after: ["slack.channel.name", "slack.channel.url"] },
      ],
    });
  });
});
