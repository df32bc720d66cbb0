import { closedBreaker, settled } from "../../core/breaker.ts";
import type { Finding } from "../../core/diagnosis.ts";
import { breakerKey } from "../../core/memo-keys.ts";
import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";

/** What the gateway keeps: the cache, and a breaker for each integration. */
export function gatewayChecks(
  integrations: readonly string[],
  { folder, damage, memo, clock }: Pick<DoctorDeps, "folder" | "damage" | "memo" | "clock">,
): Check[] {
  return [
    {
      id: "cache.files",
      title: "cache and memory of the gateway",
      async run() {
        const all = ["cache.db", "gateway.db", "metrics.db"].map((name) => `${folder}/${name}`);
        const findings = all.flatMap((file): Finding[] => {
          const reason = damage(file);
          if (reason === undefined) return [];
          const text = "Throw it away: it is made anew, and nothing that setup relies on is lost.";
          const fix = { text, command: "testx doctor --fix", remedy: "cache" };
          const base = { severity: "warning", check: "cache.files", about: file, fix } as const;
          const what = `${file} is damaged.`;
          return [{ ...base, code: "CACHE_DAMAGED", what, evidence: [reason] }];
        });
        return { evidence: findings.length === 0 ? ["they can be read"] : [], findings };
      },
    },
    ...integrations.map(
      (id): Check => ({
        id: `breakers.${id}`,
        title: `breaker of ${id}`,
        async run() {
          const now = clock.now();
          const kept = memo.get(breakerKey(id)) as typeof closedBreaker | undefined;
          const { state, why, until } = settled(kept ?? closedBreaker, now);
          const evidence = [why === "" ? state : `${state}: ${why}`];
          if (state === "closed" || state === "half-open") return { evidence, findings: [] };
          return { evidence, findings: [breakerFinding(id, state, why, until)] };
        },
      }),
    ),
  ];
}

function breakerFinding(
  id: string,
  state: string,
  why: string,
  until: number | undefined,
): Finding {
  const when = until === undefined ? "" : `, until ${new Date(until).toISOString()}`;
  const base = { check: `breakers.${id}`, about: id, evidence: [why] } as const;
  const fix = {
    text: "It closes by itself when a call gets through; to have it tried at once, reset it.",
    command: `testx breakers reset ${id}`,
  };
  if (state === "forced-closed") {
    const what = `The breaker of ${id} is held closed${when}: it does not protect.`;
    return { ...base, code: "BREAKER_HELD", severity: "note", what, fix };
  }
  if (state === "forced-open") {
    const what = `The breaker of ${id} is held open${when}: nothing is sent.`;
    const text = "Let it go when the service may be used again.";
    const explains = [{ checks: ["services.", "drift."], about: [id] }];
    return {
      ...base,
      code: "BREAKER_HELD",
      severity: "error",
      what,
      fix: { ...fix, text },
      explains,
    };
  }
  const what = `The breaker of ${id} is open${when}: its service failed again and again.`;
  return { ...base, code: "BREAKER_OPEN", severity: "warning", what, fix };
}
