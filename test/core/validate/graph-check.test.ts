import { expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import { checkGraph } from "../../../src/core/validate/sequence.ts";
import fc from "../../support/property.ts";

function check(integrations: Json) {
  const { findings, after } = checkGraph({ integrations });
  return { findings, codes: findings.map(({ code }) => code), after };
}

const step = (dependsOn: string[] = [], ...texts: string[]): JsonObject => ({
  kind: "k",
  dependsOn,
  with: { texts },
});

it("gives the steps that come right before each", () => {
  const { findings, after } = check({
    slack: { steps: { channel: step(), link: step([], "${slack.channel.id}"), other: step() } },
    empty: { dependsOn: ["slack"] },
    notion: {
      dependsOn: ["empty"],
      steps: {
        page: step([], "${env.HOME} ${slack.channel.url}"),
        row: step(["page", "slack.link"]),
      },
    },
  });
  expect(findings).toEqual([]);
  expect(Object.fromEntries(after())).toEqual({
    "slack.channel": [],
    "slack.link": ["slack.channel"],
    "slack.other": [],
    "notion.page": ["slack.channel", "slack.link", "slack.other"],
    "notion.row": ["notion.page", "slack.link"],
  });
});

it("reports cycles shortest first, as paths", () => {
  const { findings } = check({
    a: { dependsOn: ["b"] },
    b: { dependsOn: ["c"] },
    c: { dependsOn: ["a"] },
    d: { dependsOn: ["e"] },
    e: { dependsOn: ["d"] },
  });
  expect(findings.map(({ message }) => message)).toEqual([
    "These integrations wait for each other: d → e → d.",
    "These integrations wait for each other: a → b → c → a.",
  ]);
});

it("reports every way round in a knot, of integrations and of steps", () => {
  const { findings } = check({
    a: { dependsOn: ["b"] },
    b: { dependsOn: ["c"] },
    c: { dependsOn: ["a", "b"] },
    knot: { steps: { x: step(["y"]), y: step(["z"]), z: step(["x", "y"]) } },
  });
  expect(findings.map(({ message }) => message)).toEqual([
    "These integrations wait for each other: b → c → b.",
    "These integrations wait for each other: a → b → c → a.",
    "These steps wait for each other: knot.y → knot.z → knot.y.",
    "These steps wait for each other: knot.x → knot.y → knot.z → knot.x.",
  ]);
});

it("sees cycles that go through an integration's dependency", () => {
  const { findings } = check({
    slack: { steps: { a: step(["notion.b"]), c: step() } },
    notion: { dependsOn: ["slack"], steps: { b: step() } },
  });
  expect(findings).toMatchObject([
    { code: "GRAPH_CYCLE", path: ["integrations", "slack", "steps", "a", "dependsOn", 0] },
  ]);
  expect(findings[0]?.message).toContain("slack.a → notion.b → slack.a");
});

it.each<[string, Json, string[]]>([
  [
    "a reference across an unknown dependency",
    {
      slack: { steps: { a: step() } },
      notion: { dependsOn: ["slck"], steps: { b: step([], "${slack.a.id}") } },
    },
    ["GRAPH_UNKNOWN_DEPENDENCY"],
  ],
  [
    "references within a knot of integrations",
    {
      a: { dependsOn: ["b"], steps: { s: step([], "${b.s.id}") } },
      b: { dependsOn: ["a"], steps: { s: step([], "${a.s.id}") } },
    },
    ["GRAPH_CYCLE"],
  ],
  [
    "references to steps that cannot be read",
    { a: { steps: 5 }, b: { dependsOn: ["a"], steps: { s: step(["a.t"], "${a.t.id}") } } },
    [],
  ],
  [
    "references along an explicit cycle",
    { a: { steps: { s: step(["t"], "${a.t.id}"), t: step(["s"], "${a.s.id}") } } },
    ["GRAPH_CYCLE"],
  ],
])("does not report again what hangs on a mistake: %s", (_, integrations, codes) => {
  expect(check(integrations).codes).toEqual(codes);
});

it("is linear: a chain of 20,000 steps and 20,000 integrations", () => {
  const steps: JsonObject = {};
  const integrations: JsonObject = { chain: { steps } };
  for (let index = 0; index < 20_000; index++) {
    steps[`s${index}`] = step(index > 0 ? [`s${index - 1}`] : []);
    integrations[`i${index}`] = { dependsOn: [index > 0 ? `i${index - 1}` : "chain"] };
  }
  const { findings, after } = check(integrations);
  expect(findings).toEqual([]);
  expect(after().get("chain.s19999")).toEqual(["chain.s19998"]);
});

const names = ["a", "b", "c", "d"];
const name = fc.constantFrom(...names);
const anySequence: fc.Arbitrary<Json> = fc.dictionary(
  name,
  fc.record({
    dependsOn: fc.uniqueArray(name, { maxLength: 2 }),
    steps: fc.dictionary(
      name,
      fc.record({
        dependsOn: fc.uniqueArray(
          fc.oneof(
            name,
            fc.tuple(name, name).map((both) => both.join(".")),
          ),
          { maxLength: 2 },
        ),
        with: fc.array(
          fc.tuple(name, name).map(([a, b]) => `\${${a}.${b}.id}`),
          { maxLength: 2 },
        ),
      }),
    ),
  }),
) as fc.Arbitrary<Json>;

/** The plain reading of the rules, on sets, for comparison. */
function isSound(sequence: JsonObject): boolean {
  const entries = Object.entries(sequence) as [
    string,
    { dependsOn: string[]; steps: Record<string, { dependsOn: string[]; with: string[] }> },
  ][];
  const needs = new Map<string, Set<string>>();
  const exists = (id: string) => needs.has(id);
  for (const [id, { steps }] of entries) {
    needs.set(`start ${id}`, new Set());
    needs.set(
      `end ${id}`,
      new Set([`start ${id}`, ...Object.keys(steps).map((key) => `${id}.${key}`)]),
    );
    for (const key of Object.keys(steps)) needs.set(`${id}.${key}`, new Set([`start ${id}`]));
  }
  const above = new Map<string, Set<string>>(
    entries.map(([id, { dependsOn }]) => [id, new Set(dependsOn)]),
  );
  for (let round = 0; round < names.length; round++) {
    for (const set of above.values())
      for (const id of [...set]) for (const up of above.get(id) ?? []) set.add(up);
  }
  for (const [id, { dependsOn, steps }] of entries) {
    for (const other of dependsOn) {
      if (!exists(`end ${other}`) || other === id) return false;
      needs.get(`start ${id}`)?.add(`end ${other}`);
    }
    for (const [key, { dependsOn: explicit, with: references }] of Object.entries(steps)) {
      const full = explicit.map((text) => (text.includes(".") ? text : `${id}.${text}`));
      const referred = references.map((text) => text.slice(2, -4));
      if (new Set(full).size < full.length) return false;
      for (const target of [...full, ...referred]) {
        if (!exists(target) || target === `${id}.${key}`) return false;
        needs.get(`${id}.${key}`)?.add(target);
      }
      const owners = referred.map((target) => target.split(".")[0] as string);
      if (owners.some((owner) => owner !== id && !above.get(id)?.has(owner))) return false;
    }
  }
  for (let left = needs.size; left > 0; left--) {
    const free = [...needs].find(([, set]) => set.size === 0)?.[0];
    if (free === undefined) return false;
    needs.delete(free);
    for (const set of needs.values()) set.delete(free);
  }
  return true;
}

it("finds something exactly when there is no order", () => {
  const seen = { sound: 0, unsound: 0 };
  fc.assert(
    fc.property(anySequence, (sequence) => {
      const sound = isSound(sequence as JsonObject);
      seen[sound ? "sound" : "unsound"]++;
      const { findings, after } = check(sequence);
      expect(findings.length === 0).toBe(sound);
      if (!sound) return;
      const before = after();
      const done = new Set<string>();
      for (let round = 0; round <= before.size; round++) {
        for (const [id, earlier] of before)
          if (earlier.every((other) => done.has(other))) done.add(id);
      }
      expect(done.size).toBe(before.size);
    }),
    { numRuns: 3_000 },
  );
  expect(seen.sound).toBeGreaterThan(50);
  expect(seen.unsound).toBeGreaterThan(50);
});
