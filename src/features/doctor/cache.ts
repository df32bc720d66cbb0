import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type Finding, findingOf } from "../../core/diagnosis.ts";
import { TestxError } from "../../core/failure.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import { cacheStats } from "../cache.ts";
import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";

/** What may be lost without harm: answers of services, the gateway's memory, the metrics. */
export function cacheChecks(
  deps: Pick<DoctorDeps, "folder" | "damage" | "clock" | "answers">,
  config: LoadedConfig | undefined,
): Check[] {
  const { folder, damage } = deps;
  const files: Check = {
    id: "cache.files",
    title: "files",
    async run() {
      const all = ["cache.db", "gateway.db", "metrics.db"].map((name) => `${folder}/${name}`);
      const findings = all.flatMap((file): Finding[] => {
        const reason = damage(file);
        if (reason === undefined) return [];
        const text = "Move it away: it is made anew, and nothing that setup relies on is lost.";
        const fix = { text, command: "testx doctor --fix", remedy: "cache" };
        const base = { severity: "warning", check: "cache.files", about: file, fix } as const;
        const explains = [{ checks: ["cache.", "breakers."] }];
        const what = `${file} is damaged.`;
        const details = { paths: [file] };
        return [{ ...base, code: "CACHE_DAMAGED", what, evidence: [reason], details, explains }];
      });
      return { evidence: findings.length === 0 ? ["readable"] : [], findings };
    },
  };
  if (config === undefined) return [files];
  return [
    files,
    {
      id: "cache.store",
      title: "answers",
      after: ["cache.files"],
      run: async (found) =>
        // Opened it would be thrown away.
        found("cache.files")?.length ? { evidence: [], findings: [] } : store(deps, config),
    },
  ];
}

/** Whether the store can be used, how old what is in it is, and what it has saved. */
async function store(
  { answers, clock }: Pick<DoctorDeps, "answers" | "clock">,
  config: LoadedConfig,
) {
  const { localStorageFallback } = config.switches;
  try {
    const kept = await answers(config);
    if (kept === undefined) return { evidence: ["empty"], findings: [] };
    const { entries, oldestMs, integrations } = await cacheStats(kept, clock.now());
    const saved = integrations.reduce(
      (sum, { hits, revalidated, stale }) => sum + hits + revalidated + stale,
      0,
    );
    const all = saved + integrations.reduce((sum, { misses }) => sum + misses, 0);
    const evidence = [
      entries === 0 ? "empty" : `${entries} answers`,
      ...(oldestMs === undefined ? [] : [`the oldest ${Math.round(oldestMs / 60_000)} min old`]),
      ...(all === 0 ? [] : [`${Math.round((saved / all) * 100)} % of calls saved`]),
    ];
    return { evidence, findings: [] };
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    const { failure } = error;
    const code = localStorageFallback ? "CACHE_IN_MEMORY" : "CACHE_UNAVAILABLE";
    const what = localStorageFallback
      ? "The store of the cache cannot be used: testx remembers within one command only."
      : "The store of the cache cannot be used, and nothing may take its place.";
    const finding = findingOf("cache.store", { ...failure, code }, catalogue[code], {
      ...{ what, evidence: [failure.message] },
      severity: localStorageFallback ? "warning" : "error",
    });
    return { evidence: [], findings: [finding] };
  }
}
