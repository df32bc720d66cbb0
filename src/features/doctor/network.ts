import type { CheckOutcome, Finding } from "../../core/diagnosis.ts";
import type { Asked, NetworkProbe } from "../../core/probes.ts";
import type { Check, Found } from "./checks.ts";
import { clockCheck } from "./clock.ts";
import { hostChecks } from "./host-checks.ts";
import { isLost, slowNameAdvice } from "./host-findings.ts";
import { checkId, type Host, layersOf } from "./hosts.ts";
import {
  bypassed,
  isProxied,
  leadsPast,
  lookAtProxy,
  type NamedProxy,
  unusedProxy,
} from "./proxy.ts";

export interface NetworkDeps {
  readonly network: NetworkProbe;
  readonly now: () => number;
  readonly proxy: NamedProxy | undefined;
}

/** What all hosts have in common first, then host by host, then the clock. */
export function networkChecks(hosts: readonly Host[], deps: NetworkDeps): Check[] {
  const { proxy } = deps;
  const remote = hosts.filter(({ local }) => !local);
  const through = (host: Host): boolean => isProxied(proxy, host);
  const used = remote.some(through) ? proxy?.url : undefined;
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
        used
          ? lookAtProxy(proxy, used, remote, deps.network)
          : unusedProxy(proxy, remote, of(found)),
    });
  }
  if (proxy !== undefined && leadsPast(proxy, remote)) {
    checks.push({
      id: "network.past",
      title: "what NO_PROXY leads past the proxy",
      after: outward,
      run: async (found) => bypassed(proxy, remote, of(found), deps.network),
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
  readonly command?: string;
  /** Where only some hosts are so, each is for a reason of its own. */
  readonly apart?: true;
}

const shared: Readonly<Record<string, Shared>> = {
  DNS_SLOW: { text: slowNameAdvice, command: "cat /etc/resolv.conf" },
  "HOST_UNREACHABLE here": {
    all: { code: "NETWORK_DNS_FILTERED", what: "The services' names lead to this machine." },
    text: "Look into the hosts file, and at what filters DNS: something puts this machine in their place.",
    command: "cat /etc/hosts",
  },
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
    text: "Where browsers on this machine open the services, let Node.js trust what they do; else name the certificate file of your company's proxy in NODE_EXTRA_CA_CERTS.",
    command: 'export NODE_OPTIONS="$NODE_OPTIONS --use-system-ca"',
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
  const [same = []] = [...Map.groupBy(found, kindOf)]
    .filter(([kind, { length }]) => {
      const one = shared[kind];
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
    evidence: [
      ...new Set(same.map(({ evidence: [line = ""] }) => line)),
      // What is so with every one of them.
      ...first.evidence.slice(1).filter((line) => same.every((one) => one.evidence.includes(line))),
      ...(leadsHere(first) ? same.flatMap((one) => one.evidence.slice(1)) : []),
    ],
  } as const;
  const { all, text, command } = shared[kindOf(first)] ?? {};
  const fix = text === undefined ? first.fix : { text, ...(command && { command }) };
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

const leadsHere = ({ details }: Finding): boolean => details?.leads === "here";

/** What is alike enough to have one cause. */
function kindOf(finding: Finding): string {
  return leadsHere(finding) ? `${finding.code} here` : finding.code;
}

function listed(names: readonly (string | undefined)[]): string {
  return names.length < 2 ? `${names}` : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
