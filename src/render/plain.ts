import { linesFor } from "./lines.ts";
import { logLines } from "./log-line.ts";
import type { RunRenderer, Screen } from "./renderer.ts";
import { writeLines } from "./renderer.ts";
import { fold, noRun } from "./run-view.ts";
import { writeSummary } from "./summary.ts";

export interface PlainOptions {
  readonly verbose: boolean;
  /** No progress: only how it ended. */
  readonly quiet: boolean;
}

/** Lines with timestamps, for logs; the summary at the end is the result. */
export function plainRenderer(screen: Screen, options: PlainOptions): RunRenderer {
  let view = noRun;
  let ended = false;
  return {
    event(event) {
      if (ended) return;
      view = fold(view, event);
      if (!options.quiet) {
        writeLines(
          screen.err,
          linesFor(event, options.verbose).flatMap((line) =>
            logLines(event, line, screen.err.terminal),
          ),
        );
      }
      if (event.type !== "run.finished") return;
      ended = true;
      writeSummary(view, screen);
    },
    notice(text) {
      if (!ended) writeLines(screen.err, [text]);
    },
    async close() {},
  };
}
