import type { CheckOutcome, Explains, Finding, Fix } from "../../core/diagnosis.ts";
import { usesEnvProxy } from "../../core/env-proxy.ts";
import { type NetworkProbe, ProbeError } from "../../core/probes.ts";
import { isLost, told } from "./host-findings.ts";
import { type Host, portOf } from "./hosts.ts";

type Env = (name: string) => string | undefined;

export interface NamedProxy {
  readonly variable: string;
  /** `undefined`: what the variable holds is no address that Node.js could use. */
  readonly url: URL | undefined;
  /** Node was told to use what the environment names. */
  readonly asked: boolean;
  /** What helps where the address cannot be used. */
  readonly advice: Fix;
  /** Whether calls to this host are meant to pass it, as `NO_PROXY` has it. */
  covers(host: Host): boolean;
  /** Whether Node reads the environment's proxy for a host of this protocol. */
  reads(host: Host): boolean;
}

/**
 * The proxy that the environment names; for https first, since that is what services speak.
 * As Node.js reads it: in small letters first, each variable for its own protocol, and of names in
 * `NO_PROXY` none covers what is below it unless it begins with a dot.
 */
export function proxyOf(env: Env): NamedProxy | undefined {
  const named = (...names: string[]) => names.find((name) => env(name) !== undefined);
  const https = named("https_proxy", "HTTPS_PROXY");
  const http = named("http_proxy", "HTTP_PROXY");
  const variable = https ?? http ?? named("all_proxy", "ALL_PROXY");
  if (variable === undefined) return undefined;
  const value = env(variable) ?? "";
  const names = (env("no_proxy") ?? env("NO_PROXY") ?? "").toLowerCase().split(",");
  const without = names.map((name) => name.trim()).filter(Boolean);
  return {
    variable,
    url: /^https?:\/\/[^\r\n]*$/.test(value) ? (URL.parse(value) ?? undefined) : undefined,
    asked: usesEnvProxy({
      NODE_USE_ENV_PROXY: env("NODE_USE_ENV_PROXY"),
      NODE_OPTIONS: env("NODE_OPTIONS"),
    }),
    advice: formOf(variable, value),
    covers: ({ local, url: { hostname, host } }) =>
      !local && !without.some((name) => excluded(hostname, host, name)),
    reads: ({ url: { protocol } }) => (protocol === "https:" ? https : http) !== undefined,
  };
}

/** Whether calls to a host go through the proxy. */
export function isProxied(proxy: NamedProxy | undefined, host: Host): boolean {
  return (
    proxy?.asked === true && proxy.url !== undefined && proxy.reads(host) && proxy.covers(host)
  );
}

function excluded(hostname: string, host: string, name: string): boolean {
  if (name === "*" || name === hostname || name === host) return true;
  if (name.startsWith(".")) return hostname === name.slice(1) || hostname.endsWith(name);
  return name.startsWith("*.") && hostname.endsWith(name.slice(1));
}

function formOf(variable: string, value: string): Fix {
  const form = "http://proxy.example:8080";
  if (/[\r\n]/.test(value)) {
    const text = "It ends with a line break, as in files from Windows: take that out.";
    return { text, command: `export ${variable}="$(printf %s "$${variable}" | tr -d '\\r\\n')"` };
  }
  if (!value.includes("://") && URL.canParse(`http://${value}`)) {
    const text = `Write http:// before it, and tell Node.js to use it.`;
    return { text, command: `export ${variable}="http://$${variable}" NODE_USE_ENV_PROXY=1` };
  }
  const text = /^(?!https?:)\w+:\/\//.test(value)
    ? `Node.js sends through HTTP proxies alone: give ${variable} the address of one, of the form ${form}, or unset it.`
    : `Give it the form ${form}, or unset ${variable}. In a password / is written %2F, # is %23, ? is %3F and @ is %40.`;
  return { text };
}

/** What follows from a proxy through which these of all hosts are reached, or are not. */
function beyond(meant: readonly Host[], remote: readonly Host[]): Explains[] {
  const checks = ["network.", "services.", "drift.", "clock.", "breakers."];
  if (meant.length === remote.length) return [{ checks }];
  return [{ checks, about: meant.flatMap(({ id, integrations }) => [id, ...integrations]) }];
}

export async function lookAtProxy(
  proxy: NamedProxy,
  url: URL,
  remote: readonly Host[],
  network: NetworkProbe,
): Promise<CheckOutcome> {
  const { variable } = proxy;
  const base = { severity: "error", check: "network.proxy", about: variable } as const;
  const explains = beyond(
    remote.filter((host) => isProxied(proxy, host)),
    remote,
  );
  try {
    const port = portOf(url);
    const { address, ms } = await network.connect(url.hostname, port);
    const wrong = url.protocol === "https:" && (await insecure(url, variable, network));
    if (wrong) return { evidence: wrong.evidence, findings: [{ ...base, ...wrong, explains }] };
    return { evidence: [`${address}, port ${port}, in ${Math.round(ms)} ms`], findings: [] };
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    const evidence = [told(error)];
    const finding: Finding = {
      ...{ ...base, code: "PROXY_UNREACHABLE", evidence, explains },
      what: `The proxy ${url.host} (${variable}) cannot be reached.`,
      fix: { text: `Correct or unset ${variable}, or unset NODE_USE_ENV_PROXY.` },
    };
    return { evidence, findings: [finding] };
  }
}

/** What is wrong with a proxy that is to be spoken to in TLS; `undefined`: nothing. */
async function insecure(
  url: URL,
  variable: string,
  network: NetworkProbe,
): Promise<Pick<Finding, "code" | "what" | "evidence" | "fix"> | undefined> {
  const { host, hostname } = url;
  try {
    const { trusted, reason = "", subject } = await network.handshake(hostname, portOf(url));
    if (trusted) return undefined;
    return {
      code: "PROXY_INVALID",
      what: `The proxy ${host} has a certificate that is not trusted.`,
      evidence: [`certificate of ${subject}`, reason],
      fix: {
        text: `Correct the name in ${variable}, or name the file of the certificate's authority in NODE_EXTRA_CA_CERTS.`,
      },
    };
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    return {
      code: "PROXY_INVALID",
      what: `The proxy ${host} does not speak TLS.`,
      evidence: [told(error), `${variable} begins with https://`],
      fix: {
        text: "Most proxies are spoken to in plain HTTP, also about https addresses: let its address begin with http://.",
        command: `export ${variable}="http://\${${variable}#https://}"`,
      },
    };
  }
}

/** Whether there is a proxy in use that some of these are led past, as `NO_PROXY` has it. */
export function leadsPast(proxy: NamedProxy | undefined, remote: readonly Host[]): boolean {
  return proxy?.asked === true && proxy.url !== undefined && remote.some((it) => !proxy.covers(it));
}

/** What cannot be reached past the proxy, while the proxy itself can. */
export async function bypassed(
  { url, covers }: NamedProxy,
  remote: readonly Host[],
  found: readonly Finding[],
  network: NetworkProbe,
): Promise<CheckOutcome> {
  const past = remote.filter((host) => !covers(host));
  const failing = new Set(found.filter(isLost).map(({ about }) => about));
  const lost = past.filter(({ id }) => failing.has(id));
  const names = lost.map((host) => host.url.hostname);
  if (url === undefined || lost.length < past.length) return { evidence: [], findings: [] };
  try {
    await network.connect(url.hostname, portOf(url));
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    return { evidence: [told(error)], findings: [] };
  }
  const evidence = [`the proxy ${url.host} can be reached`];
  const finding: Finding = {
    ...{ code: "PROXY_BYPASSED", severity: "error", check: "network.past", about: "NO_PROXY" },
    what: `NO_PROXY leads past the proxy to ${names.join(", ")}, and there is no way without it.`,
    ...{ evidence, explains: beyond(lost, remote) },
    fix: { text: "Take what fits them out of NO_PROXY." },
  };
  return { evidence, findings: [finding] };
}

/** Node leaves proxies alone unless it is told: what is meant to pass one fails, or goes past it. */
export function unusedProxy(
  proxy: NamedProxy,
  remote: readonly Host[],
  found: readonly Finding[],
): CheckOutcome {
  const { variable, url, asked } = proxy;
  const meant = remote.filter((host) => proxy.covers(host));
  if (meant.length === 0) return { evidence: ["NO_PROXY leads past it"], findings: [] };
  const failing = new Set(found.filter(isLost).map(({ about }) => about));
  const all = meant.every(({ id }) => failing.has(id));
  const unread = meant.find((host) => !proxy.reads(host))?.url.protocol;
  const right = unread === "http:" ? "HTTP_PROXY" : "HTTPS_PROXY";
  const evidence = [
    url === undefined
      ? `${variable} has not the form http://host:port, or something behind it`
      : `${variable} is ${url.host}`,
    ...(unread === undefined ? [] : [`for ${unread}// Node.js reads ${right} alone`]),
    ...(asked ? [] : ["NODE_USE_ENV_PROXY is not 1"]),
    all ? "no service can be reached without it" : "the services are reached without it",
  ];
  const command = "export NODE_USE_ENV_PROXY=1";
  const use: Fix = {
    text: "Tell Node.js to use it: then it sends what leaves this machine through it.",
    command: unread === undefined ? command : `${command} ${right}="$${variable}"`,
  };
  const finding: Finding = {
    ...{ severity: all ? "error" : "note", check: "network.proxy", about: variable, evidence },
    ...(all ? { explains: beyond(meant, remote) } : {}),
    ...(url === undefined
      ? {
          code: "PROXY_INVALID",
          what: `${variable} is not the address of a proxy that Node.js could use.`,
          fix: proxy.advice,
        }
      : {
          code: "PROXY_UNUSED",
          what: `${variable} names a proxy, but testx does not use it.`,
          fix: use,
        }),
  };
  return { evidence, findings: [finding] };
}
