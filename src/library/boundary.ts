import { failure, TestxError } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import type { Redactor } from "../core/redact.ts";

/**
 * The error as the caller gets it, without secrets. What caused it is left out: SDKs put tokens
 * into their errors.
 */
export function masked(error: unknown, redactor: Redactor): unknown {
  if (error instanceof TestxError) {
    const { failure } = error;
    return new TestxError(redactor.json(failure as unknown as Json) as unknown as typeof failure);
  }
  if (!(error instanceof Error)) return error;
  const bug = new Error(redactor.text(error.message));
  bug.stack = redactor.text(error.stack ?? "");
  return bug;
}

/** A signal that aborts with the caller's, for testx's own reason; `end` lets go of the caller's. */
export function stopWith(signal: AbortSignal | undefined): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const stop = (): void =>
    controller.abort(new TestxError(failure("RUN_INTERRUPTED", "The signal given was aborted.")));
  if (signal?.aborted) stop();
  else signal?.addEventListener("abort", stop, { once: true });
  return { signal: controller.signal, end: () => signal?.removeEventListener("abort", stop) };
}

/** A listener that throws must not end the run: its error is thrown beside it, as events do. */
export function guarded<T>(listener: (told: T) => void): (told: T) => void {
  return (told) => {
    try {
      listener(told);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}
