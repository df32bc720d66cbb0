import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type Explains, type Finding, type Fix, findingOf } from "../../core/diagnosis.ts";
import { type Failure, TestxError } from "../../core/failure.ts";
import { quoted } from "../../core/quoted.ts";
import type { ConfigFile, LoadedConfig } from "../../core/settings.ts";
import { formatProblem } from "../../core/validate/format.ts";
import { type Problem, problemsOf } from "../../core/validate/problem.ts";
import type { Check } from "./checks.ts";

/** Everything that validation does; a mistake a finding. */
export function configurationChecks(config: () => Promise<LoadedConfig>): Check[] {
  return [
    {
      id: "configuration.files",
      title: "files",
      async run() {
        try {
          const { files, sequence, switches, unread } = await config();
          const read = files.filter(({ found }) => found).length;
          const evidence = [
            `${counted(sequence.integrations.length, "integration")}, ${counted(sequence.steps.length, "step")}`,
            `${counted(read, "file")} read`,
          ];
          const off = switches.enabled ? [] : [switchedOff];
          const more = [
            ...(switches.offline ? [offline] : []),
            ...unreadSettings(unread?.() ?? [], files),
          ];
          return { evidence, findings: [...off, ...more] };
        } catch (error) {
          if (!(error instanceof TestxError)) throw error;
          return { evidence: [], findings: mistakes(error) };
        }
      },
    },
  ];
}

function counted(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? "" : "s"}`;
}

function unreadSettings(unread: readonly string[], files: readonly ConfigFile[]): Finding[] {
  const [about] = unread;
  if (about === undefined) return [];
  const taken = files.find(({ role }) => role === "project")?.file;
  const names = unread.join(" and ");
  const are = unread.length === 1 ? "is" : "are";
  return [
    {
      ...{ code: "SETTINGS_UNREAD", severity: "warning", check: "configuration.files", about },
      what: taken
        ? `${names} ${are} not read: the settings are taken from ${taken}.`
        : `${names} ${are} not read: testx takes no settings from a file of that name.`,
      evidence: [],
      fix: { text: catalogue.SETTINGS_UNREAD?.next ?? "" },
    },
  ];
}

const switchedOff: Finding = {
  code: "SEQUENCE_OFF",
  severity: "warning",
  check: "configuration.files",
  what: "The sequence is switched off: setup does nothing.",
  evidence: ["INTEGRATION_SEQUENCE_ENABLED or switches.enabled is false"],
  fix: {
    text: "Switch it on where this says that it is off.",
    command: "testx config show --origin",
  },
};

const offline: Finding = {
  code: "OFFLINE",
  severity: "warning",
  check: "configuration.files",
  what: "testx is set to work offline: setup sends nothing.",
  evidence: ["OFFLINE_MODE_ENABLED or switches.offline is true"],
  fix: {
    text: "Switch it off where this says that it is on.",
    command: "testx config show --origin",
  },
};

function mistakes({ failure }: TestxError): Finding[] {
  const check = "configuration.files";
  const problems = problemsOf(failure.details);
  if (problems.length === 0) {
    const fix = failure.code === "CONFIG_NOT_FOUND" ? foundHow(failure) : undefined;
    const text = catalogue[failure.code]?.next ?? "Correct the configuration.";
    return [findingOf(check, failure, catalogue[failure.code], { fix: fix ?? { text } })];
  }
  // Each place that a remedy can mend is a finding of its own.
  const alike = Map.groupBy(problems, (problem) =>
    [problem.code, problem.message, remedyOf(problem).remedy && aboutOf(problem)].join("\n"),
  );
  const isLost = problems.some(({ code }) => code === "CONFIG_MISSING_KEY");
  return [...alike.values()].map((same) => {
    const [problem] = same as [Problem, ...Problem[]];
    const explains = explainedBy(problem, problems);
    return {
      ...{ code: problem.code, severity: "error", check, what: placed(problem) },
      evidence: [...evidenceOf(problem).slice(1), ...same.slice(1).flatMap(evidenceOf)],
      about: aboutOf(problem),
      fix: fixOf(problem, isLost),
      details: { ...problem },
      ...(explains.length > 0 && { explains }),
    };
  });
}

function explainedBy({ code, text }: Problem, all: readonly Problem[]): Explains[] {
  // Who may not read a folder may not write into it either.
  if (code === "CONFIG_UNREADABLE") return [{ checks: ["state."], codes: ["STATE_READ_ONLY"] }];
  if (!misplaced.has(code)) return [];
  const checks = ["configuration.files"];
  // A key that nobody knows here is the one that somebody misses elsewhere.
  const missed = code === "CONFIG_UNKNOWN_KEY" ? all.filter((one) => misses(one, text)) : [];
  return [
    // What stands in the wrong place or under a wrong name is not found where it is referred to.
    { checks, codes: ["REFERENCE_UNKNOWN"] },
    ...missed.map((one) => ({ checks, codes: [one.code], says: placed(one) })),
  ];
}

function misses({ code, message }: Problem, key: string): boolean {
  return code === "CONFIG_MISSING_KEY" && message.includes(`The key ${key} `);
}

const misplaced = new Set(["CONFIG_UNKNOWN_KEY", "CONFIG_MISSING_KEY", "CONFIG_WRONG_TYPE"]);

function foundHow({ details }: Failure): Fix {
  const { from, to, above, leads } = details ?? {};
  if (typeof from === "string" && typeof to === "string") {
    const isCase = from.toLowerCase() === to.toLowerCase();
    const text = isCase ? "Rename it: the case of letters counts." : "Rename it, if that is it.";
    return { text, command: `mv ${quoted(from)} ${quoted(to)}` };
  }
  if (typeof leads === "string") return { text: `Correct ${leads}.` };
  if (typeof above === "string") {
    const text = "If that is the one, change to its folder; `testx init` writes a new one here.";
    return { text, command: `cd ${quoted(above)}` };
  }
  return { text: catalogue.CONFIG_NOT_FOUND?.next ?? "", command: "testx init" };
}

function evidenceOf(problem: Problem): string[] {
  return formatProblem(problem, 70)
    .split("\n")
    .filter((_, line) => line !== 1);
}

/** What stands in no file says itself which variable or flag it is. */
function placed(problem: Problem): string {
  return problem.file === undefined ? problem.message : `${aboutOf(problem)}: ${problem.message}`;
}

function aboutOf({ file, variable, line, column }: Problem): string {
  return [file ?? variable ?? "", line, column].filter((part) => part !== undefined).join(":");
}

/** `isLost`: some key is missing elsewhere, so that what nobody knows here may belong there. */
function fixOf(problem: Problem, isLost: boolean): Fix {
  const { code, suggestion, message, file } = problem;
  if (suggestion !== undefined) {
    const text = `Write ${suggestion.startsWith('"') ? suggestion : `"${suggestion}"`} there.`;
    return { text, ...remedyOf(problem) };
  }
  if (code === "CONFIG_UNKNOWN_KEY") {
    const text = / with\b/.test(message)
      ? "What a step or an integration is to be like stands in its `with`; `testx config schema` shows the rest."
      : (catalogue[code]?.next ?? "");
    return { text, ...(isLost ? {} : remedyOf(problem)) };
  }
  const [, lacking] = /Cannot find (?:package|module) '([^'./][^']*)'/.exec(message) ?? [];
  const text =
    lacking === undefined
      ? (catalogue[code]?.next ?? "Correct the file.")
      : `Install the project's packages, as \`npm install\` does; if ${lacking} is not among them, add it.`;
  const isCode = code === "CONFIG_CODE_FAILED" && file !== undefined;
  return { text, ...(isCode && { command: `node ${quoted(file)}` }) };
}

/** Keys that nobody knows are left from another version, or mistyped. */
function remedyOf({ code, line, column, file }: Problem): { remedy?: string } {
  const placed = file?.endsWith(".json") && line !== undefined && column !== undefined;
  return code === "CONFIG_UNKNOWN_KEY" && placed ? { remedy: "configuration-key" } : {};
}
