import type { ScenarioFault } from "../../../core/scenario.ts";
import type { Integration } from "../../../core/sequence.ts";
import {
  again,
  calmSetup,
  each,
  eachThat,
  type Idea,
  minutes,
  setup,
  together,
  writesOf,
} from "./make.ts";

const storm: readonly ScenarioFault[] = [
  { fault: "slow", ms: 200, jitterMs: 1500 },
  { fault: "status", status: 503, probability: 0.1 },
  { fault: "reset", when: "after", probability: 0.05 },
  { fault: "rate-limit", retryAfterSeconds: 1, probability: 0.05 },
  { fault: "garble", probability: 0.03 },
];

function dyingAt(nth: number): ScenarioFault {
  return { fault: "death", when: "after", calls: "writes", nth };
}

function isPutOff({ settings }: Integration): boolean {
  return settings.fallback === "defer" || settings.fallback === "cache";
}

/** Longer stories: crashes, rollbacks, recoveries, and everything at once. */
export const stories: readonly Idea[] = [
  together("everything-down", () => ({
    about:
      "No service can be reached at all, as on a train. Nothing is written, and an hour later setup succeeds.",
    story: [
      setup([{ fault: "refused" }], { withinMs: 5 * minutes }),
      { ...again, afterMs: 60 * minutes },
      { run: "setup", expect: { outcome: "succeeded" } },
    ],
  })),
  together("everything-slow", () => ({
    about: "Everything takes a second or two longer. Slow is not down.",
    story: [
      setup([{ fault: "slow", ms: 1000, jitterMs: 1000 }], {
        ...{ outcome: "succeeded", withinMs: 30 * minutes },
      }),
    ],
  })),
  together("storm", () => ({
    about:
      "A bad day for everybody: slow, failing now and then, replies lost, limits reached. Setup is repeated until it is through.",
    faults: storm.map((fault) => ({ ...fault, untilMs: 120 * minutes })),
    story: [
      { run: "setup" },
      { run: "setup", afterMs: minutes },
      { run: "rollback", afterMs: minutes },
      { run: "setup", afterMs: 180 * minutes, expect: { outcome: "succeeded", exit: 0 } },
    ],
  })),
  together("plan-in-an-outage", () => ({
    about: "A plan is asked for while half of all calls fail: it writes nothing, whatever it says.",
    story: [
      { run: "plan", faults: [{ fault: "status", status: 503, probability: 0.5 }] },
      { run: "status" },
      again,
    ],
  })),
  together("adopted", () => ({
    about:
      "Everything is there already, made by somebody else. Setup takes it over in bad weather, and a rollback leaves it as it was.",
    given: "everything",
    story: [
      setup([{ fault: "reset", when: "after", probability: 0.2 }]),
      again,
      { run: "rollback" },
    ],
  })),
  together("taken-over", () => ({
    about:
      "Everything is there already, and not as the sequence wants it. Setup takes it over and changes it, replies are lost on the way, and a rollback sets back what it was.",
    given: "different",
    story: [
      setup([{ fault: "reset", when: "after", calls: "writes", probability: 0.3 }]),
      again,
      { run: "rollback" },
      { run: "rollback", expect: { outcome: ["rolled-back", "refused"] } },
    ],
  })),
  each("crash", "writers", ({ id }) => ({
    about: `testx dies when ${id} has done what the first write asked, before it heard of it. The next setup finds it and goes on, without asking and without making it again.`,
    story: [
      setup([{ fault: "death", when: "after", integration: id, calls: "writes", nth: 1 }], {
        outcome: "died",
      }),
      again,
    ],
  })),
  each("crash-and-undo", "writers", ({ id }) => ({
    about: `testx dies in the middle of the first write to ${id}; a rollback leaves nothing behind.`,
    story: [
      setup([{ fault: "death", when: "after", integration: id, calls: "writes", nth: 1 }], {
        outcome: "died",
      }),
      { run: "rollback", expect: { outcome: "rolled-back", exit: 0, residue: 0 } },
    ],
  })),
  each("crash-unsent", "writers", ({ id }) => ({
    about: `testx dies when its journal says that it is about to write to ${id}, and before it does. Nothing was done; the next setup does it.`,
    story: [
      setup([{ fault: "death", when: "before", integration: id, calls: "writes", nth: 1 }], {
        outcome: "died",
      }),
      again,
    ],
  })),
  together("crash-at-the-record", (subject) => {
    if (writesOf(subject) === 0) return undefined;
    return {
      about: "testx dies when a write is done and its result is about to be recorded.",
      story: [
        {
          ...{ run: "setup", dies: { record: "done", when: "before" } },
          expect: { outcome: "died" },
        },
        again,
      ],
    };
  }),
  together("crash-twice", (subject) => {
    const writes = writesOf(subject);
    if (writes < 2) return undefined;
    // Where there are few, the second crash still needs one of its own.
    const first = Math.min(3, writes - 1);
    return {
      about: "testx dies in the middle of a setup, and again while the next one recovers.",
      story: [
        setup([dyingAt(first)], { outcome: "died" }),
        setup([dyingAt(Math.min(2, writes - first))], { outcome: "died" }),
        again,
      ],
    };
  }),
  together("crash-in-rollback", ({ calm: { undoing } }) => {
    if (undoing === 0) return undefined;
    return {
      about: "testx dies while it undoes a setup; the next rollback undoes the rest.",
      story: [
        calmSetup,
        {
          run: "rollback",
          faults: [dyingAt(Math.min(3, undoing))],
          expect: { outcome: "died" },
        },
        { run: "rollback", expect: { outcome: "rolled-back", exit: 0, residue: 0 } },
      ],
    };
  }),
  each("down-in-rollback", "writers", ({ id }) => ({
    about: `${id} is down during a rollback: what cannot be undone is named (exit 6), the rest is undone, and a rollback when it is back undoes what was left.`,
    story: [
      calmSetup,
      {
        run: "rollback",
        faults: [{ fault: "refused", integration: id }],
        expect: { outcome: "rollback-incomplete", exit: 6 },
      },
      {
        ...{ run: "rollback", afterMs: 10 * minutes },
        expect: { outcome: "rolled-back", exit: 0, residue: 0 },
      },
    ],
  })),
  eachThat(isPutOff, "put-off", ({ id }) => ({
    about: `${id} is down during a setup, and what it was to get is put off. Half an hour later it is back, and a sync carries everything out.`,
    story: [
      setup([{ fault: "refused", integration: id }], { outcome: "degraded", exit: 5 }),
      {
        ...{ run: "sync", afterMs: 30 * minutes },
        expect: { outcome: "succeeded", exit: 0 },
      },
    ],
  })),
  eachThat(isPutOff, "put-off-and-lost", ({ id }) => ({
    about: `${id} is down during a setup; when a sync carries out what was put off, the replies of ${id} are lost. Nothing is made twice.`,
    story: [
      setup([{ fault: "refused", integration: id }], { outcome: "degraded" }),
      {
        ...{ run: "sync", afterMs: 30 * minutes },
        faults: [{ fault: "reset", when: "after", integration: id, calls: "writes" }],
      },
      { run: "sync", afterMs: 120 * minutes },
    ],
  })),
  each("recovers", "all", ({ id }) => ({
    about: `${id} is down for the first twenty minutes. Setup is tried every ten, and the third time it is through.`,
    faults: [{ fault: "refused", integration: id, untilMs: 20 * minutes }],
    story: [{ run: "setup" }, { run: "setup", afterMs: 10 * minutes }, again],
  })),
];
