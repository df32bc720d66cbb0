import { failure, TestxError } from "../core/failure.ts";
import type { LockHolder } from "../core/ports.ts";
import type { FeatureDeps } from "./deps.ts";

/** Pauses between two looks at a lock that somebody has, in ms: from the first to the longest. */
const pauses = { first: 100, longest: 1000 };

/**
 * Does the work while holding the state folder's lock; waits for it as long as `waitMs` says.
 * Throws TestxError RUN_LOCKED, naming the holder, when another process has it then.
 */
export async function locked<T>(deps: FeatureDeps, work: () => Promise<T>, waitMs = 0): Promise<T> {
  const lock = await acquire(deps, waitMs);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function acquire(deps: FeatureDeps, waitMs: number): Promise<{ release(): void }> {
  const { clock, stop } = deps;
  let started: number | undefined;
  let told: string | undefined;
  for (let pause = pauses.first; ; pause = Math.min(pause * 1.5, pauses.longest)) {
    const taken = deps.lock.acquire(deps.command);
    if (!("holder" in taken)) return taken;
    const { holder } = taken;
    const now = clock.monotonic();
    started ??= now;
    const waitedMs = now - started;
    const leftMs = waitMs - waitedMs;
    if (leftMs <= 0) throw new TestxError(heldBy(holder, waitMs));
    const who = JSON.stringify(holder ?? null);
    if (who !== told) {
      deps.emit({
        ...{ type: "lock.waiting", run: "", at: clock.now() },
        ...{ waitedMs: Math.round(waitedMs), leftMs: Math.round(leftMs) },
        ...(holder ? { holder } : {}),
      });
    }
    told = who;
    // Not in step with others that wait as well.
    await clock.sleep(Math.min(leftMs, pause * (0.5 + deps.random() / 2)), stop);
  }
}

function heldBy(holder: LockHolder | undefined, waitMs: number) {
  const waited = waitMs > 0 ? `, and still was after a wait of ${waitMs / 1000} s` : "";
  if (!holder) {
    return failure("RUN_LOCKED", `Another testx holds the lock${waited}.`, { transient: true });
  }
  const since = new Date(holder.since).toISOString();
  return failure(
    "RUN_LOCKED",
    `${holder.command} (process ${holder.pid} on ${holder.host}) has been at work since ${since}${waited}.`,
    { transient: true, details: { ...holder } },
  );
}
