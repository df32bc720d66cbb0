import type { Diagnosis } from "../../core/diagnosis.ts";
import { doctor } from "../../features/doctor/doctor.ts";
import { doctorLines } from "../../render/doctor.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Terminal } from "../../render/terminal.ts";
import { openDoctor } from "../container.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["doctor"], context: Context): Promise<number> {
  const { screen, global, redactor, interruption } = context;
  interruption.onStop(() => {});
  const open = await openDoctor(context, terminalText(screen.err.terminal));
  try {
    const found = await doctor(open.deps, { integrations: options.integrations });
    const shown = redactor.json(found as never) as unknown as Diagnosis;
    if (global.json) writeJson(screen.out, { version: 1, ...shown } as never);
    else {
      const { verbose } = global;
      writeLines(screen.out, doctorLines(shown, screen.out.terminal, { verbose }));
    }
    return codes[found.outcome];
  } finally {
    await open.close();
  }
}

const codes: Readonly<Record<Diagnosis["outcome"], number>> = {
  fine: exitCodes.done,
  findings: exitCodes.failed,
  "prerequisite-missing": exitCodes.prerequisite,
};

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
