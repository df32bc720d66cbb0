import type { RunEventBody, RunFinished } from "../core/events.ts";
import { fail } from "../core/failure.ts";
import { newRunId } from "../core/ids.ts";
import type { RunCommand } from "../core/journal.ts";
import type { SavedPlan } from "../core/saved-plan.ts";
import type { Sequence } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import { didYouMean } from "../core/suggest.ts";
import type { Prepared } from "../engine/prepare.ts";
import { Sessions } from "../engine/session.ts";
import { runSetup } from "../engine/setup.ts";
import { type FeatureDeps, forRun, type SequenceDeps } from "./deps.ts";
import { finish } from "./finish.ts";
import { locked } from "./locked.ts";
import { unfinished } from "./unfinished.ts";

export interface SetupOptions {
  /** How long to wait for another run to end, in ms; left out: not at all. */
  readonly waitMs?: number | undefined;
  /** Steps that may take over what somebody else made where they were to create their own. */
  readonly adopt?: ReadonlySet<StepId> | "all" | undefined;
  /** Do what this plan says or, when that is not what would be done now, nothing. */
  readonly plan?: SavedPlan | undefined;
}

/**
 * Sets everything up. A setup that died or was interrupted goes on under its own id, so that
 * its rollback covers what was done before. Throws TestxError RUN_LOCKED, STEP_UNKNOWN. A `plan` that does
 * not hold any more ends the run with the failure PLAN_STALE, nothing written.
 */
export async function setup(deps: SequenceDeps, options: SetupOptions = {}): Promise<RunFinished> {
  checkSteps(deps.sequence, options.adopt);
  const work = async (): Promise<RunFinished> => {
    const resumed = unfinished(deps.journal, "setup");
    const run = resumed ?? newRunId(deps.clock.now(), deps.random);
    const asked = options.plan ? await checks(deps, options.plan) : undefined;
    const { adopt } = options;
    const given = adopt === undefined ? deps : { ...deps, adopt };
    const { engine, emit, calls } = forRun(given, run, asked?.through);
    const started = deps.clock.monotonic();
    const { sequence } = deps;
    emit(await runStarted(deps, sequence, "setup", resumed !== undefined));
    return finish({ deps, run, emit, calls, started }, async () => {
      await deps.journal.append(run, [{ type: "run-started", command: "setup" }]);
      return runSetup(engine, new Sessions(engine), sequence, run, asked?.objection);
    });
  };
  return locked(deps, work, options.waitMs);
}

/** Throws TestxError STEP_UNKNOWN. */
export function checkSteps({ steps }: Sequence, adopt: SetupOptions["adopt"]): void {
  if (adopt === undefined || adopt === "all") return;
  const known = steps.map(({ id }) => id);
  for (const step of adopt) {
    if (known.includes(step)) continue;
    const hint = didYouMean(step, known);
    fail("STEP_UNKNOWN", `There is no step "${step}" to adopt for.${hint}`);
  }
}

/** Loaded where a plan is given. */
async function checks(deps: SequenceDeps, saved: SavedPlan) {
  const [{ CallsAsked }, { staleness }] = await Promise.all([
    import("./calls.ts"),
    import("./saved-plan.ts"),
  ]);
  const asked = new CallsAsked(deps);
  const objection = (prepared: Prepared) => staleness(deps, saved, asked, prepared);
  return { through: asked.through, objection };
}

/** The first event of a run that carries out a sequence. */
export async function runStarted(
  deps: Pick<FeatureDeps, "provider">,
  { integrations, steps }: Sequence,
  command: RunCommand,
  resumed: boolean,
): Promise<Extract<RunEventBody, { type: "run.started" }>> {
  return {
    type: "run.started",
    command,
    resumed,
    integrations: await Promise.all(
      integrations.map(async ({ id, provider, dependsOn }) => ({
        id,
        title: id === provider ? (await deps.provider(provider)).title : id,
        dependsOn,
      })),
    ),
    steps: steps.map(({ id, integration }) => ({ step: id, integration, title: id })),
  };
}
