import { expect, it } from "vitest";
import { type NetworkProbe, ProbeError } from "../../../src/core/probes.ts";
import { hostChecks } from "../../../src/features/doctor/host-checks.ts";
import { hostsOf } from "../../../src/features/doctor/hosts.ts";

const [host] = hostsOf([{ integration: "notion", required: true, url: "https://notion.test" }]);

/** What the layer of a host is called whose probe fails with `error`. */
async function foundWith(layer: "tcp" | "tls", error: ProbeError) {
  const network = {
    resolve: async () => ["192.0.2.1"],
    connect: () => Promise.reject(error),
    handshake: () => Promise.reject(error),
    ask: () => Promise.reject(error),
  } satisfies NetworkProbe;
  if (!host) throw new Error("there is no host");
  const ask = network.ask;
  const checks = hostChecks({ host, network, ask, proxied: false, now: () => 0 });
  const check = checks.find(({ id }) => id.endsWith(layer));
  const { findings = [] } = (await check?.run(() => undefined)) ?? {};
  return findings[0];
}

it("is called the same whether a cut connection is noticed when it is made or later", async () => {
  const reset = new ProbeError("tcp", "ECONNRESET", "cut");
  expect((await foundWith("tcp", reset))?.code).toBe("HOST_NO_REPLY");
  const late = new ProbeError("tls", "ECONNRESET", "cut");
  expect((await foundWith("tls", late))?.code).toBe("HOST_NO_REPLY");
});

it("never advises plain HTTP elsewhere: tokens would be sent for everybody to read", async () => {
  const plain = new ProbeError("tls", "ERR_SSL_WRONG_VERSION_NUMBER", "no TLS");
  const found = await foundWith("tls", plain);
  expect(found?.code).toBe("HOST_NO_TLS");
  expect(found?.fix.text).not.toContain("http://");
});

it.each([
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "outdated"],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", "outdated"],
  ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", "refuses"],
])("tells a server that answers %s from one without TLS", async (code, word) => {
  const found = await foundWith("tls", new ProbeError("tls", code, "no connection"));
  expect(found?.code).toBe("HOST_NO_TLS");
  expect(found?.what).toContain(word);
});
