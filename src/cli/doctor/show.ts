import type { DoctorReport } from "../../core/doctor-report.ts";
import { exitCodes } from "../../core/exit-codes.ts";
import { doctorLines } from "../../render/doctor.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";

export function show(report: DoctorReport, { screen, global }: Context): void {
  if (global.json) writeJson(screen.out, report as never);
  else writeLines(screen.out, doctorLines(report, screen.out.terminal, global));
}

/** Without secrets, whoever told of them. */
export function safe(report: DoctorReport, { redactor }: Pick<Context, "redactor">): DoctorReport {
  return redactor.json(report as never) as unknown as DoctorReport;
}

export const codes: Readonly<Record<DoctorReport["outcome"], number>> = {
  fine: exitCodes.done,
  findings: exitCodes.failed,
  "prerequisite-missing": exitCodes.prerequisite,
};
