import { AsyncLocalStorage } from "node:async_hooks";
import type { RunId } from "../core/journal.ts";
import type { StepId } from "../core/step.ts";

/** On whose behalf a call is made. The SDKs take no per-call signal, so it travels beside them. */
export interface CallContext {
  readonly run?: RunId | undefined;
  readonly step?: StepId | undefined;
  /** `read`, `apply`, `undo`, `health` … */
  readonly phase?: string | undefined;
  /** Everything is asked anew, so that what is kept is new. */
  readonly renew?: true | undefined;
  /** Identifies the write that the call belongs to. */
  readonly operation?: string | undefined;
  /** Aborts every call made within. */
  readonly signal?: AbortSignal | undefined;
}

const storage = new AsyncLocalStorage<CallContext>();

/** Runs `fn` so that every call it makes, however deep, knows `context`. */
export function within<T>(context: CallContext, fn: () => T): T {
  return storage.run(context, fn);
}

export function current(): CallContext | undefined {
  return storage.getStore();
}
