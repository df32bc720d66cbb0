import { expect, it } from "vitest";
import type { Credential } from "../../src/core/credential.ts";
import type { RunEventBody } from "../../src/core/events.ts";
import { failure, rootFailure, TestxError } from "../../src/core/failure.ts";
import type { Fetch, FetchInit, Reply, Wire } from "../../src/core/http.ts";
import { BufferedReply, RecordHeaders } from "../../src/core/reply.ts";
import { createGateway } from "../../src/gateway/gateway.ts";
import { Keyring } from "../../src/gateway/keyring.ts";
import { FakeClock, seeded } from "../support/fake-clock.ts";
import fc from "../support/property.ts";
import { gatewayOn, outcomeOf, reply } from "./harness.ts";

const wire: Wire = {
  describe: ({ method, url }) => {
    const write = method !== "GET";
    return { name: `${method} ${url.pathname}`, write, idempotent: !write };
  },
};

/** A place whose value others change. */
interface Place extends Credential {
  value: string;
  reads: number;
}

function place(name: string, value: string, renewal: Credential["renewal"]): Place {
  return {
    name,
    value,
    renewal,
    reads: 0,
    read() {
      this.reads += 1;
      if (this.value === "") throw new TestxError(failure("CREDENTIAL_EMPTY", `${name} is empty.`));
      return renewal === "costly" ? Promise.resolve(this.value) : this.value;
    },
  };
}

/** A service that takes the tokens of `valid`; 403 at /forbidden. */
function rig(places: readonly Place[], valid: Set<string>) {
  const events: RunEventBody[] = [];
  const sent: string[] = [];
  const transport: Fetch = async (url, init: FetchInit = {}) => {
    const headers = init.headers as Record<string, string>;
    const token = (headers.authorization ?? "").replace("Bearer ", "");
    sent.push(token);
    // Others have their turn before the answer comes.
    await Promise.resolve();
    const status = valid.has(token) ? (String(url).endsWith("/forbidden") ? 403 : 200) : 401;
    const body = JSON.stringify({ status });
    return new BufferedReply({ status, url: String(url), headers: new RecordHeaders({}), body });
  };
  const keyring = new Keyring(places);
  const fetch = createGateway({
    integration: "svc",
    wire,
    settings: {
      timeouts: { totalMs: 10_000 },
      retry: { maxAttempts: 3, baseDelayMs: 1, maxDelayMs: 1 },
      concurrency: { reads: 20, writes: 20 },
    },
    transport,
    clock: new FakeClock(),
    random: seeded(1),
    emit: (event) => void events.push(event),
    credentials: { keyring, headers: (value) => ({ authorization: `Bearer ${value}` }) },
  });
  const rotations = () =>
    events.flatMap((event) =>
      event.type === "credential.rotated" ? [`${event.from} → ${event.to}`] : [],
    );
  const call = (path = "/a", method = "POST") => fetch(`http://service.test${path}`, { method });
  return { call, sent, rotations, events, keyring };
}

const codeOf = (error: unknown) => rootFailure(error)?.code;

it("calls that are refused together go over to the next one together, and stay there", async () => {
  const { call, sent, rotations } = rig(
    [place("A", "a", "none"), place("B", "b", "costly")],
    new Set(["b"]),
  );
  const replies = await Promise.all(Array.from({ length: 10 }, () => call()));
  expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(rotations()).toEqual(["A → B"]);
  const before = sent.length;
  expect(before).toBeLessThanOrEqual(20);
  await call();
  expect(sent.slice(before)).toEqual(["b"]);
});

it("what a call may not do is no reason for another credential", async () => {
  const { call, sent, rotations } = rig(
    [place("A", "a", "none"), place("B", "b", "none")],
    new Set(["a", "b"]),
  );
  expect((await call("/forbidden")).status).toBe(403);
  expect(sent).toEqual(["a"]);
  expect(rotations()).toEqual([]);
});

it("one that can be read anew is, before it is given up; one that is as it was is not sent again", async () => {
  const own = place("A", "old", "costly");
  const { call, sent, rotations } = rig([own, place("B", "b", "none")], new Set(["new", "b"]));
  await call().catch(() => {});
  expect(sent).toEqual(["old", "b"]);
  expect(own.reads).toBe(2);
  expect(rotations()).toEqual(["A → B"]);

  const file = place("F", "old", "free");
  const changed = rig([file], new Set(["old", "new"]));
  await changed.call();
  file.value = "new";
  await changed.call();
  expect(changed.sent).toEqual(["old", "new"]);
});

it("when all are refused, each was sent once, the failure names them, and later calls ask once", async () => {
  const { call, sent } = rig(
    [place("A", "a", "none"), place("B", "b", "costly"), place("C", "", "free")],
    new Set(),
  );
  const error = await call().catch((thrown: unknown) => thrown);
  expect(codeOf(error)).toBe("CREDENTIAL_REFUSED");
  expect(rootFailure(error)?.message).toContain("Credentials tried: A, B, C (CREDENTIAL_EMPTY).");
  expect(rootFailure(error)?.outcome).toBe("not-applied");
  expect([...sent].sort()).toEqual(["a", "b"]);
  await expect(call()).rejects.toThrow(TestxError);
  expect(sent).toHaveLength(3);
});

it("one that cannot be had for now ends the call as something that may work later", async () => {
  const token = place("X", "x", "costly");
  const { call } = rig([token], new Set(["x"]));
  const broken = new TestxError(
    failure("GATEWAY_TIMEOUT", "no answer", { outcome: "unknown", transient: true }),
  );
  const read = token.read;
  token.read = () => Promise.reject(broken);
  const error = await call().catch((thrown: unknown) => thrown);
  expect(rootFailure(error)).toMatchObject({
    code: "GATEWAY_TIMEOUT",
    outcome: "not-applied",
    transient: true,
  });
  token.read = read;
  expect((await call()).status).toBe(200);
});

it("going over to the next one is no retry: neither their number nor the waits between them change", async () => {
  const [no, busy, yes] = [reply(401), reply(503), reply(200)];
  const course = async (answers: readonly Reply[], maxAttempts: number) => {
    const keyring = new Keyring([place("A", "a", "none"), place("B", "b", "none")]);
    const { fetch, clock, sent } = gatewayOn(answers, {
      settings: {
        timeouts: { totalMs: 60_000 },
        retry: { maxAttempts, baseDelayMs: 1_000, maxDelayMs: 10_000, strategy: "exponential" },
        concurrency: { reads: 4, writes: 1 },
      },
      credentials: { keyring, headers: (value) => ({ authorization: `Bearer ${value}` }) },
    });
    const seen = outcomeOf(fetch("http://service.test/a"));
    await clock.advance(60_000);
    return { status: (seen.value as Reply | undefined)?.status, at: sent.map(({ at }) => at) };
  };
  expect(await course([busy, yes], 2)).toEqual({ status: 200, at: [0, 1_000] });
  expect(await course([no, busy, yes], 2)).toEqual({ status: 200, at: [0, 0, 1_000] });
  expect(await course([no, busy, busy, yes], 3)).toEqual({ status: 200, at: [0, 0, 1_000, 3_000] });
  expect(await course([no, busy, busy, yes], 2)).toMatchObject({ at: [0, 0, 1_000] });
});

it("whatever is revoked and replaced, a call sends each value once, and succeeds if one is good", async () => {
  const kinds = fc.constantFrom<Credential["renewal"]>("none", "free", "costly");
  const change = fc.record({
    revoke: fc.array(fc.nat(20), { maxLength: 3 }),
    replace: fc.option(fc.nat(3)),
    calls: fc.integer({ min: 1, max: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(kinds, { minLength: 1, maxLength: 4 }),
      fc.array(change, { maxLength: 8 }),
      async (renewals, changes) => {
        let made = 0;
        const valid = new Set<string>();
        const mint = (): string => {
          const value = `v${made++}`;
          valid.add(value);
          return value;
        };
        const places = renewals.map((renewal, at) => place(`P${at}`, mint(), renewal));
        const { call, sent } = rig(places, valid);
        for (const { revoke, replace, calls } of changes) {
          for (const at of revoke) valid.delete(`v${at}`);
          const target = replace === null ? undefined : places[replace % places.length];
          if (target !== undefined && target.renewal !== "none") target.value = mint();
          for (let nth = 0; nth < calls; nth++) {
            const before = sent.length;
            const outcome = await call().then(
              ({ status }) => status,
              (error: unknown) => codeOf(error),
            );
            const own = sent.slice(before);
            expect(new Set(own).size).toBe(own.length);
            const good = places.some(({ value }) => valid.has(value));
            // What costs something is not read again for every refusal.
            const certain = places.every(({ renewal }) => renewal !== "costly");
            if (good && certain) expect(outcome).toBe(200);
            if (!good) expect(outcome).not.toBe(200);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});
