import type { Dashboard, HourOf, IntegrationPanel, LimitItem, Running } from "../core/dashboard.ts";
import { healthKey, healthRecord } from "../core/health-record.ts";
import { quantile } from "../core/histogram.ts";
import type { RunSummary } from "../core/history.ts";
import type { Entry } from "../core/journal.ts";
import { limitKey } from "../core/memo-keys.ts";
import { type MetricsStore, sent } from "../core/metrics.ts";
import type { JournalStore, LockHolder, Memo, RunRecord } from "../core/ports.ts";
import { limitStateOf } from "../core/rate-limits.ts";
import type { Sequence } from "../core/sequence.ts";
import { breakers } from "./breakers.ts";
import { deferredItems } from "./deferred.ts";
import { summary } from "./history.ts";
import { performanceOf, sumOf } from "./metrics.ts";

export interface DashboardDeps {
  readonly journal: JournalStore;
  readonly metrics: MetricsStore;
  readonly memo: Memo;
  /** `undefined` where there is no configuration that can be read. */
  readonly sequence: Sequence | undefined;
  /** Who holds the lock of the state folder. */
  holder(): LockHolder | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

const hour = 3_600_000;
const hours = 24;
const runsShown = 10;
/** After this the calls of a run that has ended have been counted, in ms. */
const countedMs = 60_000;

/**
 * Gives the state of everything each time it is called, from what is kept: no service is called
 * and nothing is written. Meant to be called every second, so what cannot change is remembered.
 */
export function dashboard(deps: DashboardDeps): () => Dashboard {
  const { journal, metrics, memo, sequence, now } = deps;
  const ended = new Map<string, RunSummary>();
  const summaryOf = (record: RunRecord, calls: ReturnType<MetricsStore["runs"]>): RunSummary => {
    const { run, finishedAt } = record;
    const key = `${run} ${finishedAt}`;
    const known = ended.get(key);
    if (known !== undefined) return known;
    const found = summary(journal, calls, record);
    if (finishedAt === undefined) return found;
    // Its calls are counted a little after a run has ended; some runs make none.
    if (found.calls !== undefined || now() - finishedAt > countedMs) ended.set(key, found);
    return found;
  };

  return () => {
    const at = now();
    const records = journal.runs();
    const calls = metrics.runs();
    const running = runningNow(deps.holder(), journal, records.at(-1));
    return {
      at,
      integrations: panels({ memo, metrics, sequence, now }, at),
      deferred: deferredItems(journal),
      runs: records
        .slice(-runsShown)
        .toReversed()
        .map((record) => summaryOf(record, calls)),
      ...(running && { running }),
    };
  };
}

function panels(
  { memo, metrics, sequence, now }: Pick<DashboardDeps, "memo" | "metrics" | "sequence" | "now">,
  at: number,
): IntegrationPanel[] {
  const first = at - (at % hour) - (hours - 1) * hour;
  const rows = Map.groupBy(metrics.since(first), ({ integration }) => integration);
  const known = breakers({ memo, sequence, now });
  const ids = [...new Set([...known.map(({ integration }) => integration), ...rows.keys()])];
  return ids.map((integration) => {
    const mine = (rows.get(integration) ?? []).filter(({ start }) => start >= first);
    const figures = sumOf(mine);
    return {
      integration,
      health: healthOf(memo, integration),
      breaker: known.find((one) => one.integration === integration) ?? {
        ...{ integration, state: "closed" },
      },
      limits: limitsOf(memo, integration, at),
      ...(sent(figures) > 0 && { calls: performanceOf(figures) }),
      hours: hoursOf(mine, first),
    };
  });
}

function healthOf(memo: Memo, integration: string): IntegrationPanel["health"] {
  const record = healthRecord(memo.get(healthKey(integration)));
  if (record === undefined) return { state: "unknown" };
  const { state, since, at: checkedAt, latencyMs, lastError, asked } = record;
  const { account } = asked;
  return {
    ...{ state, since, checkedAt, latencyMs },
    ...(account !== undefined && { account }),
    ...(lastError && { lastError }),
  };
}

function limitsOf(memo: Memo, integration: string, at: number): LimitItem[] {
  const { buckets, pauses } = limitStateOf(memo.get(limitKey(integration)), at);
  return [...new Set([...Object.keys(pauses), ...Object.keys(buckets)])].map((limit) => {
    const [pausedUntil, why] = pauses[limit] ?? [];
    const fullAt = buckets[limit]?.[2];
    return {
      limit,
      ...(pausedUntil !== undefined && { pausedUntil, why: why ?? "" }),
      ...(fullAt !== undefined && { fullAt }),
    };
  });
}

function hoursOf(rows: ReturnType<MetricsStore["since"]>, first: number): HourOf[] {
  return Array.from({ length: hours }, (_, index) => {
    const start = first + index * hour;
    const figures = sumOf(rows.filter((row) => row.start === start));
    const p50 = quantile(figures.durations, 0.5);
    const p95 = quantile(figures.durations, 0.95);
    return {
      ...{ start, calls: sent(figures), failed: figures.failed },
      ...(p50 !== undefined && { p50 }),
      ...(p95 !== undefined && { p95 }),
    };
  });
}

/** The newest run, when it has not ended, is what the lock's holder does. */
function runningNow(
  holder: LockHolder | undefined,
  journal: JournalStore,
  newest: RunRecord | undefined,
): Running | undefined {
  if (holder === undefined) return undefined;
  if (newest === undefined || newest.finishedAt !== undefined) {
    return { holder, steps: [], ended: 0 };
  }
  const { run, command, startedAt } = newest;
  const { steps, ended } = underWay(journal, newest);
  return { holder, run, command, startedAt, steps, ended };
}

function underWay(journal: JournalStore, { run, of }: RunRecord): Pick<Running, "steps" | "ended"> {
  const entries = journal.entries(run);
  const titles = new Map<string, string>();
  const title = (entry: Entry): void => {
    if (entry.type === "intent") titles.set(entry.op, entry.title);
  };
  if (of !== undefined) journal.entries(of).forEach(title);
  const open = new Map<string, Running["steps"][number]>();
  let ended = 0;
  for (const entry of entries) {
    title(entry);
    if (entry.type === "intent") {
      const { op, at, target } = entry;
      open.set(op, { step: target.step, title: entry.title, since: at });
    } else if (entry.type === "undo-intent") {
      const { op, step, at } = entry;
      open.set(op, { step, title: titles.get(op) ?? step, since: at });
    } else if (endings.has(entry.type)) {
      if ("op" in entry && entry.op !== undefined) open.delete(entry.op);
      ended += entry.type === "done" || entry.type === "undone" ? 1 : 0;
    }
  }
  return { steps: [...open.values()], ended };
}

const endings: ReadonlySet<Entry["type"]> = new Set([
  ...(["done", "absent", "failed", "skipped", "deferred", "conflict"] as const),
  ...(["undone", "undo-failed"] as const),
]);
