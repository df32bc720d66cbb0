import type { CheckId, Finding } from "../../core/diagnosis.ts";
import { type Asked, type NetworkProbe, ProbeError } from "../../core/probes.ts";
import { spelled } from "../../core/spelled.ts";
import type { Check } from "./checks.ts";
import { isLost, soonMs } from "./host-findings.ts";
import { checkId, type Host, layersOf } from "./hosts.ts";

/** What a wrong clock makes of certificates that are right, and of what is signed with a date. */
const misdated = ["HOST_TLS_EXPIRED", "HOST_TLS_EXPIRING"];
const bySignatures = ["CREDENTIAL_REFUSED", "CREDENTIAL_EXCHANGE_REFUSED"];

const skew = { warnMs: 60_000, errorMs: 300_000 };

export interface ClockDeps {
  readonly network: NetworkProbe;
  readonly now: () => number;
}

export function clockCheck(
  hosts: readonly Host[],
  { network, now }: ClockDeps,
  ask: (host: Host) => Promise<Asked>,
  through: (host: Host) => boolean,
): Check {
  const checksOf = (host: Host) =>
    layersOf(host, through(host)).map((layer) => checkId(host, layer));
  const looks = hosts.flatMap(checksOf);
  return {
    id: "clock.skew",
    title: "this machine's clock",
    after: looks,
    async run(found) {
      // Where no reply came and no certificate either, to ask once more is to wait once more.
      const answering = hosts.filter((host) =>
        checksOf(host)
          .flatMap((id) => found(id) ?? [])
          .every((finding) => !isLost(finding) || finding.code.startsWith("HOST_TLS_")),
      );
      const closed = (id: CheckId): boolean => found(id)?.some(isLost) === true;
      const seen = await Promise.all(answering.map((host) => skewOf(host, ask, network, now)));
      const told = seen.filter((one) => one !== undefined);
      // A single certificate that does not fit may just as well be the one that is wrong.
      const byDate = told.filter(({ sure }) => sure);
      const known = byDate.length > 0 ? byDate : told.length > 1 ? told : [];
      if (known.length === 0) {
        const [first] = answering.length === 0 ? looks.filter(closed) : [];
        const evidence = first === undefined ? ["no service told the time"] : [];
        return { evidence, findings: [], skipped: first ?? true };
      }
      // One service may be wrong; the one nearest to this clock speaks for it.
      const least = known.reduce((a, b) => (Math.abs(b.ms) < Math.abs(a.ms) ? b : a));
      const evidence = known.map(({ host, ms }) => `${host} is ${offset(ms)}`);
      if (Math.abs(least.ms) < skew.warnMs) return { evidence, findings: [] };
      const wrong = Math.abs(least.ms) >= skew.errorMs;
      const what = `This machine's clock is ${spelled(least.ms)} ${least.ms < 0 ? "ahead" : "behind"}.`;
      const fix = { text: "Let the machine set its clock by the network (NTP)." };
      const code = "CLOCK_SKEWED";
      const severity = wrong ? "error" : "warning";
      const all = looks.flatMap((id) => found(id) ?? []);
      const misread = all.filter((finding) => isMisread(finding, least, now()));
      const explains = [
        { codes: misdated, checks: misread.map(({ check }) => check) },
        ...(wrong ? [{ codes: bySignatures }] : []),
      ];
      const base = { code, severity, check: "clock.skew", what, evidence, fix, explains } as const;
      return { evidence, findings: [base] };
    },
  };
}

/**
 * Whether a clock that is `ms` behind judges a certificate wrongly. Where nothing but certificates
 * told the time, or its dates were not seen, only the side counts on which the clock is wrong.
 */
function isMisread({ code, details = {} }: Finding, { ms, sure }: Skew, now: number): boolean {
  if (!misdated.includes(code)) return false;
  const { reason, validFrom, validTo } = details;
  if (sure && typeof validFrom === "number" && typeof validTo === "number") {
    const spare = code === "HOST_TLS_EXPIRING" ? soonMs : 0;
    const holds = (at: number): boolean => validFrom <= at && at + spare <= validTo;
    return holds(now + ms) && !holds(now);
  }
  return reason === "CERT_NOT_YET_VALID" ? ms > 0 : ms < 0;
}

interface Skew {
  readonly host: string;
  readonly ms: number;
  /** By a date that the service told. */
  readonly sure: boolean;
}

/** How far a service's clock is ahead of this one, in ms; from certificates where it gives no date. */
async function skewOf(
  one: Host,
  ask: (host: Host) => Promise<Asked>,
  network: NetworkProbe,
  now: () => number,
): Promise<Skew | undefined> {
  const { url } = one;
  const host = url.host;
  try {
    const { date, ms, at } = await ask(one);
    // The header has whole seconds.
    return date === undefined ? undefined : { host, ms: date + 500 - (at - ms / 2), sure: true };
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
