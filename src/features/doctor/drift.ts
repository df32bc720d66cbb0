import type { CheckOutcome, Finding } from "../../core/diagnosis.ts";
import { TestxError } from "../../core/failure.ts";
import { equal } from "../../core/json.ts";
import type { Receipt } from "../../core/ports.ts";
import type { Sequence, StepSpec } from "../../core/sequence.ts";
import { integrationOf, type StepId } from "../../core/step.ts";
import type { EngineDeps, Session } from "../../engine/deps.ts";
import { prepare } from "../../engine/input.ts";
import { isSamePlace } from "../../engine/observe.ts";
import { observeAll } from "../../engine/observe-all.ts";
import { ordered } from "../../engine/schedule.ts";
import { kindOf, type Sessions } from "../../engine/session.ts";
import { type DriftDeps, drift, targetsIn } from "../drift.ts";
import type { Check, Found } from "./checks.ts";
import { driftFindings, type Met, obstacles } from "./drift-findings.ts";
import { serviceCheckId } from "./health-findings.ts";
import { sessionOf } from "./services.ts";

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
  let placing: Promise<Placed> | undefined;
  // Both ask when all services have been looked at: one answer serves them.
  const placed = (found: Found): Promise<Placed> => {
    placing ??= connected(deps, usableOf(deps.wanted, found)).then(async (to) => ({
      ...to,
      elsewhere: await elsewhereIn(to),
    }));
    return placing;
  };
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
        const owners = new Set(all.map(({ step }) => integrationOf(step)));
        const mine = deps.wanted.filter((id) => owners.has(id));
        const [first] = mine;
        const unnamed = unnamedFindings(all, deps);
        if (first === undefined) return { evidence: ["nothing is set up"], findings: unnamed };
        if (!mine.some((id) => usable.has(id))) return { ...unseen(first), findings: unnamed };
        const { steps } = await drift(features, { only: usable, patience: "none" });
        const counts = Map.groupBy(steps, ({ status }) => status);
        const evidence = [
          ...[...counts].map(([status, items]) => `${items.length} ${status}`),
          ...unknown(all.map(({ step }) => integrationOf(step)).filter(isHidden(mine, usable))),
        ];
        const { elsewhere } = await placed(found);
        const differing = driftFindings(steps, deps.sequence, elsewhere);
        return { evidence, findings: [...differing, ...unnamed] };
      },
    },
    {
      id: "drift.plan",
      title: "what is to be set up",
      needs: ["state.journal"],
      after: ["drift.steps"],
      async run(found) {
        const planned = deps.sequence.steps.map(({ integration }) => integration);
        const mine = deps.wanted.filter((id) => planned.includes(id));
        const [first] = mine;
        const usable = new Set(usableOf(mine, found));
        if (first !== undefined && usable.size === 0) return unseen(first);
        const to = await placed(found);
        const { evidence, findings } = await observed(to, found);
        const open = deps.sequence.steps.filter(({ id }) => !to.receipts.has(id));
        const hidden = open.map(({ integration }) => integration).filter(isHidden(mine, usable));
        return { evidence: [...evidence, ...unknown(hidden)], findings };
      },
    },
  ];
}

const mostShown = 10;

/** What was set up by steps that were renamed or taken out since: another setup leaves it alone. */
function unnamedFindings(
  receipts: readonly Receipt[],
  { sequence, wanted }: StepDeps,
): readonly Finding[] {
  const known = new Set(sequence.steps.map(({ id }) => id));
  const left = receipts.filter(({ step }) => !known.has(step));
  const isAll = sequence.integrations.every(({ id }) => wanted.includes(id));
  if (left.length === 0 || !isAll) return [];
  const things = left.length === 1 ? "1 thing was" : `${left.length} things were`;
  return [
    {
      ...{ code: "STEP_UNNAMED", severity: "note", check: "drift.steps" },
      what: `${things} set up by steps that the sequence does not have any more.`,
      evidence: [
        ...left.slice(0, mostShown).map(({ step, title }) => `${step}: ${title}`),
        ...(left.length > mostShown ? [`and ${left.length - mostShown} more`] : []),
      ],
      fix: {
        text: "Where a step or an integration was only renamed, give it its name back: setup would make everything of it anew. What is not wanted any more is undone with its run.",
        command: "testx rollback --list",
      },
    },
  ];
}

/** None can be looked at, because of this one and maybe others. */
function unseen(integration: string): CheckOutcome {
  return { evidence: [], findings: [], skipped: serviceCheckId(integration) };
}

function isHidden(mine: readonly string[], usable: ReadonlySet<string>) {
  return (integration: string): boolean => mine.includes(integration) && !usable.has(integration);
}

/** Of each thing that could not be looked at, its integration. */
function unknown(owners: readonly string[]): string[] {
  if (owners.length === 0) return [];
  return [`${owners.length} unknown (${[...new Set(owners)].join(", ")})`];
}

/** Those of which nothing is known that would make every look at their steps fail. */
function usableOf(wanted: readonly string[], found: Found): string[] {
  return wanted.filter((id) =>
    found(serviceCheckId(id))?.every(({ severity }) => severity !== "error"),
  );
}

interface Connected {
  readonly sequence: Sequence;
  readonly engine: EngineDeps;
  readonly sessions: Sessions;
  /** Those that can be looked at, in the order in which they depend on each other. */
  readonly steps: readonly StepSpec[];
  readonly receipts: ReadonlyMap<StepId, Receipt>;
  session(integration: string): Session;
}

interface Placed extends Connected {
  /** Steps that were set up in another place than the sequence means by now. */
  readonly elsewhere: ReadonlySet<StepId>;
}

async function connected(
  { sequence, engine: open }: StepDeps,
  usable: readonly string[],
): Promise<Connected> {
  const { engine, sessions } = await open();
  const known = new Map<string, Session>();
  for (const integration of sequence.integrations) {
    if (!usable.includes(integration.id)) continue;
    known.set(integration.id, await sessionOf(integration, engine, sessions));
  }
  return {
    ...{ sequence, engine, sessions, receipts: engine.journal.receipts() },
    steps: ordered(sequence.steps).filter(({ integration }) => known.has(integration)),
    session: (id) => known.get(id) as Session,
  };
}

/** Asks nobody. */
async function elsewhereIn({ engine, steps, receipts, session }: Connected): Promise<Set<StepId>> {
  const targetOf = targetsIn(engine.journal);
  const moved = await Promise.all(
    steps.map(async (spec) => {
      const receipt = receipts.get(spec.id);
      const target = receipt && targetOf(receipt);
      if (target === undefined) return [];
      const { provider, config } = session(spec.integration);
      const kind = kindOf(provider, spec.kind);
      try {
        const now = await prepare(spec, kind, engine, (step) => receipts.get(step)?.state);
        const same = equal(target.config, config) && isSamePlace(kind, target.input, now.safe);
        return same ? [] : [spec.id];
      } catch (error) {
        // A plan says why.
        if (error instanceof TestxError) return [spec.id];
        throw error;
      }
    }),
  );
  return new Set(moved.flat());
}

/** Reads what a plan would: what stands in the way of a step shows before the first write. */
async function observed(to: Placed, found: Found) {
  const { sequence, engine, sessions, receipts, session, elsewhere } = to;
  const gone = new Set(
    found("drift.steps")?.flatMap(({ code, about }) => (code === "DRIFT_DELETED" ? [about] : [])),
  );
  // What is where it was set up has been looked at, and is not asked for again.
  const steps = to.steps.filter(({ id }) => !receipts.has(id) || gone.has(id) || elsewhere.has(id));
  if (steps.length === 0) return { evidence: [], findings: [] };
  // No wait for what was made a moment ago: it has been looked at by now.
  const known = new Map([...receipts].map(([id, receipt]) => [id, { ...receipt, at: 0 }]));
  const observer = { deps: engine, sessions, receipts: known, session };
  const seen = await observeAll(observer, steps, (step) => known.get(step)?.state);
  const met = [...seen.values()].flatMap((one): Met[] => {
    if (!("failure" in one)) return [];
    const { id: step } = one.spec;
    return [{ step, failure: one.failure, seen: `${step} cannot be set up like this` }];
  });
  const findings = obstacles("drift.plan", met, sequence).map(
    ({ finding, steps: about }): Finding => ({
      ...finding,
      explains: [{ codes: ["DRIFT_DELETED"], about }],
    }),
  );
  const actions = Map.groupBy(
    [...seen.values()].flatMap((one) => ("item" in one ? [one.item.action] : [])),
    (action) => action,
  );
  const evidence = [...actions].map(([action, { length }]) =>
    action === "unchanged" ? `${length} there already` : `${length} to ${action}`,
  );
  return { evidence, findings };
}
