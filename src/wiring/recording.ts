import type { RunEvent } from "../core/events.ts";
import { type Failure, failure } from "../core/failure.ts";
import { type MetricsStore, Tally } from "../core/metrics.ts";
import type { Clock } from "../core/ports.ts";
import type { World } from "./world.ts";

/** How long a command goes on before what it has collected is written, in ms. */
const everyMs = 5000;

type Closing = (() => void | Promise<void>)[];

/** The store of figures; loaded when it is first asked for. */
export function openMetrics(
  folder: string,
  { notice }: Pick<World, "notice">,
  closing: Closing,
): () => Promise<MetricsStore> {
  let store: Promise<MetricsStore> | undefined;
  closing.push(async () => (await store)?.close());
  const open = async (): Promise<MetricsStore> => {
    const { metricsStore } = await import("../platform/metrics/store.ts");
    return metricsStore({ folder, onProblem: (problem) => notice(sentence(problem)) });
  };
  return () => {
    store ??= open();
    return store;
  };
}

/**
 * Collects the figures of events and has them kept: at the end, and every few seconds until then.
 * Figures that cannot be kept fail nothing.
 */
export function recorder(
  metrics: () => Promise<MetricsStore>,
  clock: Clock,
  { notice, redactor }: Pick<World, "notice" | "redactor">,
  closing: Closing,
): (event: RunEvent) => void {
  const tally = new Tally();
  let since: number | undefined;
  let writing: Promise<void> = Promise.resolve();
  let told = false;

  const write = async (): Promise<void> => {
    if (tally.empty) return;
    const { figures, runs } = tally.drain();
    const masked = figures.map((one) => ({ ...one, operation: redactor.text(one.operation) }));
    try {
      (await metrics()).add(clock.now(), masked, runs);
    } catch (error) {
      if (told) return;
      told = true;
      notice(sentence(failure("METRICS_NOT_KEPT", `${String((error as Error).message)}.`)));
    }
  };
  const keep = (): Promise<void> => {
    since = undefined;
    writing = writing.then(write);
    return writing;
  };
  closing.push(keep);
  return (event) => {
    tally.take(event);
    const now = clock.monotonic();
    since ??= now;
    if (now - since >= everyMs) void keep();
  };
}

function sentence({ code, message }: Failure): string {
  return `${code}: ${message}`;
}
