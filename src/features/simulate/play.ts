import type { RunFinished } from "../../core/events.ts";
import { type Failure, fail, TestxError } from "../../core/failure.ts";
import type { Act, ActCommand, Scenario, StepFate } from "../../core/scenario.ts";
import type { Sequence } from "../../core/sequence.ts";
import type { ActEnd, Story, Violation } from "../../core/simulation.ts";
import type { SequenceDeps } from "../deps.ts";
import { plan } from "../plan.ts";
import { rollback } from "../rollback.ts";
import { setup } from "../setup.ts";
import { status } from "../status.ts";
import { sync } from "../sync.ts";
import { accountsBroken, aftermath, isGiven } from "./accounts.ts";
import type { Calm } from "./calm-weather.ts";
import { unmet } from "./expectations.ts";
import { brokenRules } from "./invariants.ts";
import type { Universe } from "./universe.ts";

/** How a command ends for whoever called it. */
export type Ended =
  | { readonly run: "setup" | "rollback" | "sync"; readonly finished: RunFinished }
  | { readonly run: ActCommand; readonly failure: Failure }
  | { readonly run: ActCommand; readonly failure?: undefined };

export interface PlayDeps {
  readonly calm: Calm;
  exitCodeOf(ended: Ended): number;
}

/** Plays a story to its end, and then sees whether testx can put everything right again. */
export async function play(
  universe: Universe,
  scenario: Scenario,
  seed: number,
  deps: PlayDeps,
): Promise<Story> {
  const { calm } = deps;
  if (isGiven(scenario)) {
    await prepare(universe, scenario.given === "different" ? calm.others : universe.sequence);
  }
  const begun = universe.moments.length;
  const given = { scenario, calm, accounts: universe.accounts() };
  universe.weather(scenario.faults ?? []);
  const acts: ActEnd[] = [];
  const violations: Violation[] = [];
  for (const [at, act] of scenario.story.entries()) {
    if (act.afterMs !== undefined) await universe.pass(act.afterMs);
    universe.act = at;
    const end = universe.plain(await perform(universe, act, deps));
    acts.push(end);
    violations.push(...unmet(act.expect ?? {}, end, at));
    violations.push(...accountsBroken(universe, given, acts));
  }
  const elapsedMs = universe.elapsed;
  universe.act = scenario.story.length;
  violations.push(...(await aftermath(universe, given)));
  const { sequence, secrets } = universe;
  const moments = universe.moments.slice(begun);
  const entries = universe.journal.entries();
  violations.push(...brokenRules({ sequence, moments, entries, secrets }));
  return { scenario, seed, acts, violations: universe.plain(violations), moments, elapsedMs };
}

const longAgoMs = 3_600_000;

/** Somebody else sets it up. @throws TestxError SIMULATION_NOT_CALM */
async function prepare(universe: Universe, sequence: Sequence): Promise<void> {
  const options = { command: "testx setup", faults: [] };
  const up = await universe.process(options, (deps) => setup({ ...deps, sequence }));
  if (up === "died" || up.outcome !== "succeeded") {
    const why = up === "died" || !up.failure ? "" : `: ${up.failure.code}: ${up.failure.message}`;
    fail("SIMULATION_NOT_CALM", `What a story begins with cannot be set up${why}`);
  }
  // What was made a moment ago nobody may see yet, and then it is made twice.
  await universe.pass(longAgoMs);
  universe.forget();
}

async function perform(universe: Universe, act: Act, { exitCodeOf }: PlayDeps): Promise<ActEnd> {
  const { run, faults = [], dies } = act;
  const startedAt = universe.elapsed;
  const from = universe.moments.length;
  const command = `testx ${run}`;
  const ended = await universe.process({ command, faults, dies }, (deps) => execute(run, deps));
  const moments = universe.moments.slice(from);
  const about = {
    ...{ run, startedAt, durationMs: universe.elapsed - startedAt },
    ...{ calls: callsIn(moments), steps: fates(universe, moments) },
  };
  if (ended === "died") return { ...about, outcome: "died", exit: 137, residue: [] };
  const exit = exitCodeOf(ended);
  if ("finished" in ended) {
    const { outcome, residue, failure } = ended.finished;
    return { ...about, outcome, exit, residue, ...(failure ? { failure } : {}) };
  }
  const { failure } = ended;
  const outcome = failure ? "refused" : "planned";
  return { ...about, outcome, exit, residue: [], ...(failure ? { failure } : {}) };
}

async function execute(run: ActCommand, deps: SequenceDeps): Promise<Ended> {
  try {
    switch (run) {
      case "setup":
        return { run, finished: await setup(deps) };
      case "rollback":
        return { run, finished: await rollback(deps, {}) };
      case "sync":
        return { run, finished: await sync(deps) };
      case "plan":
        await plan(deps);
        return { run };
      case "status":
        await status(deps.journal);
        return { run };
    }
  } catch (error) {
    if (error instanceof TestxError) return { run, failure: error.failure };
    throw error;
  }
}

function callsIn(moments: Universe["moments"]): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const moment of moments) {
    if (moment.type !== "wire" || moment.what !== "sent") continue;
    const { integration } = moment.call;
    calls[integration] = (calls[integration] ?? 0) + 1;
  }
  return calls;
}

/** What became of each step in these moments. */
function fates({ sequence }: Universe, moments: Universe["moments"]): Record<string, StepFate> {
  const found = new Map<string, StepFate>(sequence.steps.map(({ id }) => [id, "untouched"]));
  for (const moment of moments) {
    if (moment.type !== "event") continue;
    const { event } = moment;
    switch (event.type) {
      case "step.finished":
        found.set(event.step, "done");
        break;
      case "step.deferred":
        found.set(event.step, "deferred");
        break;
      case "step.skipped":
        found.set(event.step, "skipped");
        break;
      case "step.failed":
        found.set(event.step, "failed");
        break;
      case "undo.finished":
        if (event.residue.length === 0) found.set(event.step, "undone");
        break;
    }
  }
  return Object.fromEntries(found);
}
