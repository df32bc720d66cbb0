import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { certificates } from "../../support/far-away.ts";
import type { Cause, Patient } from "./cause.ts";

type Env = Record<string, string | undefined>;

const trusted = { NODE_EXTRA_CA_CERTS: join(certificates, "authority.pem") };
const ids = ["slack", "notion", "github", "anykrowd"];
/** Nobody listens there: it is what TCP discards to. */
const dead = "http://127.0.0.1:9";
const use = { NODE_USE_ENV_PROXY: "1" };
const needed = { code: "PROXY_UNUSED", alone: true } as const;

/** The services where a proxy alone leads, and where it is. */
async function walled({ away, machine, after }: Patient): Promise<{ env: Env; url: string }> {
  const { env, names } = await away({ certificate: "valid" });
  const server = createServer((_, response) => response.writeHead(400).end());
  server.on("connect", ({ url = "" }, socket) => {
    const onward = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const unknown = Object.fromEntries(Object.keys(names).map((name) => [name, "ENOTFOUND"]));
  const url = `http://127.0.0.1:${port}`;
  return { env: { ...env, ...trusted, ...machine({ names: unknown }) }, url };
}

const walledWith =
  (more: (proxy: string, options: string) => Record<string, string>): Cause["break"] =>
  async (patient) => {
    const { env, url } = await walled(patient);
    return { ...env, ...more(url, String(env.NODE_OPTIONS)) };
  };

const named =
  (to: Readonly<Record<string, string>>): Cause["break"] =>
  async ({ away, machine }) => {
    const { env, names } = await away();
    return { ...env, ...machine({ names: { ...names, ...to } }) };
  };

/** Networks of companies: proxies, filters, and authorities of their own. */
export const company: readonly Cause[] = [
  {
    name: "proxy that works",
    code: undefined,
    break: walledWith((proxy) => ({ HTTPS_PROXY: proxy, ...use })),
  },
  {
    name: "proxy that works, by an option of Node.js",
    code: undefined,
    break: walledWith((proxy, options) => ({
      ...{ HTTPS_PROXY: proxy, NODE_OPTIONS: `${options} --use-env-proxy` },
    })),
  },
  {
    name: "proxy that works in small letters, another in capital ones that is down",
    code: undefined,
    break: walledWith((proxy) => ({ https_proxy: proxy, HTTPS_PROXY: dead, ...use })),
  },
  {
    name: "proxy in small letters that is down, another in capital ones that works",
    ...{ code: "PROXY_UNREACHABLE", alone: true, says: /https_proxy/ },
    break: walledWith((proxy) => ({ HTTPS_PROXY: proxy, https_proxy: dead, ...use })),
  },
  {
    name: "proxy for HTTP only, where services speak HTTPS",
    ...{ ...needed, next: 'export NODE_USE_ENV_PROXY=1 HTTPS_PROXY="$HTTP_PROXY"' },
    break: walledWith((proxy) => ({ HTTP_PROXY: proxy, ...use })),
  },
  {
    name: "proxy in a variable that Node.js does not read",
    ...{ ...needed, next: 'export NODE_USE_ENV_PROXY=1 HTTPS_PROXY="$ALL_PROXY"' },
    break: walledWith((proxy) => ({ ALL_PROXY: proxy })),
  },
  {
    name: "proxy that Node.js is told to use in a word that it does not know",
    ...{ ...needed, next: "export NODE_USE_ENV_PROXY=1" },
    break: walledWith((proxy) => ({ HTTPS_PROXY: proxy, NODE_USE_ENV_PROXY: "true" })),
  },
  {
    name: "proxy that does not speak HTTP",
    ...{ code: "PROXY_INVALID", alone: true, says: /HTTP proxies alone/ },
    break: walledWith(() => ({ HTTPS_PROXY: "socks5://127.0.0.1:1080", ...use })),
  },
  {
    name: "proxy without http://",
    ...{ code: "PROXY_INVALID", alone: true },
    next: 'export HTTPS_PROXY="http://$HTTPS_PROXY" NODE_USE_ENV_PROXY=1',
    break: walledWith(() => ({ HTTPS_PROXY: "proxy.corp.test:8080" })),
  },
  {
    name: "proxy whose password has a character that is not meant so",
    ...{ code: "PROXY_INVALID", alone: true, says: /# is %23/ },
    break: walledWith(() => ({ HTTPS_PROXY: "http://me:p#ss@proxy.corp.test:8080" })),
  },
  {
    name: "proxy that is down, past which the services are",
    code: undefined,
    break: async ({ away }) => ({
      ...{ ...(await away()).env, HTTP_PROXY: dead, no_proxy: ".services.test" },
      ...{ NO_PROXY: "localhost", ...use },
    }),
  },
  {
    name: "proxy that is down, past which the services are meant to be",
    ...{ code: "PROXY_UNREACHABLE", alone: true },
    break: async ({ away }) => ({
      ...{ ...(await away()).env, HTTP_PROXY: dead, NO_PROXY: "services.test", ...use },
    }),
  },
  {
    name: "authority's file in binary form",
    ...{ code: "CA_FILE_UNUSABLE", alone: true, says: /DER/ },
    next: "openssl x509 -inform der -in ca.cer -out ca.cer.pem && export NODE_EXTRA_CA_CERTS=ca.cer.pem",
    break({ folder }) {
      writeFileSync(join(folder, "ca.cer"), Buffer.from("308203ad30820295a003", "hex"));
      return { NODE_EXTRA_CA_CERTS: "ca.cer" };
    },
  },
  {
    name: "authority's file by a path from elsewhere",
    ...{ code: "CA_FILE_UNUSABLE", alone: true, says: /seen from .*\/below/ },
    below: "below",
    break({ folder }) {
      for (const name of ["package.json", "ca.pem"]) writeFileSync(join(folder, name), "{}");
      mkdirSync(join(folder, "below"));
      return { NODE_EXTRA_CA_CERTS: "ca.pem" };
    },
  },
  {
    name: "certificates of an authority that is named, and not the right one",
    ...{ code: "NETWORK_INTERCEPTED", alone: true },
    next: 'export NODE_OPTIONS="$NODE_OPTIONS --use-system-ca"',
    break: async ({ away }) => ({
      ...{ ...(await away({ certificate: "self-signed" })).env, ...trusted },
    }),
  },
  {
    name: "certificates that the system trusts, and Node.js was told to",
    code: undefined,
    async break({ away }) {
      const { env } = await away({ certificate: "valid" });
      const NODE_OPTIONS = `${env.NODE_OPTIONS} --use-system-ca`;
      return { ...env, NODE_OPTIONS, SSL_CERT_FILE: trusted.NODE_EXTRA_CA_CERTS };
    },
  },
  {
    name: "hosts file that leads a service to this machine",
    ...{ code: "HOST_UNREACHABLE", alone: true, next: "grep -n github.services.test /etc/hosts" },
    says: /leads to this machine.*github\.services\.test is 127\.0\.0\.2/s,
    break: named({ "github.services.test": "127.0.0.2" }),
  },
  {
    name: "filter of names that blocks a service",
    ...{ code: "HOST_UNREACHABLE", alone: true, says: /slack\.services\.test is 0\.0\.0\.0/ },
    async break(patient) {
      const env = await named({ "slack.services.test": "0.0.0.0" })(patient);
      return { ...env, SLACK_API_URL: "http://slack.services.test:9/slack/api/" };
    },
  },
  {
    name: "service inside a network whose VPN is down",
    ...{ code: "HOST_UNREACHABLE", alone: true, says: /is 10\.255\.255\.1.*VPN/s },
    break: named({ "github.services.test": "10.255.255.1" }),
  },
  {
    name: "all services have IPv6 only, the machine none",
    ...{ code: "NETWORK_DOWN", alone: true, says: /IPv6 addresses only/ },
    break: named(Object.fromEntries(ids.map((id) => [`${id}.services.test`, "2001:db8::1"]))),
  },
];
