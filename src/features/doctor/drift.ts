import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type Finding, findingOf } from "../../core/diagnosis.ts";
import type { DriftItem } from "../../core/results.ts";
import type { Sequence } from "../../core/sequence.ts";
import { integrationOf } from "../../core/step.ts";
import type { EngineDeps, Session } from "../../engine/deps.ts";
import { observeAll } from "../../engine/observe-all.ts";
import { ordered } from "../../engine/schedule.ts";
import type { Sessions } from "../../engine/session.ts";
import { type DriftDeps, drift } from "../drift.ts";
import type { Check, Found } from "./checks.ts";
import { serviceCheckId, sessionOf } from "./services.ts";

export interface StepDeps {
  /** All of it, whatever was asked for. */
  readonly sequence: Sequence;
  /** Those that are asked about. */
  readonly wanted: readonly string[];
  features(): Promise<DriftDeps>;
  engine(): Promise<{ readonly engine: EngineDeps; readonly sessions: Sessions }>;
}

/** Each thing that testx has set up is looked at, and each that it would set up. */
export function stepChecks(deps: StepDeps): Check[] {
  const services = deps.wanted.map(serviceCheckId);
  return [
    {
      id: "drift.steps",
      title: "what was set up",
      needs: ["state.journal"],
      after: services,
      async run(found) {
        const features = await deps.features();
        const all = [...features.journal.receipts().values()];
        const usable = new Set(usableOf(deps.wanted, found));
        const mine = all.filter(({ step }) => usable.has(integrationOf(step)));
        if (all.length === 0) return { evidence: ["nothing is set up"], findings: [] };
        if (mine.length === 0) return { evidence: ["cannot be looked at now"], findings: [] };
        const { steps } = await drift(features, { only: usable });
        const counts = Map.groupBy(steps, ({ status }) => status);
        const evidence = [...counts].map(([status, items]) => `${items.length} ${status}`);
        return { evidence, findings: steps.flatMap((item) => findingOfItem(item) ?? []) };
      },
    },
    {
      id: "drift.plan",
      title: "what is to be set up",
      needs: ["state.journal"],
      after: services,
      run: async (found) => observed(deps, usableOf(deps.wanted, found)),
    },
  ];
}

/** Those of which nothing is known that would make every look at their steps fail. */
function usableOf(wanted: readonly string[], found: Found): string[] {
  return wanted.filter((id) =>
    found(serviceCheckId(id))?.every(({ severity }) => severity !== "error"),
  );
}

/** Reads what a plan would: what stands in the way of a step shows before the first write. */
async function observed({ sequence, engine: open }: StepDeps, usable: readonly string[]) {
  const { engine, sessions } = await open();
  const receipts = engine.journal.receipts();
  const sessionsOf = new Map<string, Session>();
  for (const integration of sequence.integrations) {
    if (!usable.includes(integration.id)) continue;
    sessionsOf.set(integration.id, await sessionOf(integration, engine, sessions));
  }
  const known = new Map([...receipts].filter(([, receipt]) => receipt !== undefined));
  // What is set up has been looked at; of those with a receipt nothing is asked again.
  const steps = ordered(sequence.steps).filter(
    ({ id, integration }) => sessionsOf.has(integration) && !known.has(id),
  );
  if (steps.length === 0) return { evidence: [], findings: [] };
  const session = (id: string) => sessionsOf.get(id) as Session;
  const observer = { deps: engine, sessions, receipts: known, session };
  const seen = await observeAll(observer, steps, (step) => known.get(step)?.state);
  const findings = [...seen.values()].flatMap((one): Finding[] => {
    if (!("failure" in one)) return [];
    const { failure, spec } = one;
    const entry = catalogue[failure.code];
    const required = sequence.integrations.find(({ id }) => id === spec.integration)?.required;
    const parts = {
      ...{ about: spec.id, evidence: [`${spec.id} cannot be set up like this`] },
      ...(required === false ? { severity: "warning" as const } : {}),
    };
    return [findingOf("drift.plan", failure, entry, parts)];
  });
  const actions = Map.groupBy(
    [...seen.values()].flatMap((one) => ("item" in one ? [one.item.action] : [])),
    (action) => action,
  );
  const evidence = [...actions].map(([action, items]) => `${items.length} to ${action}`);
  return { evidence, findings: sameCause(findings) };
}

/** Several steps that fail alike have one cause; which they are is its evidence. */
function sameCause(findings: readonly Finding[]): Finding[] {
  return [...Map.groupBy(findings, ({ code, what }) => `${code}\n${what}`).values()].map((same) => {
    const [first] = same as [Finding, ...Finding[]];
    return { ...first, evidence: same.flatMap(({ evidence }) => evidence) };
  });
}

function findingOfItem(item: DriftItem): Finding | undefined {
  const { step, title, status, changes, url, inSequence } = item;
  const base = { severity: "warning", check: "drift.steps" } as const;
  const where = url === undefined ? [] : [url];
  const text = inSequence
    ? "Setup brings it back to what the sequence says."
    : "The sequence does not name it any more: roll back the run that made it, or leave it.";
  const fix = inSequence
    ? { text, command: "testx integrations setup", remedy: "setup" }
    : { text, command: "testx rollback --list" };
  switch (status) {
    case "deleted": {
      const what = `Somebody deleted ${title}.`;
      return { ...base, code: "DRIFT_DELETED", about: step, what, evidence: where, fix };
    }
    case "changed": {
      const what = `Somebody changed ${title}: ${changes.map(({ field }) => field).join(", ")}.`;
      const seen = changes.map(
        ({ field, from, to }) => `${field}: ${JSON.stringify(from)} -> ${JSON.stringify(to)}`,
      );
      const evidence = [...where, ...seen];
      return { ...base, code: "DRIFT_CHANGED", about: step, what, evidence, fix };
    }
    case "unreachable": {
      const { code = "RECEIPT_INCOMPLETE", message = "" } = item.failure ?? {};
      const what = `${title} cannot be looked at.`;
      const again = { text: catalogue[code]?.next ?? "Mend what stands in the way." };
      const about = item.integration;
      return { ...base, code, about, what, evidence: [message], fix: again };
    }
    default:
      return undefined;
  }
}
