import { again, each, forever, type Idea, minutes, setup, succeeds, without } from "./make.ts";

/** The line fails: nothing is known, or everything comes late. */
export const network: readonly Idea[] = [
  each("down", "all", (one) => ({
    about: `${one.id} refuses every connection for the whole run. Nothing is written unless its policy allows to go on without it; when it is back, setup completes.`,
    story: [
      setup([{ fault: "refused", integration: one.id }], {
        ...{ outcome: without(one, "before"), withinMs: 2 * minutes },
        callsTo: { [one.id]: 12 },
      }),
      again,
    ],
  })),
  each("unresolvable", "all", (one) => ({
    about: `The name of ${one.id} cannot be resolved: a broken resolver, or a mistyped address.`,
    story: [
      setup([{ fault: "dns", integration: one.id }], {
        ...{ outcome: without(one, "before"), withinMs: 2 * minutes },
      }),
      again,
    ],
  })),
  each("untrusted", "all", (one) => ({
    about: `No secure connection to ${one.id}, as behind a proxy that breaks into TLS. Trying again would not help, so it is not done.`,
    story: [
      setup([{ fault: "tls", integration: one.id }], {
        ...{ outcome: without(one, "before"), withinMs: minutes },
      }),
      again,
    ],
  })),
  each("unreachable", "all", (one) => ({
    about: `Packets to ${one.id} vanish, as behind a firewall: only time tells that there is no connection.`,
    story: [
      setup([{ fault: "unreachable", integration: one.id }], {
        ...{ outcome: without(one, "before"), withinMs: 5 * minutes },
      }),
      again,
    ],
  })),
  each("cut-before", "writers", (one) => ({
    about: `The first write to ${one.id} is cut off before the service saw it. testx cannot know that: it looks, finds nothing, and sends it again.`,
    story: [
      setup(
        [{ fault: "reset", when: "before", integration: one.id, calls: "writes", nth: 1 }],
        succeeds,
      ),
    ],
  })),
  each("lost-reply", "writers", (one) => ({
    about: `${one.id} does what the first write asks, and the reply is lost. testx looks and finds it: nothing is made twice.`,
    story: [
      setup(
        [{ fault: "reset", when: "after", integration: one.id, calls: "writes", nth: 1 }],
        succeeds,
      ),
    ],
  })),
  each("lost-replies", "writers", (one) => ({
    about: `Every reply of ${one.id} to a write is lost. Whatever testx makes of it, nothing is made twice and nothing is forgotten.`,
    story: [
      setup([{ fault: "reset", when: "after", integration: one.id, calls: "writes" }]),
      again,
    ],
  })),
  each("late-write", "writers", (one) => ({
    about: `The connection is lost during the first write to ${one.id}, and the service carries it out two seconds later: after testx has begun to look.`,
    story: [
      setup([{ fault: "late", ms: 2000, integration: one.id, calls: "writes", nth: 1 }]),
      again,
    ],
  })),
  each("stalled", "all", (one) => ({
    about: `${one.id} takes every request and never answers. Each call ends at its deadline.`,
    story: [
      setup([{ fault: "stall", when: "headers", integration: one.id }], {
        ...{ outcome: without(one, "before"), withinMs: 10 * minutes },
      }),
      again,
    ],
  })),
  each("half-answers", "all", (one) => ({
    about: `${one.id} stops in the middle of every answer.`,
    story: [
      setup([{ fault: "stall", when: "body", integration: one.id }], { withinMs: 10 * minutes }),
      again,
    ],
  })),
  each("slow", "all", (one) => ({
    about: `Every call to ${one.id} takes two to four seconds more, over a thin line. Slow is not down: setup succeeds.`,
    story: [
      setup(
        [
          {
            ...{ fault: "slow", ms: 2000, jitterMs: 2000, bytesPerSecond: 20_000 },
            integration: one.id,
          },
        ],
        { ...succeeds, withinMs: 15 * minutes },
      ),
    ],
  })),
  each("flapping-line", "all", (one) => ({
    about: `One call in three to ${one.id} is refused, whenever it comes.`,
    story: [
      setup([{ fault: "refused", integration: one.id, probability: 0.33 }], {
        withinMs: 10 * minutes,
      }),
      again,
    ],
  })),
  each("breaks-off", "writers", (one) => ({
    about: `${one.id} goes down for good after its first write: what was made must be undone, and what cannot be undone while it is down must be named and undone later.`,
    story: [
      setup(
        [
          {
            ...{ fault: "reset", when: "before", integration: one.id, calls: "writes" },
            ...{ nth: 2, times: forever },
          },
        ],
        { withinMs: 15 * minutes },
      ),
      again,
    ],
  })),
];
