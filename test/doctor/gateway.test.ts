import { expect, it } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { breakerKey } from "../../src/core/memo-keys.ts";
import { memoryMemo } from "../../src/core/memory-memo.ts";
import type { Sequence } from "../../src/core/sequence.ts";
import { gatewayChecks } from "../../src/features/doctor/gateway.ts";
import { slack } from "../../src/providers/slack/provider.ts";
import { FakeClock } from "../support/fake-clock.ts";

async function look(kept: Json, address?: string) {
  const memo = memoryMemo();
  memo.update(breakerKey("slack"), () => kept);
  const sequence = { integrations: [{ id: "slack", provider: "slack" }] } as unknown as Sequence;
  const providers = new Map([["slack", slack]]);
  const env = (name: string) => (name === "SLACK_API_URL" ? address : undefined);
  const [check] = gatewayChecks({ sequence, providers }, { memo, clock: new FakeClock(), env });
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
  const address = "http://127.0.0.1:9";
  const kept = { state: "open", why: "5 failures in a row", until, address };
  const found = await look(kept, address);
  expect(found?.findings).toMatchObject([
    {
      code: "BREAKER_OPEN",
      what: "The breaker of slack is open: its service failed again and again.",
    },
  ]);
});

it("knows nothing of a breaker that was open at another address, as calls do not", async () => {
  const kept = { state: "open", why: "5 failures in a row", address: "http://127.0.0.1:9" };
  expect(await look(kept)).toEqual({ evidence: ["closed"], findings: [] });
});
