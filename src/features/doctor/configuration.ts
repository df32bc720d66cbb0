import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type Finding, findingOf } from "../../core/diagnosis.ts";
import { TestxError } from "../../core/failure.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import { formatProblem } from "../../core/validate/format.ts";
import { problemsOf } from "../../core/validate/problem.ts";
import type { Check } from "./checks.ts";

/** Everything that validation does; a mistake a finding. */
export function configurationChecks(config: () => Promise<LoadedConfig>): Check[] {
  return [
    {
      id: "configuration.files",
      title: "configuration",
      async run() {
        try {
          const { files, sequence, switches } = await config();
          const read = files.filter(({ found }) => found).map(({ file }) => file);
          const sizes = `${sequence.integrations.length} integrations, ${sequence.steps.length} steps`;
          const findings = switches.enabled ? [] : [switchedOff];
          return { evidence: [...read, sizes], findings };
        } catch (error) {
          if (!(error instanceof TestxError)) throw error;
          return { evidence: [], findings: mistakes(error) };
        }
      },
    },
  ];
}

const switchedOff: Finding = {
  code: "SEQUENCE_OFF",
  severity: "warning",
  check: "configuration.files",
  what: "The sequence is switched off: setup does nothing.",
  evidence: ["INTEGRATION_SEQUENCE_ENABLED or switches.enabled is false"],
  fix: { text: "Set INTEGRATION_SEQUENCE_ENABLED=true, or switches.enabled in the settings." },
};

function mistakes({ failure }: TestxError): Finding[] {
  const check = "configuration.files";
  const problems = problemsOf(failure.details);
  if (problems.length === 0) return [findingOf(check, failure, catalogue[failure.code])];
  return problems.map((problem) => ({
    ...{ code: problem.code, severity: "error", check, what: problem.message },
    evidence: formatProblem(problem, 100).split("\n"),
    ...(problem.file === undefined ? {} : { about: problem.file }),
    fix: {
      text: catalogue[problem.code]?.next ?? "Correct the file.",
      command: `testx explain ${problem.code}`,
    },
  }));
}
