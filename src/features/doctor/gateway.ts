import { breakerOf, settled } from "../../core/breaker.ts";
import type { Finding } from "../../core/diagnosis.ts";
import { breakerKey, limitKey } from "../../core/memo-keys.ts";
import { limitStateOf } from "../../core/rate-limits.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";

/** What the gateway remembers of each service: its breaker, and pauses that it asked for. */
export function gatewayChecks(
  { sequence, providers }: Pick<LoadedConfig, "sequence" | "providers">,
  { memo, clock, env }: Pick<DoctorDeps, "memo" | "clock" | "env">,
): Check[] {
  return sequence.integrations.map(({ id, provider }) => ({
    id: `breakers.${id}`,
    title: id,
    async run() {
      const now = clock.now();
      const endpoint = providers.get(provider)?.endpoint;
      const address = endpoint && (env(endpoint.env)?.trim() ?? endpoint.url);
      const { state, why, until } = settled(breakerOf(memo.get(breakerKey(id)), address), now);
      const { pauses, buckets } = limitStateOf(memo.get(limitKey(id)), now);
      const busy = Object.keys(buckets).length;
      const evidence = [
        why === "" || state === "closed" ? state : `${state}: ${why}`,
        ...(busy === 0 ? [] : [`${busy} limits in use`]),
      ];
      const findings = Object.entries(pauses).map(([limit, [end, reason]]) =>
        pauseFinding(id, limit, end, reason),
      );
      if (state === "closed" || state === "half-open") return { evidence, findings };
      return { evidence, findings: [...findings, breakerFinding(id, state, why, until)] };
    },
  }));
}

function pauseFinding(id: string, limit: string, end: number, reason: string): Finding {
  const calls = limit === "*" ? "calls" : `calls of the kind ${limit}`;
  return {
    ...{ code: "LIMIT_PAUSED", severity: "warning", check: `breakers.${id}`, about: id },
    what: `${id} has asked for no ${calls} until ${clockTime(end)}.`,
    evidence: [reason],
    fix: { text: "Wait until then: commands do so by themselves, as far as their time allows." },
  };
}

function breakerFinding(
  id: string,
  state: string,
  why: string,
  until: number | undefined,
): Finding {
  // No date is that far away.
  const known = until !== undefined && until < 8.64e15;
  const when = known ? `, until ${clockTime(until)}` : "";
  const base = { check: `breakers.${id}`, about: id, evidence: why === "" ? [] : [why] } as const;
  const command = `testx breakers reset ${id}`;
  if (state === "forced-closed") {
    const what = `The breaker of ${id} is held closed${when}: it does not protect.`;
    const fix = { text: "Let it go, so that it protects again.", command };
    return { ...base, code: "BREAKER_HELD", severity: "note", what, fix };
  }
  if (state === "forced-open") {
    const what = `The breaker of ${id} is held open${when}: nothing is sent.`;
    const fix = { text: "Let it go when the service may be used again.", command };
    return { ...base, code: "BREAKER_HELD", severity: "error", what, fix, decided: true };
  }
  const what = `The breaker of ${id} is open${when}: its service failed again and again.`;
  const fix = {
    text: "It closes by itself when a call gets through; reset, it is tried at once.",
    command,
  };
  return { ...base, code: "BREAKER_OPEN", severity: "warning", what, fix };
}

function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
