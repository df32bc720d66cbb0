import type { CheckOutcome, Finding } from "../../core/diagnosis.ts";
import { type Asked, type NetworkProbe, ProbeError } from "../../core/probes.ts";
import { spelled } from "../../core/spelled.ts";
import type { Check, Found } from "./checks.ts";
import { hostChecks } from "./host-checks.ts";
import { isLost } from "./host-findings.ts";
import { checkId, type Host, layersOf } from "./hosts.ts";
import { isProxied, lookAtProxy, type NamedProxy, unusedProxy } from "./proxy.ts";

export interface NetworkDeps {
  readonly network: NetworkProbe;
  readonly now: () => number;
  readonly proxy: NamedProxy | undefined;
}

/** What all hosts have in common first, then host by host, then the clock. */
export function networkChecks(hosts: readonly Host[], deps: NetworkDeps): Check[] {
  const { proxy } = deps;
  const used = proxy?.used === true;
  const remote = hosts.filter(({ local }) => !local);
  const through = (host: Host): boolean => isProxied(proxy, host);
  const replies = new Map<Host, Promise<Asked>>();
  // One question serves the reply and the clock.
  const ask = (host: Host): Promise<Asked> => {
    const known = replies.get(host);
    if (known !== undefined) return known;
    const asked = deps.network.ask(host.url.href);
    replies.set(host, asked);
    return asked;
  };
  const own = hosts.flatMap((host) =>
    hostChecks({ host, network: deps.network, ask, proxied: through(host), now: deps.now }),
  );
  const outward = remote.flatMap((host) =>
    layersOf(host, through(host)).map((layer) => checkId(host, layer)),
  );
  const of = (found: Found) => outward.flatMap((id) => found(id) ?? []);

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
      run: async (found) => together(remote, of(found)),
    });
  }
  return [...checks, ...own, clockCheck(hosts, deps, ask, through)];
}

interface Shared {
  /** What it is when every host is so; left out: each may have reasons of its own. */
  readonly all?: { readonly code: string; readonly what: string };
  /** What helps several; left out: what helps one of them. */
  readonly text?: string;
  /** Where only some hosts are so, each is for a reason of its own. */
  readonly apart?: true;
}

const shared: Readonly<Record<string, Shared>> = {
  HOST_UNRESOLVED: {
    all: { code: "NETWORK_DNS_DOWN", what: "No name can be resolved." },
    text: "Look at the network connection and at this machine's DNS servers.",
    apart: true,
  },
  HOST_UNREACHABLE: {
    all: { code: "NETWORK_DOWN", what: "No service can be reached." },
    text: "Look at the network connection, VPN and firewall of this machine.",
  },
  HOST_TLS_UNTRUSTED: {
    all: {
      code: "NETWORK_INTERCEPTED",
      what: "Something between this machine and the services replaces their certificates.",
    },
    text: "Name the certificate file of your company's proxy in NODE_EXTRA_CA_CERTS.",
  },
  HOST_TLS_NAME: {
    all: {
      code: "NETWORK_INTERCEPTED",
      what: "Something answers in place of the services, with certificates for other names.",
    },
    text: "Look at what this network puts in their place: a log-in page, a proxy, a DNS server.",
    apart: true,
  },
  HOST_NO_TLS: {
    all: { code: "NETWORK_FILTERED", what: "Connections are taken, but no service speaks TLS." },
    text: "Look at what answers in the services' place: a firewall, a VPN, a log-in page.",
    apart: true,
  },
  HOST_PROXY_REFUSED: {
    all: { code: "PROXY_REFUSED", what: "The proxy lets testx reach no service." },
  },
  HOST_NO_REPLY: {
    all: { code: "NETWORK_FILTERED", what: "Connections are taken, but no service replies." },
    text: "Look at what filters the network: a firewall, a VPN, a log-in page.",
  },
  GATEWAY_TIMEOUT: {
    text: "Where they are not just slow, look at what filters the network: a firewall, a VPN, a log-in page.",
  },
};

/** When hosts fail in the same way, it is not the hosts; for several of them that is told once. */
function together(remote: readonly Host[], found: readonly Finding[]): CheckOutcome {
  const [same = []] = [...Map.groupBy(found, ({ code }) => code)]
    .filter(([code, { length }]) => {
      const one = shared[code];
      return one !== undefined && (one.apart === undefined || length === remote.length);
    })
    .map(([, alike]) => alike)
    .toSorted((a, b) => b.length - a.length);
  const [first, ...others] = same;
  const lost = new Set(found.filter(isLost).map(({ about }) => about));
  const reached = `${remote.length - lost.size} of ${remote.length} hosts reached`;
  if (first === undefined || others.length === 0) return { evidence: [reached], findings: [] };
  const common = {
    severity: same.some(({ severity }) => severity === "error") ? "error" : "warning",
    check: "network.reach",
    evidence: same.map(({ evidence: [line = ""] }) => line),
  } as const;
  const { all, text } = shared[first.code] ?? {};
  const fix = text === undefined ? first.fix : { text };
  if (all !== undefined && same.length === remote.length) {
    const explains = [{ checks: ["network.", "services.", "drift.", "clock.", "breakers."] }];
    return { evidence: common.evidence, findings: [{ ...common, ...all, fix, explains }] };
  }
  const { code } = first;
  const names = others.map(({ about }) => remote.find(({ id }) => id === about)?.url.host);
  const what = `${first.what} So it is with ${listed(names)}.`;
  const explains = [{ checks: ["network."], codes: [code] }];
  return { evidence: [reached], findings: [{ ...common, code, what, fix, explains }] };
}

function listed(names: readonly (string | undefined)[]): string {
  return names.length < 2 ? `${names}` : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** What a wrong clock makes of certificates that are right, and of what is signed with a date. */
const byDates = ["HOST_TLS_EXPIRED", "HOST_TLS_EXPIRING", "GATEWAY_TLS"];
const bySignatures = ["CREDENTIAL_REFUSED", "CREDENTIAL_EXCHANGE_REFUSED"];

const skew = { warnMs: 60_000, errorMs: 300_000 };

function clockCheck(
  hosts: readonly Host[],
  { network, now }: NetworkDeps,
  ask: (host: Host) => Promise<Asked>,
  through: (host: Host) => boolean,
): Check {
  const checksOf = (host: Host) =>
    layersOf(host, through(host)).map((layer) => checkId(host, layer));
  return {
    id: "clock.skew",
    title: "this machine's clock",
    after: hosts.flatMap(checksOf),
    async run(found) {
      // Where no reply came and no certificate either, to ask once more is to wait once more.
      const answering = hosts.filter((host) =>
        checksOf(host)
          .flatMap((id) => found(id) ?? [])
          .every((finding) => !isLost(finding) || finding.code.startsWith("HOST_TLS_")),
      );
      const seen = await Promise.all(answering.map((host) => skewOf(host, ask, network, now)));
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
      const what = `This machine's clock is ${spelled(least.ms)} ${least.ms < 0 ? "ahead" : "behind"}.`;
      const fix = { text: "Let the machine set its clock by the network (NTP)." };
      const code = "CLOCK_SKEWED";
      const severity = wrong ? "error" : "warning";
      const explains = [{ codes: [...byDates, ...(wrong ? bySignatures : [])] }];
      const base = { code, severity, check: "clock.skew", what, evidence, fix, explains } as const;
      return { evidence, findings: [base] };
    },
  };
}

/** How far a service's clock is ahead of this one, in ms; from certificates where it gives no date. */
async function skewOf(
  one: Host,
  ask: (host: Host) => Promise<Asked>,
  network: NetworkProbe,
  now: () => number,
): Promise<{ readonly host: string; readonly ms: number; readonly sure: boolean } | undefined> {
  const { url } = one;
  const host = url.host;
  try {
    const { date, ms } = await ask(one);
    // The header has whole seconds.
    return date === undefined ? undefined : { host, ms: date + 500 - (now() - ms / 2), sure: true };
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    if (error.layer !== "tls") return undefined;
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
  return `${spelled(ms)} ${ms < 0 ? "behind" : "ahead"}`;
}
