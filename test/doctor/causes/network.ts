import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { TlsOptions } from "node:tls";
import { certificates } from "../../support/far-away.ts";
import type { Cause, Patient } from "./cause.ts";

/** A port at which nothing listens. */
export async function nobody(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export const trusted = { NODE_EXTRA_CA_CERTS: join(certificates, "authority.pem") };

export async function named(patient: Patient, changes: Readonly<Record<string, string>>) {
  const { env, names } = await patient.away();
  return { ...env, ...patient.machine({ names: { ...names, ...changes } }) };
}

export const all = (to: string) =>
  Object.fromEntries(
    ["slack", "notion", "github", "anykrowd"].map((id) => [`${id}.services.test`, to]),
  );

/** The services by way of a proxy that does this when it is asked for a connection. */
async function proxied({ away, after }: Patient, on: (socket: Duplex) => unknown) {
  const { env } = await away({ certificate: "valid" });
  const server = createServer((_, response) => response.writeHead(407).end());
  server.on("connect", (_, socket) => on(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { ...env, ...trusted, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NODE_USE_ENV_PROXY: "1" };
}

/** The services under https, at a port where `on` has the word. */
async function handshakes(patient: Patient, on: (socket: Socket) => unknown) {
  const { env, port } = await patient.away();
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    on(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  patient.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const there = (server.address() as AddressInfo).port;
  const moved = Object.entries(env).map(([name, value]) => [
    name,
    value?.replace(/^http:(.+\.services\.test):(\d+)/, (whole, host, old) =>
      Number(old) === port ? `https:${host}:${there}` : whole,
    ),
  ]);
  return { plain: env, tls: Object.fromEntries(moved) as typeof env };
}

const cut = (socket: Socket) => socket.once("data", () => socket.resetAndDestroy());

export const network: readonly Cause[] = [
  {
    name: "services elsewhere, all well",
    code: undefined,
    break: async ({ away }) => (await away()).env,
  },
  {
    name: "services elsewhere with TLS, all well",
    code: undefined,
    break: async ({ away }) => ({ ...(await away({ certificate: "valid" })).env, ...trusted }),
  },
  {
    name: "no DNS",
    code: "NETWORK_DNS_DOWN",
    break: (patient) => named(patient, all("ENOTFOUND")),
  },
  {
    name: "DNS fails for one name",
    code: "HOST_UNRESOLVED",
    break: (patient) => named(patient, { "notion.services.test": "ENOTFOUND" }),
  },
  {
    name: "no route to anything",
    code: "NETWORK_DOWN",
    break: (patient) => named(patient, all("127.0.0.2")),
  },
  {
    name: "one service has IPv6 only, the machine none",
    code: "HOST_UNREACHABLE",
    break: (patient) => named(patient, { "github.services.test": "2001:db8::1" }),
  },
  {
    name: "one name leads to a metadata address",
    code: "HTTP_URL_REFUSED",
    break: (patient) => named(patient, { "github.services.test": "169.254.169.254" }),
  },
  {
    name: "one service refuses connections",
    code: "HOST_UNREACHABLE",
    break: async () => ({ GITHUB_API_URL: `http://127.0.0.1:${await nobody()}` }),
  },
  {
    name: "two services at an address that refuses connections",
    code: "HOST_UNREACHABLE",
    says: /NOTION_API_URL and GITHUB_API_URL/,
    break: async () => {
      const url = `http://127.0.0.1:${await nobody()}`;
      return { GITHUB_API_URL: url, NOTION_API_URL: url };
    },
  },
  {
    name: "name that is misspelt",
    code: "HOST_UNRESOLVED",
    break: () => ({ NOTION_API_URL: "https://api.notoin.invalid" }),
  },
  {
    name: "address that is none",
    code: "CONFIG_ENV_VALUE",
    break: () => ({ SLACK_API_URL: "slack.com/api" }),
  },
  {
    name: "self-signed certificates everywhere",
    code: "NETWORK_INTERCEPTED",
    break: async ({ away }) => (await away({ certificate: "self-signed" })).env,
  },
  {
    name: "self-signed certificate of one service",
    code: "HOST_TLS_UNTRUSTED",
    async break({ away, sandbox }) {
      const { env } = await away({ certificate: "self-signed" });
      const { SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL } = sandbox.environment;
      return { ...env, SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL };
    },
  },
  {
    name: "expired certificate of one service",
    code: "HOST_TLS_EXPIRED",
    async break({ away, sandbox }) {
      const { env } = await away({ certificate: "expired" });
      const { SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL } = sandbox.environment;
      return { ...env, ...trusted, SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL };
    },
  },
  {
    name: "certificate for another name",
    code: "HOST_TLS_NAME",
    async break({ away, sandbox }) {
      const { env } = await away({ certificate: "elsewhere" });
      const { SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL } = sandbox.environment;
      return { ...env, ...trusted, SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL };
    },
  },
  {
    name: "authority's file that is not there",
    code: "CA_FILE_UNUSABLE",
    break: async ({ away }) => ({
      ...(await away({ certificate: "valid" })).env,
      NODE_EXTRA_CA_CERTS: "/nowhere/authority.pem",
    }),
  },
  {
    name: "certificates not checked",
    code: "TLS_UNCHECKED",
    break: () => ({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }),
  },
  {
    name: "https where plain HTTP is spoken",
    code: "HOST_NO_TLS",
    break: ({ sandbox }) => ({
      GITHUB_API_URL: sandbox.environment.GITHUB_API_URL?.replace("http:", "https:"),
    }),
  },
  {
    name: "proxy that is down",
    code: "PROXY_UNREACHABLE",
    async break({ away }) {
      const { env } = await away();
      const proxy = `http://127.0.0.1:${await nobody()}`;
      return { ...env, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NODE_USE_ENV_PROXY: "1" };
    },
  },
  {
    name: "proxy whose name cannot be resolved",
    code: "PROXY_UNREACHABLE",
    async break({ away, machine }) {
      const { env, names } = await away();
      const proxy = "http://proxy.services.test:8080";
      const known = machine({ names: { ...names, "proxy.services.test": "ENOTFOUND" } });
      return { ...env, ...known, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NODE_USE_ENV_PROXY: "1" };
    },
  },
  {
    // Told to use it, Node.js itself does not start.
    name: "proxy that is no address, and needed",
    code: "PROXY_INVALID",
    async break(patient) {
      const env = await named(patient, all("ENOTFOUND"));
      return { ...env, HTTP_PROXY: "proxy.services.test:8080" };
    },
  },
  {
    name: "proxy that wants a password",
    code: "PROXY_REFUSED",
    alone: true,
    says: /user and password/,
    break: (patient) => proxied(patient, (socket) => socket.end("HTTP/1.1 407 No\r\n\r\n")),
  },
  {
    name: "proxy that reaches nothing itself",
    code: "PROXY_REFUSED",
    alone: true,
    says: /not to reach/,
    break: (patient) => proxied(patient, (socket) => socket.end("HTTP/1.1 502 No\r\n\r\n")),
  },
  {
    name: "proxy that is none",
    code: "PROXY_REFUSED",
    alone: true,
    says: /does not work as a proxy/,
    break: (patient) => proxied(patient, (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n")),
  },
  {
    name: "proxy set but unused, and needed",
    code: "PROXY_UNUSED",
    async break(patient) {
      const env = await named(patient, all("ENOTFOUND"));
      return { ...env, HTTP_PROXY: "http://127.0.0.1:8080" };
    },
  },
  {
    name: "proxy set but unused, and not needed",
    code: undefined,
    break: async ({ away }) => ({ ...(await away()).env, HTTP_PROXY: "http://127.0.0.1:8080" }),
  },
  {
    name: "clock an hour ahead",
    code: "CLOCK_SKEWED",
    break: ({ machine }) => machine({ aheadMs: 3_600_000 }),
  },
  {
    name: "clock years behind, so that certificates are not valid yet",
    code: "CLOCK_SKEWED",
    async break({ away, machine }) {
      const { env, names } = await away({ certificate: "valid", aheadMs: 0 });
      return { ...env, ...trusted, ...machine({ names, aheadMs: -600_000_000 }) };
    },
  },
  {
    name: "clock 91 seconds behind, and a certificate long expired",
    code: "HOST_TLS_EXPIRED",
    others: ["CLOCK_SKEWED"],
    async break({ away, machine, sandbox }) {
      const { env, names } = await away({ certificate: "expired" });
      const { SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL } = sandbox.environment;
      const well = { SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL };
      return { ...env, ...trusted, ...well, ...machine({ names, aheadMs: -91_000 }) };
    },
  },
  {
    name: "clock of one service wrong",
    code: undefined,
    async break({ away, sandbox }) {
      const { env } = await away({ aheadMs: 3_600_000 });
      const { SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL } = sandbox.environment;
      return { ...env, SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL };
    },
  },
  {
    name: "log-in page in place of everything",
    code: "NETWORK_PORTAL",
    break: async ({ away }) =>
      (
        await away({
          instead: (_, response) =>
            response.writeHead(200, { "content-type": "text/html" }).end("<html>Log in</html>"),
        })
      ).env,
  },
  {
    name: "redirect to a log-in page",
    code: "NETWORK_PORTAL",
    break: async ({ away }) =>
      (
        await away({
          instead: (_, response) =>
            response.writeHead(302, { location: "http://login.services.test/" }).end(),
        })
      ).env,
  },
  {
    name: "connections taken, nothing answered",
    code: "NETWORK_FILTERED",
    break: async ({ away }) => (await away({ instead: (request) => request.destroy() })).env,
  },
  {
    name: "TLS handshakes never answered",
    code: "NETWORK_FILTERED",
    alone: true,
    break: async (patient) => (await handshakes(patient, () => {})).tls,
  },
  {
    name: "TLS handshakes cut",
    code: "NETWORK_FILTERED",
    alone: true,
    break: async (patient) => (await handshakes(patient, cut)).tls,
  },
  {
    name: "TLS handshakes of one service cut",
    code: "HOST_NO_REPLY",
    alone: true,
    async break(patient) {
      const { plain, tls } = await handshakes(patient, cut);
      return { ...plain, SLACK_API_URL: tls.SLACK_API_URL };
    },
  },
  {
    name: "one service speaks old TLS only",
    code: "HOST_NO_TLS",
    alone: true,
    async break({ away, sandbox }) {
      const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
      const { env } = await away({ certificate: "valid", tls: old as TlsOptions });
      const { SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL } = sandbox.environment;
      return { ...env, ...trusted, SLACK_API_URL, NOTION_API_URL, ANYKROWD_HEALTH_CHECK_URL };
    },
  },
  {
    name: "certificates for other names everywhere",
    code: "NETWORK_INTERCEPTED",
    alone: true,
    break: async ({ away }) => ({ ...(await away({ certificate: "elsewhere" })).env, ...trusted }),
  },
  {
    name: "one service takes longer for its front page than doctor waits",
    code: "GATEWAY_TIMEOUT",
    alone: true,
    break: async ({ away }) =>
      (
        await away({
          instead: ({ url = "" }) => /^\/notion\/?$/.test(url),
        })
      ).env,
  },
  {
    name: "two services take longer for their front pages than doctor waits",
    code: "GATEWAY_TIMEOUT",
    alone: true,
    says: /slack\.services.+notion\.services/,
    break: async ({ away }) =>
      (
        await away({
          instead: ({ url = "" }) => /^\/(slack\/api|notion)\/?$/.test(url),
        })
      ).env,
  },
  {
    name: "optional service's name unknown, and a wrong token",
    code: "SLACK_TOKEN_INVALID",
    exit: 4,
    break: async (patient) => ({
      ...(await named(patient, { "anykrowd.services.test": "ENOTFOUND" })),
      SLACK_BOT_TOKEN: "xoxb-0123456789abcdefghijABCDEFGHIJ012345",
    }),
  },
  {
    name: "clock an hour ahead, and a wrong token",
    code: "CLOCK_SKEWED",
    exit: 4,
    break: ({ machine }) => ({
      ...machine({ aheadMs: 3_600_000 }),
      SLACK_BOT_TOKEN: "xoxb-0123456789abcdefghijABCDEFGHIJ012345",
    }),
  },
  {
    name: "names of three of four services unknown",
    code: "HOST_UNRESOLVED",
    others: ["HOST_UNRESOLVED", "HOST_UNRESOLVED"],
    break: (patient) => {
      const { "anykrowd.services.test": _, ...three } = all("ENOTFOUND");
      return named(patient, three);
    },
  },
];
