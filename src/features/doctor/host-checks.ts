import type { CheckOutcome, Finding } from "../../core/diagnosis.ts";
import { type Asked, type NetworkProbe, ProbeError } from "../../core/probes.ts";
import { isMetadataHost, isRefusedAddress } from "../../core/web-address.ts";
import type { Check } from "./checks.ts";
import {
  day,
  expiring,
  forbidden,
  ledTo,
  slow,
  slowName,
  soonMs,
  unreachable,
  untrusted,
} from "./host-findings.ts";
import { checkId, type Host, type Layer, layersOf, portOf } from "./hosts.ts";

export interface HostDeps {
  readonly host: Host;
  readonly network: NetworkProbe;
  /** One GET of the host's address. */
  ask(host: Host): Promise<Asked>;
  readonly proxied: boolean;
  readonly now: () => number;
}

/** Name, connection, certificate, reply: each looked at only when the one before is fine. */
export function hostChecks({ host, network, ask, proxied, now }: HostDeps): Check[] {
  const { url } = host;
  const port = portOf(url);
  let addresses: readonly string[] = [];
  const looks: Readonly<Record<Layer, () => Promise<CheckOutcome>>> = {
    dns: async () => {
      if (isMetadataHost(url.hostname)) return closed([], forbidden(host));
      const started = now();
      addresses = await network.resolve(url.hostname.replace(/^\[|\]$/g, ""));
      if (addresses.some(isRefusedAddress)) return closed([], forbidden(host));
      const ms = now() - started;
      if (ms >= slowNameMs && !host.local) {
        const found = slowName(host, ms);
        return { evidence: found.evidence, findings: [found] };
      }
      return fine(`${url.hostname} is ${addresses.slice(0, 3).join(", ")}`);
    },
    tcp: async () => {
      const { address, ms } = await network.connect(url.hostname, port);
      return fine(`${address}, port ${port}, in ${Math.round(ms)} ms`);
    },
    tls: async () => {
      const {
        trusted,
        reason = "",
        validTo,
        validFrom,
        subject,
        issuer,
      } = await network.handshake(url.hostname, port);
      const days = Math.floor((validTo - now()) / 86_400_000);
      const evidence = [
        `certificate of ${subject}, issued by ${issuer}`,
        `valid from ${day(validFrom)} to ${day(validTo)}`,
      ];
      const details = { validFrom, validTo };
      if (!trusted) {
        const bad = untrusted(host, reason, [...evidence, ...ledTo(host, addresses)]);
        return closed(evidence, { ...bad, details: { ...bad.details, ...details } });
      }
      if (validTo - now() > soonMs) return { evidence, findings: [] };
      return { evidence, findings: [{ ...expiring(host, validTo, days, evidence), details }] };
    },
    http: async () => {
      const { status, type, ms } = await ask(host);
      return fine(
        `HTTP ${status}${type === undefined ? "" : `, ${type}`}, in ${Math.round(ms)} ms`,
      );
    },
  };
  const all = layersOf(host, proxied);
  return all.map((layer, at) => ({
    id: checkId(host, layer),
    title: `${url.host}: ${titles[layer]}`,
    needs: at === 0 ? [] : [checkId(host, all[at - 1] as Layer)],
    async run() {
      try {
        return await looks[layer]();
      } catch (error) {
        if (!(error instanceof ProbeError)) throw error;
        if (error.layer === "http" && error.code === "ETIMEDOUT") return slow(host, error);
        return closed([], unreachable(host, layer, error, addresses));
      }
    },
  }));
}

/** A name takes no longer than this where the first DNS server that is asked answers. */
const slowNameMs = 2_000;

const titles: Readonly<Record<Layer, string>> = {
  dns: "name",
  tcp: "connection",
  tls: "certificate",
  http: "reply",
};

function fine(...evidence: string[]): CheckOutcome {
  return { evidence, findings: [] };
}

/** Nothing gets further, however much it matters. */
function closed(evidence: readonly string[], finding: Finding): CheckOutcome {
  return { evidence, findings: [finding], usable: false };
}
