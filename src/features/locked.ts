import { failure, TestxError } from "../core/failure.ts";
import type { LockHolder } from "../core/ports.ts";
import type { FeatureDeps } from "./deps.ts";

/**
 * Does the work while holding the state folder's lock. Throws TestxError RUN_LOCKED, naming the
 * holder, when another process has it.
 */
export async function locked<T>(deps: FeatureDeps, work: () => Promise<T>): Promise<T> {
  const taken = deps.lock.acquire(deps.command);
  if ("holder" in taken) throw new TestxError(heldBy(taken.holder));
  try {
    return await work();
  } finally {
    taken.release();
  }
}

function heldBy(holder: LockHolder | undefined) {
  if (!holder) return failure("RUN_LOCKED", "Another testx holds the lock.", { transient: true });
  const since = new Date(holder.since).toISOString();
  return failure(
    "RUN_LOCKED",
    `${holder.command} (process ${holder.pid} on ${holder.host}) is at work since ${since}.`,
    { transient: true, details: { ...holder } },
  );
}
