import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import type { Moment, Story } from "../../src/core/simulation.ts";
import { brokenRules } from "../../src/features/simulate/invariants.ts";
import type { Universe } from "../../src/features/simulate/universe.ts";
import { type TestStage, testStage } from "../support/stage.ts";

let stage: TestStage;
let story: Story;
beforeAll(async () => {
  stage = await testStage();
  story = await stage.play({ story: [{ run: "setup" }, { run: "rollback" }] });
});
afterAll(() => stage.close());

/** What is said of these moments, in place of those of a good story. */
function said(change: (moments: Moment[]) => Moment[], secrets: readonly string[] = []): string[] {
  const moments = change(structuredClone(story.moments) as Moment[]);
  const entries = moments.flatMap((one) => (one.type === "record" ? [one.entry] : []));
  const evidence = { sequence: stage.sequence, moments, entries, secrets };
  return brokenRules(evidence).map(({ broken, message }) => `${broken}: ${message}`);
}

type Wire = Extract<Moment, { type: "wire" }>;
type Change<T> = { -readonly [Key in keyof T]: T[Key] };

function wire(moments: readonly Moment[], what: Wire["what"], step: string): Wire {
  const found = moments.find(
    (one) => one.type === "wire" && one.what === what && one.call.step === step && one.call.write,
  );
  return found as Wire;
}

function without(moments: Moment[], drop: (moment: Moment) => boolean): Moment[] {
  const at = moments.findIndex(drop);
  expect(at).toBeGreaterThanOrEqual(0);
  return moments.toSpliced(at, 1);
}

test("a good story breaks no rule", () => {
  expect(said((moments) => moments)).toEqual([]);
});

describe("each rule can be broken", () => {
  test("a write that the journal does not know of", () => {
    const found = said((moments) =>
      without(moments, (one) => one.type === "record" && one.entry.type === "intent"),
    );
    expect(found.join("\n")).toMatch(/journal-consistent: .* before the journal knew of it/);
    expect(found.join("\n")).toMatch(/journal-consistent: record 2 of the journal/);
  });

  test("an undo that the journal does not know of", () => {
    const found = said((moments) =>
      without(moments, (one) => one.type === "record" && one.entry.type === "undo-intent"),
    );
    expect(found.join("\n")).toMatch(/journal-consistent: .* before the journal knew of it/);
  });

  test("a step that begins too early", () => {
    const found = said((moments) =>
      without(
        moments,
        (one) =>
          one.type === "event" &&
          one.event.type === "step.finished" &&
          one.event.step === "slack.welcome",
      ),
    );
    expect(found[0]).toMatch(/dependency-order: notion.handbook began before slack.welcome/);
  });

  test("a thing that is undone before what hangs on it", () => {
    const found = said((moments) => {
      const undone = moments.filter(
        (one) => one.type === "event" && one.event.type === "undo.started",
      );
      const last = undone.at(-1) as Moment;
      const rest = moments.filter((one) => one !== last);
      return rest.toSpliced(rest.indexOf(undone[0] as Moment), 0, last);
    });
    expect(found[0]).toMatch(/dependency-order: slack.channel was undone before/);
  });

  test("a fourth attempt", () => {
    const found = said((moments) => {
      const sent = structuredClone(wire(moments, "sent", "slack.channel"));
      (sent.call as Change<Wire["call"]>).attempt = 4;
      return moments.toSpliced(
        moments.indexOf(wire(moments, "sent", "slack.channel")) + 1,
        0,
        sent,
      );
    });
    expect(found[0]).toMatch(/attempts: .* was sent 4 times; 3 are allowed/);
  });

  test("a create that is sent again although it may have been done", () => {
    const found = said((moments) => {
      const at = moments.indexOf(wire(moments, "sent", "slack.channel"));
      const cut = structuredClone(moments[at]) as Change<Wire>;
      Object.assign(cut, { what: "cut", detail: "reset" });
      const again = structuredClone(moments[at]) as Wire;
      (again.call as Change<Wire["call"]>).attempt = 2;
      return moments.toSpliced(at + 1, 0, cut, again);
    });
    expect(found[0]).toMatch(/attempts: .* although the service may have done it/);
  });

  test("a call that goes on after its deadline", () => {
    const found = said((moments) => {
      const one = wire(moments, "answered", "slack.channel");
      (one.call as Change<Wire["call"]>).deadline = one.at - 10;
      return moments;
    });
    expect(found[0]).toMatch(/deadline: .* 10 ms after its deadline/);
  });

  test("a secret that is told", () => {
    const found = said(
      (moments) => [...moments, { at: 1, act: 0, type: "notice", text: "It is hunter2-hunter2." }],
      ["hunter2-hunter2"],
    );
    expect(found).toEqual(["no-secrets: a secret is in what is told (notice)"]);
  });
});

describe("accounts that are not as they should be", () => {
  const setUp = { story: [{ run: "setup" }] } as const;
  /** Changes the labels that everybody sees once testx has made some. */
  function labels(change: (labels: JsonObject[]) => JsonObject[]) {
    return (universe: Universe): Universe =>
      Object.assign(Object.create(universe, {}), {
        accounts: () => {
          const accounts = universe.accounts() as {
            github: { repositories: { "acme/app": { labels: JsonObject[] } } };
          };
          const repository = accounts.github.repositories["acme/app"];
          repository.labels = change(repository.labels);
          return accounts as unknown as JsonObject;
        },
      });
  }
  const isOurs = ({ name }: JsonObject): boolean => name === "onboarding";

  test("twice the same", async () => {
    const broken = await stage.play(
      setUp,
      1,
      labels((all) => [...all, ...all.filter(isOurs)]),
    );
    expect(broken.violations[0]?.broken).toBe("no-duplicates");
  });

  test("something that nobody knows of", async () => {
    const extra = { name: "stray", color: "ffffff", description: null };
    const broken = await stage.play(
      setUp,
      1,
      labels((all) => (all.some(isOurs) ? [...all, extra] : all)),
    );
    expect(broken.violations[0]).toMatchObject({ broken: "no-orphans" });
    expect(broken.violations[0]?.message).toMatch(/stray/);
  });

  test("residue of which nothing is left", async () => {
    const named = {
      step: "github.onboarding-label",
      what: "A label",
      why: "It is odd.",
      fix: "Look.",
    };
    const broken = await stage.play(
      { story: [{ run: "setup" }, { run: "rollback" }] },
      1,
      (universe) =>
        Object.assign(Object.create(universe, {}), {
          process: async (...given: Parameters<Universe["process"]>) => {
            const ended = (await universe.process(...given)) as { run?: string; finished?: object };
            if (ended.run !== "rollback") return ended;
            const finished = {
              ...ended.finished,
              outcome: "rollback-incomplete",
              residue: [named],
            };
            return { ...ended, finished };
          },
        }),
    );
    expect(broken.violations).toEqual([
      {
        broken: "residue-exact",
        message:
          "A label (github.onboarding-label) is named as left behind, and nothing of it is there",
        act: 1,
      },
    ]);
  });

  test("something of somebody else's that is gone after a rollback", async () => {
    const broken = await stage.play(
      { given: "everything", story: [{ run: "setup" }, { run: "rollback" }] },
      1,
      (universe) => {
        let looked = 0;
        // It is there at the first look, when the story begins.
        return labels((all) => (++looked > 1 ? all.filter((one) => !isOurs(one)) : all))(universe);
      },
    );
    expect(broken.violations.map((one) => one.broken)).toContain("adopted-untouched");
  });
});
