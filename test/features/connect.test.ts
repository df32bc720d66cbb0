import { expect, test } from "vitest";
import type { RunEventBody } from "../../src/core/events.ts";
import type { Fetch } from "../../src/core/http.ts";
import { memoryMemo } from "../../src/core/memory-memo.ts";
import { BufferedReply, RecordHeaders } from "../../src/core/reply.ts";
import { type ConnectorDeps, connector } from "../../src/features/connect.ts";
import { http as httpProvider } from "../../src/providers/http/provider.ts";
import { outcomeOf } from "../gateway/harness.ts";
import { FakeClock, seeded } from "../support/fake-clock.ts";

const health = {
  check: "http",
  url: "http://status.test/",
  intervalMs: 0,
  expectedStatus: 200,
} as const;

/** Every request is answered with 503; each probe is a gateway of its own. */
function failing() {
  const clock = new FakeClock();
  const sent: string[] = [];
  const transport: Fetch = async (url) => {
    sent.push(String(url));
    const headers = new RecordHeaders({});
    return new BufferedReply({ status: 503, url: String(url), headers, body: "" });
  };
  const open = connector({
    ...{ transport, clock, random: seeded(7), userAgent: "", sequence: undefined },
    ...{ standIns: false, memo: memoryMemo(), env: () => undefined },
    provider: async () => httpProvider,
  } as unknown as ConnectorDeps);
  const run = () => {
    const emit = (_: RunEventBody): void => {};
    const { probe } = open(emit);
    return async (integration: string) => {
      const done = outcomeOf(probe(integration, health, new AbortController().signal));
      await clock.advance(20_000);
      expect(done.value).toMatchObject({ status: "down" });
    };
  };
  return { run, sent };
}

test("the gateways of an integration share what a run may send again", async () => {
  const { run, sent } = failing();
  const probe = run();
  for (let n = 0; n < 20; n += 1) await probe("one");
  // Ten are free, and one for each ten calls.
  expect(sent).toHaveLength(20 + 10 + 2);
  await probe("two");
  expect(sent).toHaveLength(32 + 3);
  await run()("one");
  expect(sent).toHaveLength(35 + 3);
});
