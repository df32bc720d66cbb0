import { describe, expect, it } from "vitest";
import { type Handshake, type NetworkProbe, ProbeError } from "../../../src/core/probes.ts";
import { runChecks } from "../../../src/features/doctor/checks.ts";
import { hostsOf } from "../../../src/features/doctor/hosts.ts";
import { networkChecks } from "../../../src/features/doctor/network.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const minute = 60_000;
const day = 1_440 * minute;

const hosts = hostsOf(
  ["slack", "github"].map((id) => ({
    ...{ integration: id, required: true, url: `https://${id}.test` },
  })),
);

/**
 * What is found when this machine's clock is `aheadMs` wrong, and github's certificate holds from
 * and to these times, in ms from the true one.
 */
async function looked(aheadMs: number, from: number, to: number, reason?: string) {
  const clock = new FakeClock();
  const true_ = clock.now() - aheadMs;
  const [validFrom, validTo] = [true_ + from, true_ + to];
  const seen =
    clock.now() > validTo
      ? "CERT_HAS_EXPIRED"
      : clock.now() < validFrom
        ? "CERT_NOT_YET_VALID"
        : undefined;
  const why = reason ?? seen;
  const own: Handshake = {
    ...{ trusted: why === undefined, ...(why && { reason: why }), subject: "a", issuer: "b" },
    ...{ validFrom, validTo },
  };
  const network: NetworkProbe = {
    resolve: async () => ["192.0.2.1"],
    connect: async () => ({ address: "192.0.2.1", ms: 1 }),
    handshake: async (host) =>
      host === "github.test"
        ? own
        : {
            ...{ trusted: true, subject: "a", issuer: "b" },
            ...{ validFrom: true_ - 400 * day, validTo: true_ + 400 * day },
          },
    async ask(url) {
      if (url.includes("github") && why !== undefined) throw new ProbeError("tls", why, "no");
      return { status: 200, ms: 0, at: clock.now(), date: true_ - 500 };
    },
  };
  const checks = networkChecks(hosts, { network, now: clock.now, proxy: undefined });
  const stop = new AbortController().signal;
  const { findings, consequences } = await runChecks(checks, { clock, stop });
  return {
    apart: findings.map(({ code, severity }) => `${severity} ${code}`),
    following: consequences.map(({ code }) => code),
  };
}

describe("a clock that is wrong", () => {
  it("is not why a certificate has expired that has done so by the right time, too", async () => {
    const apart = ["error HOST_TLS_EXPIRED", "warning CLOCK_SKEWED"];
    expect(await looked(-91_000, -400 * day, -90 * day)).toEqual({ apart, following: [] });
    expect(await looked(91_000, -400 * day, -90 * day)).toEqual({ apart, following: [] });
  });

  it("is not why one has expired if it is behind, nor why one is not valid yet if ahead", async () => {
    const apart = ["error HOST_TLS_EXPIRED", "warning CLOCK_SKEWED"];
    const [from, to] = [-400 * day, 400 * day];
    // That of an authority between, whose dates are not seen.
    const behind = await looked(-91_000, from, to, "CERT_HAS_EXPIRED");
    expect(behind).toEqual({ apart, following: [] });
    const ahead = await looked(91_000, from, to, "CERT_NOT_YET_VALID");
    expect(ahead).toEqual({ apart, following: [] });
  });

  it("is why one seems to have expired, or not to be valid yet, that holds by the right time", async () => {
    const wrong = { apart: ["error CLOCK_SKEWED"], following: ["HOST_TLS_EXPIRED"] };
    expect(await looked(90 * day, -1 * day, 80 * day)).toEqual(wrong);
    expect(await looked(-90 * day, -80 * day, 400 * day)).toEqual(wrong);
    expect(await looked(2 * minute, -1 * day, minute)).toEqual(wrong);
  });

  it("is why one seems to expire soon only if it does not", async () => {
    expect(await looked(90 * day, -1 * day, 100 * day)).toEqual({
      ...{ apart: ["error CLOCK_SKEWED"], following: ["HOST_TLS_EXPIRING"] },
    });
    expect(await looked(2 * minute, -1 * day, 5 * day)).toEqual({
      apart: ["warning HOST_TLS_EXPIRING", "warning CLOCK_SKEWED"],
      following: [],
    });
  });
});

it("tells the time by when a reply came, however long another host keeps doctor waiting", async () => {
  const clock = new FakeClock();
  const network: NetworkProbe = {
    resolve: async () => ["192.0.2.1"],
    connect: async () => ({ address: "192.0.2.1", ms: 1 }),
    handshake: async () => ({
      ...{ trusted: true, subject: "a", issuer: "b" },
      ...{ validFrom: clock.now() - 400 * day, validTo: clock.now() + 400 * day },
    }),
    async ask(url) {
      const reply = { status: 200, ms: 0, at: clock.now(), date: clock.now() - 500 };
      if (url.includes("slack")) return reply;
      await clock.sleep(2 * minute);
      throw new ProbeError("http", "ETIMEDOUT", "no answer");
    },
  };
  const checks = networkChecks(hosts, { network, now: clock.now, proxy: undefined });
  const stop = new AbortController().signal;
  const looking = runChecks(checks, { clock, stop });
  await clock.advance(2 * minute);
  const { checks: reports } = await looking;
  const { evidence } = reports.find(({ id }) => id === "clock.skew") ?? {};
  expect(evidence).toEqual(["slack.test is less than a second off"]);
});
