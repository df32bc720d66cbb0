import type { DoctorReport } from "../../core/doctor-report.ts";
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
  open.archive(file, files);
  const text = `${file} holds ${[...files.keys()].join(", ")}. Secrets are masked; look at it before you give it away.`;
  writeLines(screen.err, ["", text]);
}
