import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { DoctorReport } from "../../src/core/doctor-report.ts";
import { root } from "../support/cli.ts";

const schema = JSON.parse(readFileSync(join(root, "schema/doctor-report.schema.json"), "utf8"));
const validate = new Ajv2020({ strict: true, strictRequired: true, allErrors: true }).compile(
  schema,
);

/** The one JSON that standard output is, if it is what the published schema says. */
export function reportIn(stdout: string): DoctorReport {
  const report: unknown = JSON.parse(stdout);
  if (validate(report)) return report as DoctorReport;
  throw new Error(`not by the schema: ${JSON.stringify(validate.errors)}\n${stdout}`);
}
