import type { CheckId, CheckOutcome, Finding } from "../../core/diagnosis.ts";
import { type NetworkProbe, ProbeError } from "../../core/probes.ts";
import type { Check } from "./checks.ts";
import { checkId, type Host, hostChecks, layersOf } from "./hosts.ts";

export interface NetworkDeps {
  readonly network: NetworkProbe;
  readonly now: () => number;
  env(name: string): string | undefined;
}

/** What all hosts have in common first, then host by host, then the clock. */
export function networkChecks(hosts: readonly Host[], deps: NetworkDeps): Check[] {
  const proxy = proxyOf(deps.env);
  const used = proxy !== undefined && deps.env("NODE_USE_ENV_PROXY") === "1";
  const remote = hosts.filter(({ local }) => !local);
  const through = (host: Host): boolean => used && !host.local;
  const own = hosts.flatMap((host) => hostChecks(host, deps.network, through(host), deps.now));
  const outward = remote.flatMap((host) =>
    layersOf(host, through(host)).map((layer) => checkId(host, layer)),
  );
  const of = (found: (id: CheckId) => readonly Finding[]) => outward.flatMap(found);

  const checks: Check[] = [];
  if (proxy !== undefined && remote.length > 0) {
    checks.push({
      id: "network.proxy",
      title: `proxy ${proxy.variable}`,
      after: used ? [] : outward,
      run: async (found) =>
        used ? lookAtProxy(proxy, deps.network) : unusedProxy(proxy, remote, of(found)),
    });
  }
  if (remote.length > 1) {
    checks.push({
      id: "network.reach",
      title: "the network as a whole",
      after: outward,
      run: async (found) => together(remote, of(found), used),
    });
  }
  return [...checks, ...own, clockCheck(hosts, deps, through)];
}

interface Proxy {
  readonly variable: string;
  readonly url: URL | undefined;
}

function proxyOf(env: NetworkDeps["env"]): Proxy | undefined {
  for (const variable of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) {
    const value = env(variable);
    if (value === undefined || value === "") continue;
    return { variable, url: URL.canParse(value) ? new URL(value) : undefined };
  }
  return undefined;
}

async function lookAtProxy({ variable, url }: Proxy, network: NetworkProbe): Promise<CheckOutcome> {
  const explains = [{ checks: ["network.", "services.", "drift.", "clock."] }];
  const base = { severity: "error", check: "network.proxy", about: variable, explains } as const;
  if (url === undefined) {
    const what = `${variable} is not an address.`;
    const fix = { text: `Give it the form http://proxy.example:8080, or unset ${variable}.` };
    return {
      evidence: [],
      findings: [{ ...base, code: "PROXY_INVALID", what, evidence: [], fix }],
    };
  }
  try {
    const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
    const { address, ms } = await network.connect(url.hostname, port);
    return { evidence: [`${address}, port ${port}, in ${Math.round(ms)} ms`], findings: [] };
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    const what = `The proxy ${url.host} (${variable}) cannot be reached.`;
    const fix = { text: `Correct or unset ${variable}, or unset NODE_USE_ENV_PROXY.` };
    const evidence = [`${error.message} (${error.code})`];
    return { evidence, findings: [{ ...base, code: "PROXY_UNREACHABLE", what, evidence, fix }] };
  }
}

/** Node leaves proxies alone unless it is told: what is meant to pass one fails, or goes past it. */
function unusedProxy(
  { variable, url }: Proxy,
  remote: readonly Host[],
  found: readonly Finding[],
): CheckOutcome {
  const failing = new Set(
    found.filter(({ severity }) => severity === "error").map(({ about }) => about),
  );
  const all = remote.every(({ id }) => failing.has(id));
  const what = `${variable} names a proxy, but testx does not use it.`;
  const evidence = [
    `${variable} is ${url?.host ?? "not an address"}`,
    "NODE_USE_ENV_PROXY is not 1",
    all ? "no service can be reached without it" : "the services are reached without it",
  ];
  const fix = {
    text: "Set NODE_USE_ENV_PROXY=1, and Node.js sends what leaves this machine through it.",
  };
  return {
    evidence,
    findings: [
      {
        ...{ code: "PROXY_UNUSED", severity: all ? "error" : "note", check: "network.proxy" },
        ...{ about: variable, what, evidence, fix },
        ...(all ? { explains: [{ checks: ["network.", "services.", "drift.", "clock."] }] } : {}),
      },
    ],
  };
}

const shared: Readonly<Record<string, { code: string; what: string; text: string }>> = {
  HOST_UNRESOLVED: {
    code: "NETWORK_DNS_DOWN",
    what: "No name can be resolved.",
    text: "Look at the network connection and at this machine's DNS servers.",
  },
  HOST_UNREACHABLE: {
    code: "NETWORK_DOWN",
    what: "No service can be reached.",
    text: "Look at the network connection, VPN and firewall of this machine.",
  },
  HOST_TLS_UNTRUSTED: {
    code: "NETWORK_INTERCEPTED",
    what: "Something between this machine and the services replaces their certificates.",
    text: "Name the certificate file of your company's proxy in NODE_EXTRA_CA_CERTS.",
  },
  HOST_NO_REPLY: {
    code: "NETWORK_FILTERED",
    what: "Connections are taken, but no service replies.",
    text: "Look at what filters the network: a firewall, a VPN, a log-in page.",
  },
};

/** When every host fails in the same way, it is not the hosts. */
function together(
  remote: readonly Host[],
  found: readonly Finding[],
  proxied: boolean,
): CheckOutcome {
  const errors = found.filter(({ severity }) => severity === "error");
  const [first] = errors;
  const cause = first && shared[first.code];
  const same = remote.every(({ id }) =>
    errors.some(({ about, code }) => about === id && code === first?.code),
  );
  if (first === undefined || cause === undefined || !same || proxied) {
    const reached = remote.filter(({ id }) => errors.every(({ about }) => about !== id)).length;
    return { evidence: [`${reached} of ${remote.length} hosts reached`], findings: [] };
  }
  const { code, what, text } = cause;
  const evidence = errors.map(({ evidence: [line = ""] }) => line);
  const explains = [{ checks: ["network.", "services.", "drift.", "clock."] }];
  const common = { severity: "error", check: "network.reach", fix: { text }, explains } as const;
  return { evidence, findings: [{ code, what, evidence, ...common }] };
}

const skew = { warnMs: 60_000, errorMs: 300_000 };

function clockCheck(
  hosts: readonly Host[],
  { network, now }: NetworkDeps,
  through: (host: Host) => boolean,
): Check {
  return {
    id: "clock.skew",
    title: "this machine's clock",
    after: hosts.flatMap((host) =>
      layersOf(host, through(host)).map((layer) => checkId(host, layer)),
    ),
    async run() {
      const seen = await Promise.all(hosts.map((host) => skewOf(host, network, now)));
      const told = seen.filter((one) => one !== undefined);
      // A single certificate that does not fit may just as well be the one that is wrong.
      const byDate = told.filter(({ sure }) => sure);
      const known = byDate.length > 0 ? byDate : told.length > 1 ? told : [];
      if (known.length === 0) return { evidence: ["no service told the time"], findings: [] };
      // One service may be wrong; the one nearest to this clock speaks for it.
      const least = known.reduce((a, b) => (Math.abs(b.ms) < Math.abs(a.ms) ? b : a));
      const evidence = known.map(({ host, ms }) => `${host} is ${offset(ms)}`);
      if (Math.abs(least.ms) < skew.warnMs) return { evidence, findings: [] };
      const wrong = Math.abs(least.ms) >= skew.errorMs;
      const what = `This machine's clock is ${spell(least.ms)} ${least.ms < 0 ? "ahead" : "behind"}.`;
      const fix = { text: "Let the machine set its clock by the network (NTP)." };
      const code = "CLOCK_SKEWED";
      const severity = wrong ? "error" : "warning";
      const codes = ["HOST_TLS_EXPIRED", "HOST_TLS_EXPIRING"];
      const explains = [{ codes }, ...(wrong ? [{ checks: ["services."] }] : [])];
      const base = { code, severity, check: "clock.skew", what, evidence, fix, explains } as const;
      return { evidence, findings: [base] };
    },
  };
}

/** How far a service's clock is ahead of this one, in ms; from certificates where it gives no date. */
async function skewOf(
  { url }: Host,
  network: NetworkProbe,
  now: () => number,
): Promise<{ readonly host: string; readonly ms: number; readonly sure: boolean } | undefined> {
  const host = url.host;
  try {
    const { date, ms } = await network.ask(url.href);
    // The header has whole seconds.
    return date === undefined ? undefined : { host, ms: date + 500 - (now() - ms / 2), sure: true };
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
  }
  try {
    if (url.protocol !== "https:") return undefined;
    const { validFrom, validTo } = await network.handshake(url.hostname, Number(url.port || 443));
    if (now() < validFrom) return { host, ms: validFrom - now(), sure: false };
    return now() > validTo ? { host, ms: validTo - now(), sure: false } : undefined;
  } catch (error) {
    if (error instanceof ProbeError) return undefined;
    throw error;
  }
}

function offset(ms: number): string {
  if (Math.abs(ms) < 1_000) return "less than a second off";
  return `${spell(ms)} ${ms < 0 ? "behind" : "ahead"}`;
}

function spell(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} hours`
    : `${Math.round(seconds / 86_400)} days`;
}
