import type { DoctorReport } from "../../core/doctor-report.ts";
import { fail } from "../../core/failure.ts";
import { bundleOf } from "../../features/doctor/bundle.ts";
import { writeLines } from "../../render/renderer.ts";
import type { OpenDoctor } from "../../wiring/doctor.ts";
import type { Context } from "../context.ts";

/** Writes the archive and says, beside the result, what is in it. */
export async function writeBundle(
  file: string,
  report: DoctorReport,
  open: OpenDoctor,
  { screen, global, io }: Context,
): Promise<void> {
  const { deps, bundle, path } = open;
  const log = global.log ?? (io.env.TESTX_LOG || undefined);
  const files = await bundleOf(report as never, { ...deps, ...bundle, path, log });
  try {
    open.archive(file, files);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    fail("CLI_WRITE_FAILED", `${file} cannot be written (${why}).`, {}, error);
  }
  const text = `${file} holds ${[...files.keys()].join(", ")}. Secrets are masked; look at it before you give it away.`;
  writeLines(screen.err, ["", text]);
}
