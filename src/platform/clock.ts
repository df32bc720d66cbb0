import type { Clock } from "../core/ports.ts";
import { host } from "./host.ts";

const monotonic = host.elapsed;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: Date.now,
  monotonic,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const started = monotonic();
      let timer: NodeJS.Timeout;
      // Timers hold at most 2^31 − 1 ms and may fire a little early.
      const wait = (): void => {
        const left = ms - (monotonic() - started);
        if (left > 0) timer = setTimeout(wait, Math.min(Math.ceil(left), 0x7fff_ffff));
        else {
          signal?.removeEventListener("abort", stop);
          resolve();
        }
      };
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", stop, { once: true });
      wait();
    }),
};
