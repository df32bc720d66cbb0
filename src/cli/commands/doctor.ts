import { failedReport, reportOf } from "../../core/doctor-report.ts";
import { failure, failureOf } from "../../core/failure.ts";
import { writeJson } from "../../render/ndjson.ts";
import type { Terminal } from "../../render/terminal.ts";
import { openDoctor } from "../container.ts";
import type { Context } from "../context.ts";
import { looked } from "../doctor/looked.ts";
import { codes, safe, show } from "../doctor/show.ts";
import type { CommandOptions } from "../options.ts";

type Options = CommandOptions["doctor"];

export async function run(options: Options, context: Context): Promise<number> {
  const { global, interruption, screen } = context;
  interruption.onStop(() => {});
  try {
    return await examine(options, context);
  } catch (error) {
    if (!global.json) throw error;
    const { aborted } = interruption.signal;
    const cause = aborted ? failure("RUN_INTERRUPTED", "Stopped.") : failureOf(error);
    writeJson(screen.out, safe(failedReport(cause), context) as never);
    context.told(error);
    throw error;
  }
}

async function examine(options: Options, context: Context): Promise<number> {
  const { screen } = context;
  if (options.fix) {
    const { fix } = await import("../doctor/fix.ts");
    return fix(options, context, () => openDoctor(context, terminalText(screen.err.terminal)));
  }
  const open = await openDoctor(context, terminalText(screen.err.terminal));
  try {
    const report = safe(reportOf(await looked(open.deps, options, context)), context);
    show(report, context);
    if (options.bundle !== undefined) {
      const { writeBundle } = await import("../doctor/bundle.ts");
      const failed = await writeBundle(options.bundle, report, open, context);
      if (failed !== undefined) return failed;
    }
    return codes[report.outcome];
  } finally {
    await open.close();
  }
}

function terminalText({ width, color, unicode, interactive }: Terminal): string {
  if (width === Number.POSITIVE_INFINITY) return "not a terminal";
  const parts = [
    `${width} columns`,
    color ? "colors" : "no colors",
    unicode ? "Unicode" : "ASCII only",
    interactive ? "interactive" : "not interactive",
  ];
  return parts.join(", ");
}
