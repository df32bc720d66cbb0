import { catalogue } from "./catalogue/catalogue.ts";
import { type Diagnosis, findingOf } from "./diagnosis.ts";
import type { Failure } from "./failure.ts";

/** What `--fix` has done, or would have. */
export interface Treatment {
  readonly code: string;
  readonly about?: string;
  readonly text: string;
  /** declined: not done, as was asked. useless: done, and taken back. */
  readonly outcome: "cured" | "done" | "useless" | "failed" | "declined";
  /** How to take it back. */
  readonly undo?: string;
  readonly message?: string;
}

/** What `testx doctor --json` prints: `schema/doctor-report.schema.json`. */
export interface DoctorReport extends Diagnosis {
  readonly version: 1;
  /** With `--fix`. */
  readonly treatments?: readonly Treatment[];
}

export function reportOf(diagnosis: Diagnosis, treatments?: readonly Treatment[]): DoctorReport {
  return { version: 1, ...diagnosis, ...(treatments === undefined ? {} : { treatments }) };
}

/** Where doctor itself could not go on. */
export function failedReport(cause: Failure): DoctorReport {
  const { explains: _, ...finding } = findingOf("runtime.testx", cause, catalogue[cause.code]);
  const missing = catalogue[cause.code]?.exit === 4;
  return {
    version: 1,
    outcome: missing ? "prerequisite-missing" : "findings",
    cause: finding,
    findings: [finding],
    consequences: [],
    checks: [],
  };
}
