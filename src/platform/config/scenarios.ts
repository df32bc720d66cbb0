import { join } from "node:path";
import { matches } from "../../core/glob.ts";
import type { ActCommand, ActOutcome, Scenario, ScenarioFault } from "../../core/scenario.ts";
import type { Sequence } from "../../core/sequence.ts";
import { type Finding, inOrder, near, type Path } from "../../core/validate/problem.ts";
import { checkFile, problemsIn } from "./checked.ts";
import { discover } from "./discover.ts";
import { invalid, type LoadOptions, shown } from "./load.ts";
import type { ScenariosDocument } from "./scenario-schemas.ts";

/**
 * The project's own scenarios, from `outage-scenarios.json` beside the sequence; none where there
 * is no such file. @throws TestxError CONFIG_INVALID with every problem in `details.problems`
 */
export async function loadScenarios(
  { cwd, config }: Pick<LoadOptions, "cwd" | "config">,
  sequence: Sequence,
): Promise<Scenario[]> {
  const show = (path: string) => shown(cwd, path);
  const { folder } = await discover(cwd, config, show);
  const path = join(folder, "outage-scenarios.json");
  const checked = await checkFile("scenarios", path, show(path));
  if (checked === undefined) return [];
  const document = checked.document.value as unknown as ScenariosDocument;
  if (checked.isShaped) checked.findings.push(...mistakes(document, sequence));
  const problems = inOrder(problemsIn(checked));
  if (problems.length > 0) invalid(problems);
  return Object.entries(document.scenarios).map(
    ([name, scenario]) => ({ name, ...scenario }) as Scenario,
  );
}

const anyRun = ["succeeded", "degraded", "rolled-back", "rollback-incomplete", "failed"] as const;
/** How each command can end. */
const possible: Readonly<Record<ActCommand, readonly ActOutcome[]>> = {
  setup: [...anyRun, "died", "refused"],
  sync: [...anyRun, "died", "refused"],
  rollback: ["rolled-back", "rollback-incomplete", "failed", "died", "refused"],
  plan: ["planned", "died", "refused"],
  status: ["planned", "died", "refused"],
};

function listing(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** Names that nothing has, outcomes that cannot be, and times that never come. */
function mistakes({ scenarios }: ScenariosDocument, sequence: Sequence): Finding[] {
  const integrations = sequence.integrations.map(({ id }) => id);
  const steps = sequence.steps.map(({ id }) => id);
  const findings: Finding[] = [];

  const named = (
    what: "integration" | "step",
    text: string | undefined,
    path: Path,
    at: "key" | "value" = "value",
  ): void => {
    const known = what === "integration" ? integrations : steps;
    if (text === undefined || known.some((one) => matches(text, one))) return;
    const suggestion = near([], text, known);
    const message = `There is no ${what} "${text}" in the sequence.`;
    const code = what === "step" ? "CONFIG_UNKNOWN_STEP" : "CONFIG_UNKNOWN_INTEGRATION";
    findings.push({
      ...{ code, message, path, at },
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  };
  const faults = (list: readonly ScenarioFault[] | undefined, base: Path): void => {
    for (const [at, fault] of (list ?? []).entries()) {
      const path = [...base, at];
      named("integration", fault.integration, [...path, "integration"]);
      named("step", fault.step, [...path, "step"]);
      const { fromMs = 0, untilMs } = fault;
      if (untilMs !== undefined && untilMs <= fromMs) {
        const message = `It is over at ${untilMs} ms, and begins at ${fromMs} ms only.`;
        findings.push({ code: "CONFIG_BAD_VALUE", message, path: [...path, "untilMs"] });
      }
    }
  };
  for (const [name, scenario] of Object.entries(scenarios)) {
    const base: Path = ["scenarios", name];
    named("integration", scenario.integration, [...base, "integration"]);
    faults(scenario.faults as readonly ScenarioFault[] | undefined, [...base, "faults"]);
    for (const [at, act] of scenario.story.entries()) {
      const path: Path = [...base, "story", at];
      for (const outcome of [act.expect?.outcome ?? []].flat()) {
        if (possible[act.run].includes(outcome)) continue;
        const message = `A ${act.run} never ends as ${outcome}, but as ${listing(possible[act.run])}.`;
        findings.push({ code: "CONFIG_BAD_VALUE", message, path: [...path, "expect", "outcome"] });
      }
      faults(act.faults as readonly ScenarioFault[] | undefined, [...path, "faults"]);
      named("step", act.dies?.step, [...path, "dies", "step"]);
      for (const step of Object.keys(act.expect?.steps ?? {})) {
        named("step", step, [...path, "expect", "steps", step], "key");
      }
      for (const integration of Object.keys(act.expect?.callsTo ?? {})) {
        named("integration", integration, [...path, "expect", "callsTo", integration], "key");
      }
    }
  }
  return findings;
}
