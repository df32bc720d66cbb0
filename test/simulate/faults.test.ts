import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Outage, ScenarioFault } from "../../src/core/scenario.ts";
import type { Story } from "../../src/core/simulation.ts";
import { type TestStage, testStage } from "../support/stage.ts";

let stage: TestStage;
beforeAll(async () => {
  stage = await testStage();
});
afterAll(() => stage.close());

type CallFinished = { operation: string; attempt: number; outcome: string; reason?: string };

/** How testx saw the attempts of the first call that Slack was sent for a write. */
function attempts({ moments }: Story, write = true): CallFinished[] {
  const calls = moments.flatMap((moment) =>
    moment.act === 0 && moment.type === "event" && moment.event.type === "call.finished"
      ? [moment.event]
      : [],
  );
  const own = calls.filter((call) => call.integration === "slack" && call.write === write);
  const [first] = own;
  return own.filter(({ operation }) => operation === first?.operation);
}

function firstWrite(outage: Outage): ScenarioFault {
  return { ...outage, integration: "slack", calls: "writes", nth: 1 };
}

describe("every kind of fault, on the first write", () => {
  const kinds: readonly [Outage, Partial<CallFinished>][] = [
    [{ fault: "refused" }, { outcome: "not-applied", reason: "GATEWAY_REFUSED" }],
    [{ fault: "dns" }, { outcome: "not-applied", reason: "GATEWAY_DNS" }],
    [{ fault: "tls" }, { outcome: "not-applied", reason: "GATEWAY_TLS" }],
    [{ fault: "unreachable" }, { outcome: "not-applied", reason: "GATEWAY_TIMEOUT" }],
    [
      { fault: "reset", when: "before" },
      { outcome: "unknown", reason: "GATEWAY_RESET" },
    ],
    [
      { fault: "reset", when: "after" },
      { outcome: "unknown", reason: "GATEWAY_RESET" },
    ],
    [
      { fault: "stall", when: "headers" },
      { outcome: "unknown", reason: "GATEWAY_TIMEOUT" },
    ],
    [
      { fault: "stall", when: "body" },
      { outcome: "unknown", reason: "GATEWAY_TIMEOUT" },
    ],
    [{ fault: "truncate" }, { outcome: "unknown", reason: "GATEWAY_RESET" }],
    [{ fault: "garble" }, { outcome: "unknown", reason: "GATEWAY_UNREADABLE" }],
    [{ fault: "html" }, { outcome: "unknown", reason: "GATEWAY_UNREADABLE" }],
    [
      { fault: "html", applies: true },
      { outcome: "unknown", reason: "GATEWAY_UNREADABLE" },
    ],
    [{ fault: "rate-limit" }, { outcome: "not-applied" }],
    [{ fault: "rate-limit", retryAfterSeconds: 3 }, { outcome: "not-applied" }],
    [{ fault: "status", status: 503 }, { outcome: "unknown" }],
    [{ fault: "revoked" }, { outcome: "not-applied", reason: "token_revoked" }],
    [{ fault: "scope-lost" }, { outcome: "not-applied", reason: "missing_scope" }],
    [
      { fault: "redirect", status: 307 },
      { outcome: "not-applied", reason: "GATEWAY_REDIRECTED" },
    ],
    [{ fault: "slow", ms: 3000 }, { outcome: "applied" }],
    [{ fault: "clock-skew", ms: -86_400_000 }, { outcome: "applied" }],
    [
      { fault: "late", ms: 1500 },
      { outcome: "unknown", reason: "GATEWAY_RESET" },
    ],
  ];
  test.each(kinds)("%o", async (outage, first) => {
    const story = await stage.play({ story: [{ run: "setup", faults: [firstWrite(outage)] }] });
    expect(attempts(story)[0]).toMatchObject(first);
    expect(story.violations).toEqual([]);
  });

  test("invisible: what was written shows only later", async () => {
    const faults: ScenarioFault[] = [{ fault: "invisible", ms: 2000, integration: "notion" }];
    const story = await stage.play({ story: [{ run: "setup", faults }] });
    const calm = await stage.play({ story: [{ run: "setup" }] });
    expect(story.acts[0]?.durationMs).not.toBe(calm.acts[0]?.durationMs);
    expect(story.violations).toEqual([]);
  });

  test.each(["before", "after"] as const)("death %s the service has acted", async (when) => {
    const story = await stage.play({
      story: [
        {
          run: "setup",
          faults: [firstWrite({ fault: "death", when })],
          expect: { outcome: "died" },
        },
        { run: "setup", expect: { outcome: "succeeded", exit: 0 } },
      ],
    });
    expect(story.violations).toEqual([]);
    const found = story.moments.flatMap((moment) =>
      moment.type === "event" && moment.event.type === "recovery.settled"
        ? [moment.event.found]
        : [],
    );
    expect(found).toEqual([when === "after" ? "applied" : "absent"]);
  });

  test.each(["before", "after"] as const)("death %s a record is durable", async (when) => {
    const dies = { record: "intent", step: "notion.tasks", when } as const;
    const story = await stage.play({
      story: [
        { run: "setup", dies },
        { run: "setup", expect: { outcome: "succeeded" } },
      ],
    });
    expect(story.acts[0]?.outcome).toBe("died");
    expect(story.violations).toEqual([]);
  });
});

describe("which calls it befalls", () => {
  const reset = { fault: "reset", when: "before" } as const;
  const met = ({ moments }: Story) =>
    moments.flatMap((moment) =>
      moment.type === "wire" && moment.what === "sent" && moment.detail !== undefined
        ? [`${moment.call.integration} ${moment.call.operation}`]
        : [],
    );
  const cases: readonly [
    string,
    Omit<ScenarioFault, "fault" | "when">,
    (met: string[]) => boolean,
  ][] = [
    ["an operation", { operation: "chat.*" }, (met) => met.every((one) => one.includes("chat."))],
    ["a step", { step: "notion.handbook", nth: 1 }, (met) => met.length === 1],
    ["the third call and the one after", { nth: 3, times: 2 }, (met) => met.length === 2],
    ["a while", { fromMs: 0, untilMs: 1 }, (met) => met.length > 0 && met.length < 10],
    ["by chance", { probability: 0.2 }, (met) => met.length > 0],
    ["never", { probability: 0 }, (met) => met.length === 0],
    [
      "what writes",
      { calls: "writes", integration: "github", nth: 1 },
      ([one]) => /POST/.test(one ?? ""),
    ],
  ];
  test.each(cases)("%s", async (_, scope, holds) => {
    const faults = [{ ...reset, ...scope } as ScenarioFault];
    const story = await stage.play({ story: [{ run: "setup", faults }] });
    expect(holds(met(story)), met(story).join(", ")).toBe(true);
  });
});
