import { expect, it } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { breakerKey } from "../../src/core/memo-keys.ts";
import { memoryMemo } from "../../src/core/memory-memo.ts";
import type { Integration } from "../../src/core/sequence.ts";
import { gatewayChecks } from "../../src/features/doctor/gateway.ts";
import { FakeClock } from "../support/fake-clock.ts";

async function look(kept: Json) {
  const memo = memoryMemo();
  memo.update(breakerKey("slack"), () => kept);
  const slack = { id: "slack" } as Integration;
  const [check] = gatewayChecks([slack], { memo, clock: new FakeClock() });
  return check?.run(() => undefined);
}

it.each([
  ["a state that nobody knows", { state: "odd", why: "no reason" }],
  ["no state", {}],
  ["a text", "open"],
])("takes %s for a breaker that is closed, as calls do", async (_, kept) => {
  expect(await look(kept)).toEqual({ evidence: ["closed"], findings: [] });
});

it.each([["x"], [null], [1e300]])("tells of an open breaker whose end is %s", async (until) => {
  const found = await look({ state: "open", why: "5 failures in a row", until });
  expect(found?.findings).toMatchObject([
    {
      code: "BREAKER_OPEN",
      what: "The breaker of slack is open: its service failed again and again.",
    },
  ]);
});
