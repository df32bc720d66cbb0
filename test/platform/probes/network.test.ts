import { once } from "node:events";
import { type AddressInfo, createServer, type LookupFunction } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { ProbeError } from "../../../src/core/probes.ts";
import { networkProbe } from "../../../src/platform/probes/network.ts";

/** Somebody who changes a name's answer after it was looked at. */
const leadsTo =
  (address: string): LookupFunction =>
  (_, options, done) => {
    const family = address.includes(":") ? 6 : 4;
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };

function probe(address: string) {
  const transport = () => Promise.reject(new Error("nothing is asked"));
  return networkProbe({ transport, timeoutMs: 2_000, lookup: leadsTo(address) });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ProbeError ? `${error.layer} ${error.code}` : `no refusal: ${error}`;
}

it.each([["169.254.169.254"], ["fe80::1"], ["::ffff:169.254.169.254"]])(
  "a name that leads to %s is not connected to, whatever it led to before",
  async (address) => {
    const { connect, handshake } = probe(address);
    const refused = "tcp ERR_TESTX_ADDRESS_REFUSED";
    expect(await codeOf(connect("innocent.test", 9))).toBe(refused);
    expect(await codeOf(handshake("innocent.test", 9))).toBe(refused);
  },
);

it.each([["169.254.169.254"], ["[fe80::1]"], ["metadata.google.internal"]])(
  "nor is %s itself",
  async (host) => {
    const { connect, handshake } = probe("127.0.0.1");
    const refused = "tcp ERR_TESTX_ADDRESS_REFUSED";
    expect(await codeOf(connect(host, 9))).toBe(refused);
    expect(await codeOf(handshake(host, 9))).toBe(refused);
  },
);

it("any other name is connected to where it leads", async () => {
  const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { address } = await probe("127.0.0.1").connect("innocent.test", port);
  expect(address).toBe("127.0.0.1");
});
