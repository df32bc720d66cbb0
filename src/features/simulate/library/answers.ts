import { again, each, forever, type Idea, minutes, setup, succeeds, without } from "./make.ts";

/** The service answers, but not what it should. */
export const answers: readonly Idea[] = [
  each("hiccup", "all", (one) => ({
    about: `The first call to ${one.id} is answered with 503, once. Setup succeeds as if nothing had been.`,
    story: [setup([{ fault: "status", status: 503, integration: one.id, nth: 1 }], succeeds)],
  })),
  each("flapping", "all", (one) => ({
    about: `${one.id} is up for two seconds and down (502) for one, again and again.`,
    story: [
      setup(
        Array.from({ length: 40 }, (_, at) => ({
          ...{ fault: "status" as const, status: 502, integration: one.id },
          ...{ fromMs: at * 3000 + 200, untilMs: at * 3000 + 1200 },
        })),
        { withinMs: 10 * minutes },
      ),
      again,
    ],
  })),
  each("failing", "all", (one) => ({
    about: `${one.id} answers every call with 500 for the whole run.`,
    story: [
      setup([{ fault: "status", status: 500, integration: one.id }], {
        ...{ outcome: without(one, "before"), withinMs: 2 * minutes },
      }),
      again,
    ],
  })),
  each("rate-limited", "writers", (one) => ({
    about: `${one.id} turns five calls in a row away and says to wait two seconds each time.`,
    story: [
      setup(
        [
          {
            ...{ fault: "rate-limit", retryAfterSeconds: 2, integration: one.id },
            ...{ nth: 3, times: 5 },
          },
        ],
        { withinMs: 5 * minutes },
      ),
      again,
    ],
  })),
  each("rate-limit-storm", "writers", (one) => ({
    about: `Every other call to ${one.id} is turned away without a word of how long to wait.`,
    story: [
      setup([{ fault: "rate-limit", integration: one.id, probability: 0.5 }], {
        withinMs: 15 * minutes,
      }),
      again,
    ],
  })),
  each("rate-limited-for-hours", "writers", (one) => ({
    about: `${one.id} says to come back in three hours. testx does not sit and wait: it says so and ends.`,
    story: [
      setup([{ fault: "rate-limit", retryAfterSeconds: 10_800, integration: one.id }], {
        ...{ outcome: without(one, "before"), withinMs: 2 * minutes },
      }),
      { ...again, afterMs: 11_000_000 },
    ],
  })),
  each("revoked", "writers", (one) => ({
    about: `The token for ${one.id} is revoked between the check before the run and its first write there; what came before is undone.`,
    story: [
      setup([{ fault: "revoked", integration: one.id, calls: "writes", nth: 1, times: forever }], {
        outcome: without(one, "midway"),
        withinMs: 5 * minutes,
      }),
      again,
    ],
  })),
  each("scope-lost", "writers", (one) => ({
    about: `Somebody takes the right to write in ${one.id} away while testx is at work.`,
    story: [
      setup(
        [{ fault: "scope-lost", integration: one.id, calls: "writes", nth: 2, times: forever }],
        { withinMs: 5 * minutes },
      ),
      again,
    ],
  })),
  each("moved", "writers", (one) => ({
    about: `${one.id} points every write elsewhere (307). testx never sends a token to another address.`,
    story: [
      setup([{ fault: "redirect", status: 307, integration: one.id, calls: "writes" }], {
        outcome: without(one, "midway"),
      }),
      again,
    ],
  })),
  each("captive-portal", "all", (one) => ({
    about: `A network that wants to be logged in to answers every call to ${one.id} with a web page and 200. Nothing of it is believed.`,
    story: [setup([{ fault: "html", integration: one.id }], { withinMs: 2 * minutes }), again],
  })),
  each("garbled", "writers", (one) => ({
    about: `${one.id} does what the first write asks and answers with broken JSON: a success that cannot be read is not believed, and not repeated either.`,
    story: [setup([{ fault: "garble", integration: one.id, calls: "writes", nth: 1 }], succeeds)],
  })),
  each("cut-off", "writers", (one) => ({
    about: `${one.id} does what the first write asks, and its answer breaks off in the middle.`,
    story: [setup([{ fault: "truncate", integration: one.id, calls: "writes", nth: 1 }], succeeds)],
  })),
  each("wrong-clock", "all", (one) => ({
    about: `The clock of ${one.id} is a day behind. Nothing depends on the two clocks agreeing.`,
    story: [setup([{ fault: "clock-skew", ms: -86_400_000, integration: one.id }], succeeds)],
  })),
  each("invisible", "writers", (one) => ({
    about: `What is written to ${one.id} shows only two seconds later, everywhere, as with replicas that lag behind. What testx cannot see yet it must not make twice.`,
    story: [setup([{ fault: "invisible", ms: 2000, integration: one.id }]), again],
  })),
];
