import { failure, TestxError } from "../core/failure.ts";
import type { Signal, Signals } from "./io.ts";

/** Ctrl-C and SIGTERM: the first one asks, the second one ends. */
export interface Interruption {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Resolves when there is no more waiting. */
  readonly now: Promise<void>;
  /**
   * A command that can stop in good order says so, and hears of the first signal. Where none
   * does, the first signal ends at once.
   */
  onStop(listener: () => void): void;
  /** Called just before everything ends at once. */
  onEnd(listener: () => void): void;
  dispose(): void;
}

export function interruption(signals: Signals): Interruption {
  const controller = new AbortController();
  const now = Promise.withResolvers<void>();
  const stopping: (() => void)[] = [];
  const ending: (() => void)[] = [];

  const listener = (): void => {
    const first = !controller.signal.aborted;
    if (first) {
      controller.abort(new TestxError(failure("RUN_INTERRUPTED", "The command was stopped.")));
      for (const stop of stopping) stop();
      if (stopping.length > 0) return;
    }
    for (const end of ending.splice(0)) end();
    now.resolve();
  };
  const names: readonly Signal[] = ["SIGINT", "SIGTERM"];
  for (const name of names) signals.on(name, listener);
  return {
    signal: controller.signal,
    now: now.promise,
    onStop: (stop) => {
      stopping.push(stop);
      if (controller.signal.aborted) stop();
    },
    onEnd: (end) => void ending.push(end),
    dispose() {
      for (const name of names) signals.off(name, listener);
    },
  };
}
