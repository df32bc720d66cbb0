import type { RunEvent, RunFinished } from "../core/events.ts";
import { type Failure, failure } from "../core/failure.ts";
import { noCounts, type RunId } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { RunRenderer, Surface } from "./renderer.ts";

/**
 * One event a line. The last line is `run.finished` whatever happens: when the run ends without
 * one, `finish` writes it.
 */
export interface NdjsonRenderer extends RunRenderer {
  /** Gives false when no run has begun, or its end is written already. */
  finish(cause: Failure, interrupted: boolean): boolean;
}

export function ndjsonRenderer(surface: Surface, now: () => number): NdjsonRenderer {
  let run: RunId | undefined;
  let startedAt = 0;
  let ended = false;
  const counts = { ...noCounts };
  const calls: Record<string, number> = {};
  const receipts: Record<string, RunFinished["receipts"][string]> = {};

  const event = (given: RunEvent): void => {
    if (ended) return;
    if (given.type === "run.started") {
      run = given.run;
      startedAt = given.at;
    }
    if (given.type === "call.finished") {
      calls[given.integration] = (calls[given.integration] ?? 0) + 1;
    }
    if (given.type === "step.finished") {
      counts[given.origin] += 1;
      receipts[given.step] = given.receipt;
    }
    if (given.type === "step.failed") counts.failed += 1;
    if (given.type === "step.skipped") counts.skipped += 1;
    if (given.type === "step.deferred") counts.deferred += 1;
    if (given.type === "undo.finished") counts.undone += 1;
    if (given.type === "run.finished") ended = true;
    surface.write(jsonLine(given));
  };
  return {
    event,
    notice() {},
    finish(cause, interrupted) {
      if (run === undefined || ended) return false;
      const at = now();
      event({
        run,
        at,
        type: "run.finished",
        outcome: interrupted ? "interrupted" : "failed",
        counts,
        residue: [],
        receipts,
        durationMs: Math.max(0, at - startedAt),
        calls,
        failure: cause,
      });
      return true;
    },
    async close() {
      if (run !== undefined && !ended) {
        this.finish(failure("BUG", "The run ended without saying how."), false);
      }
    },
  };
}

/** The type first, so that a person sees what the line is about. */
function jsonLine({ type, run, at, ...rest }: RunEvent): string {
  return `${JSON.stringify({ type, run, at, ...rest })}\n`;
}

/** The one JSON document of a command that is no run: indented for a person, else one line. */
export function writeJson(surface: Surface, value: Json): void {
  const person = Number.isFinite(surface.terminal.width);
  surface.write(`${JSON.stringify(value, null, person ? 2 : undefined)}\n`);
}

/** One of several. */
export function writeJsonLine(surface: Surface, value: Json): void {
  surface.write(`${JSON.stringify(value)}\n`);
}
