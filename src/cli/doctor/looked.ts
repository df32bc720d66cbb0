import type { Diagnosis } from "../../core/diagnosis.ts";
import type { DoctorDeps } from "../../features/doctor/deps.ts";
import { doctor } from "../../features/doctor/doctor.ts";
import { lookingText } from "../../render/doctor-areas.ts";
import { passingLine } from "../../render/progress.ts";
import { symbolsFor } from "../../render/terminal.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

/** What doctor finds; a terminal shows what it is about meanwhile. */
export async function looked(
  deps: DoctorDeps,
  { integrations }: CommandOptions["doctor"],
  { screen, global }: Context,
): Promise<Diagnosis> {
  const progress = passingLine(screen.err, global);
  const { ellipsis } = symbolsFor(screen.err.terminal);
  const looking = ([first]: readonly Parameters<typeof lookingText>[0][]): void => {
    if (first !== undefined) progress.show(`${lookingText(first)}${ellipsis}`);
  };
  return doctor(deps, { integrations, looking }).finally(() => progress.clear());
}
