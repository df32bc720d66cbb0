import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { WireError } from "../../../src/core/wire-error.ts";
import { createTransport } from "../../../src/platform/http.ts";
import { tcpProbe } from "../../../src/platform/tcp.ts";

/** Answers each question with the next of these, the last one again and again. */
function answers(...rounds: readonly (readonly string[])[]): LookupFunction & { asked: number } {
  const lookup: LookupFunction = (_, options, done) => {
    const round = rounds[Math.min(fake.asked, rounds.length - 1)] as readonly string[];
    fake.asked++;
    const all = round.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    if (options.all) done(null, all);
    else done(null, all[0]!.address, all[0]!.family);
  };
  const fake = Object.assign(lookup, { asked: 0 });
  return fake;
}

async function service(): Promise<number> {
  const server = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function transport(lookup?: LookupFunction) {
  const made = createTransport(lookup === undefined ? {} : { lookup });
  onTestFinished(() => made.close());
  return made;
}

it.each([
  ["the metadata address", ["169.254.169.254"]],
  ["link-local", ["169.254.1.1"]],
  ["Alibaba's", ["100.100.100.200"]],
  ["IPv6 link-local", ["fe80::1"]],
  ["IPv6 link-local with a zone", ["fe80::1%eth0"]],
  ["AWS over IPv6", ["fd00:ec2::254"]],
  ["an IPv4 address in IPv6", ["::ffff:169.254.169.254"]],
  ["one among others", ["127.0.0.1", "169.254.169.254"]],
])("a name that leads to %s is not connected to", async (_, addresses) => {
  const port = await service();
  const refusal = { fault: "forbidden", sent: false };
  for (const scheme of ["http", "https"]) {
    const fetch = transport(answers(addresses));
    await expect(fetch(`${scheme}://innocent.test:${port}/`)).rejects.toMatchObject(refusal);
  }
  const probe = tcpProbe(answers(addresses));
  const target = { host: "innocent.test", port, connectMs: 5_000 };
  await expect(probe(target)).rejects.toMatchObject(refusal);
});

it("a name is asked for once a connection, and the answer that was judged is the one used", async () => {
  const port = await service();
  const lookup = answers(["127.0.0.1"], ["169.254.169.254"]);
  const fetch = transport(lookup);
  const reply = await fetch(`http://rebound.test:${port}/`);
  expect(await reply.text()).toBe("ok");
  expect(lookup.asked).toBe(1);
  // The connection is kept: nothing is resolved again for it.
  await (await fetch(`http://rebound.test:${port}/`)).text();
  expect(lookup.asked).toBe(1);
  const other = transport(lookup);
  await expect(other(`http://rebound.test:${port}/`)).rejects.toMatchObject({ fault: "forbidden" });
});

it.each([
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/",
  "http://0xa9fea9fe/",
  "http://0251.0376.0251.0376/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[fe80::1]/",
  "http://metadata.google.internal/",
  "http://metadata.google.internal./",
])("%s is not connected to", async (url) => {
  const error = (await transport()(url).catch((reason: unknown) => reason)) as WireError;
  expect(error).toMatchObject({ fault: "forbidden", sent: false });
});

it("loopback and private names are the user's own choice", async () => {
  const port = await service();
  const reply = await transport(answers(["127.0.0.1"]))(`http://own.test:${port}/`);
  expect(reply.status).toBe(200);
  await tcpProbe(answers(["127.0.0.1"]))({ host: "own.test", port, connectMs: 5_000 });
  await tcpProbe()({ host: "127.0.0.1", port, connectMs: 5_000 });
});

it("a port where nothing listens, and a stop, end a probe", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const target = { host: "127.0.0.1", port, connectMs: 5_000 };
  await expect(tcpProbe()(target)).rejects.toMatchObject({ fault: "refused", sent: false });
  const stopped = { ...target, signal: AbortSignal.abort(new Error("stop")) };
  await expect(tcpProbe()(stopped)).rejects.toMatchObject({ fault: "aborted" });
  const silent: LookupFunction = () => {};
  const slow = { host: "silent.test", port, connectMs: 20 };
  await expect(tcpProbe(silent)(slow)).rejects.toMatchObject({ fault: "connect-timeout" });
});
