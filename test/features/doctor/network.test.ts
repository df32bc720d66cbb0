import { expect, it } from "vitest";
import { type NetworkProbe, ProbeError } from "../../../src/core/probes.ts";
import { runChecks } from "../../../src/features/doctor/checks.ts";
import { hostsOf } from "../../../src/features/doctor/hosts.ts";
import { networkChecks } from "../../../src/features/doctor/network.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const hosts = hostsOf(
  ["slack", "notion"].map((id) => ({
    ...{ integration: id, required: true, url: `https://${id}.test` },
  })),
);

/** Every handshake ends so. */
function looked(handshake: () => ReturnType<NetworkProbe["handshake"]>) {
  const asked: string[] = [];
  const network: NetworkProbe = {
    resolve: async () => ["192.0.2.1"],
    connect: async () => ({ address: "192.0.2.1", ms: 1 }),
    handshake,
    async ask(url) {
      asked.push(url);
      throw new ProbeError("tls", "CERT_HAS_EXPIRED", "no secure connection");
    },
  };
  const clock = new FakeClock();
  const checks = networkChecks(hosts, { network, now: clock.now, proxy: undefined });
  return { asked, report: runChecks(checks, { clock, stop: new AbortController().signal }) };
}

it("asks nobody the time who has not answered before: each question would be waited for", async () => {
  const late = new ProbeError("tls", "ETIMEDOUT", "no answer");
  const { asked, report } = looked(() => Promise.reject(late));
  expect((await report).cause?.code).toBe("NETWORK_FILTERED");
  expect(asked).toEqual([]);
});

it("takes the time from certificates where nothing else tells it", async () => {
  const { report } = looked(async () => ({
    ...{ trusted: false, reason: "CERT_HAS_EXPIRED", subject: "a", issuer: "b" },
    ...{ validFrom: Date.UTC(2020, 0, 1), validTo: Date.UTC(2021, 0, 1) },
  }));
  expect((await report).cause?.code).toBe("CLOCK_SKEWED");
});

/** What is told of four services, of which these names cannot be resolved or reached. */
async function toldOf(lost: { readonly names?: string[]; readonly ways?: string[] }) {
  const four = hostsOf(
    ["slack", "notion", "github", "acme"].map((id) => ({
      ...{ integration: id, required: true, url: `https://${id}.test` },
      variable: `${id.toUpperCase()}_API_URL`,
    })),
  );
  const network: NetworkProbe = {
    async resolve(host) {
      if (lost.names?.includes(host)) throw new ProbeError("dns", "ENOTFOUND", "no such name");
      return ["192.0.2.1"];
    },
    async connect(host) {
      if (lost.ways?.includes(host)) throw new ProbeError("tcp", "ECONNREFUSED", "refused");
      return { address: "192.0.2.1", ms: 1 };
    },
    handshake: async () => ({
      ...{ trusted: true, subject: "a", issuer: "b", validFrom: 0, validTo: Date.UTC(2100, 0, 1) },
    }),
    ask: async () => ({ status: 200, ms: 1, at: 0 }),
  };
  const clock = new FakeClock();
  const checks = networkChecks(four, { network, now: clock.now, proxy: undefined });
  const { findings } = await runChecks(checks, { clock, stop: new AbortController().signal });
  return findings;
}

it("lays two names that are unknown to nothing common where another is known", async () => {
  const findings = await toldOf({ names: ["notion.test", "acme.test"] });
  expect(findings.map(({ code, about }) => [code, about])).toEqual([
    ["HOST_UNRESOLVED", "notion"],
    ["HOST_UNRESOLVED", "acme"],
  ]);
  expect(findings[0]?.fix.text).toContain("NOTION_API_URL");
});

it("tells once of two that cannot be reached, beside two whose names are unknown", async () => {
  const findings = await toldOf({
    ...{ names: ["notion.test", "acme.test"], ways: ["slack.test", "github.test"] },
  });
  expect(findings.map(({ code }) => code).toSorted()).toEqual([
    ...["HOST_UNREACHABLE", "HOST_UNRESOLVED", "HOST_UNRESOLVED"],
  ]);
});
