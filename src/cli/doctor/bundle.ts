import type { DoctorReport } from "../../core/doctor-report.ts";
import { exitCodes } from "../../core/exit-codes.ts";
import { failure, TestxError } from "../../core/failure.ts";
import { bundleOf } from "../../features/doctor/bundle.ts";
import { writeLines } from "../../render/renderer.ts";
import type { OpenDoctor } from "../../wiring/doctor.ts";
import type { Context } from "../context.ts";

/**
 * Writes the archive and says, beside the result, what is in it. Gives the exit code where it cannot
 * be written and the report has been printed as JSON: there is no second one.
 */
export async function writeBundle(
  file: string,
  report: DoctorReport,
  open: OpenDoctor,
  { screen, global, io }: Context,
): Promise<number | undefined> {
  const { deps, bundle, path } = open;
  const log = global.log ?? (io.env.TESTX_LOG || undefined);
  const files = await bundleOf(report as never, { ...deps, ...bundle, path, log });
  try {
    open.archive(file, files);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    const cause = failure("CLI_WRITE_FAILED", `${file} cannot be written (${why}).`);
    if (!global.json) throw new TestxError(cause, { cause: error });
    const { failureText } = await import("../../render/failures.ts");
    writeLines(screen.err, failureText(cause, screen.err.terminal));
    return exitCodes.failed;
  }
  const text = `${file} holds ${[...files.keys()].join(", ")}. Secrets are masked; look at it before you give it away.`;
  writeLines(screen.err, ["", text]);
  return undefined;
}
