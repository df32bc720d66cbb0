import type { CheckOutcome, Finding } from "../../core/diagnosis.ts";
import { type NetworkProbe, ProbeError } from "../../core/probes.ts";
import { isLost, told } from "./host-findings.ts";
import type { Host } from "./hosts.ts";

type Env = (name: string) => string | undefined;

export interface NamedProxy {
  readonly variable: string;
  /** `undefined`: what the variable holds is not an address. */
  readonly url: URL | undefined;
  /** Node sends through it: `NODE_USE_ENV_PROXY` is 1. */
  readonly used: boolean;
  /** Whether calls to this host are meant to pass it, as `NO_PROXY` has it. */
  covers(host: Host): boolean;
}

/** The proxy that the environment names; for https first, since that is what services speak. */
export function proxyOf(env: Env): NamedProxy | undefined {
  for (const variable of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) {
    const value = env(variable);
    if (value === undefined || value === "") continue;
    const without = (env("NO_PROXY") ?? env("no_proxy") ?? "").split(/[\s,]+/).filter(Boolean);
    return {
      variable,
      url: URL.parse(value) ?? undefined,
      used: env("NODE_USE_ENV_PROXY") === "1",
      covers: ({ local, url }) => !local && !without.some((name) => excluded(url, name)),
    };
  }
  return undefined;
}

/** Whether calls to a host go through the proxy. */
export function isProxied(proxy: NamedProxy | undefined, host: Host): boolean {
  return proxy?.used === true && proxy.covers(host);
}

function excluded({ hostname, host }: URL, name: string): boolean {
  if (name === "*" || name === hostname || name === host) return true;
  const end = name.replace(/^\*?\.?/, ".");
  return hostname.endsWith(end);
}

const beyond = [{ checks: ["network.", "services.", "drift.", "clock.", "breakers."] }];

export async function lookAtProxy(
  { variable, url }: NamedProxy,
  network: NetworkProbe,
): Promise<CheckOutcome> {
  const base = { severity: "error", check: "network.proxy", about: variable } as const;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const what = `${variable} is not the address of a proxy.`;
    const fix = { text: `Give it the form http://proxy.example:8080, or unset ${variable}.` };
    const evidence = [`${variable} has no address of the form http://host:port`];
    const finding = { ...base, code: "PROXY_INVALID", what, evidence, fix, explains: beyond };
    return { evidence: [], findings: [finding] };
  }
  try {
    const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
    const { address, ms } = await network.connect(url.hostname, port);
    return { evidence: [`${address}, port ${port}, in ${Math.round(ms)} ms`], findings: [] };
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    const what = `The proxy ${url.host} (${variable}) cannot be reached.`;
    const fix = { text: `Correct or unset ${variable}, or unset NODE_USE_ENV_PROXY.` };
    const evidence = [told(error)];
    const finding = { ...base, code: "PROXY_UNREACHABLE", what, evidence, fix, explains: beyond };
    return { evidence, findings: [finding] };
  }
}

/** Node leaves proxies alone unless it is told: what is meant to pass one fails, or goes past it. */
export function unusedProxy(
  proxy: NamedProxy,
  remote: readonly Host[],
  found: readonly Finding[],
): CheckOutcome {
  const { variable, url } = proxy;
  const meant = remote.filter((host) => proxy.covers(host));
  const failing = new Set(found.filter(isLost).map(({ about }) => about));
  const all = meant.length > 0 && meant.every(({ id }) => failing.has(id));
  const invalid = url === undefined || !/^https?:$/.test(url.protocol);
  const what = invalid
    ? `${variable} is not the address of a proxy.`
    : `${variable} names a proxy, but testx does not use it.`;
  const evidence = [
    `${variable} is ${url?.host ?? "not an address"}`,
    "NODE_USE_ENV_PROXY is not 1",
    all ? "no service can be reached without it" : "the services are reached without it",
  ];
  const fix = {
    text: "Set NODE_USE_ENV_PROXY=1, and Node.js sends what leaves this machine through it.",
  };
  const finding: Finding = {
    code: invalid ? "PROXY_INVALID" : "PROXY_UNUSED",
    ...{ severity: all ? "error" : "note", check: "network.proxy" },
    ...{ about: variable, what, evidence, fix },
    ...(all ? { explains: beyond } : {}),
  };
  return { evidence, findings: [finding] };
}
