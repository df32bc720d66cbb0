import type { Emit, RunEvent, RunEventBody } from "../core/events.ts";
import { fail } from "../core/failure.ts";
import type { Fetch } from "../core/http.ts";
import type { RunId } from "../core/journal.ts";
import type { Lock } from "../core/ports.ts";
import { variablesIn } from "../core/secret-variables.ts";
import type { Sequence } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import type { EngineDeps } from "../engine/deps.ts";
import type { Guards, Through } from "./connect.ts";

/** What the use cases are given. `emit` takes whole events: the features know the run. */
export interface FeatureDeps
  extends Omit<
    EngineDeps,
    "emit" | "effects" | "unsureAt" | "connect" | "probe" | "secretProblems"
  > {
  /** How integrations are connected; the calls they make are told to `emit`. */
  readonly connector: (
    emit: Emit,
    through?: Through,
    guards?: Guards,
  ) => Pick<EngineDeps, "connect" | "probe" | "secretProblems">;
  readonly lock: Lock;
  /** In hexadecimal. */
  sha256(text: string): string;
  /** Waits for nothing: must not throw. */
  readonly emit: (event: RunEvent) => void;
  /** The command line as the lock's holder is shown to others: `testx integrations setup`. */
  readonly command: string;
}

export interface SequenceDeps extends FeatureDeps {
  readonly sequence: Sequence;
}

/** Nothing gets as far as the network; that nothing is asked is up to the features. */
function nowhere(through: Through | undefined): Through {
  return (_, about) => {
    const refusing: Fetch = async () =>
      fail("OFFLINE", `${about.integration} is not asked: testx works offline.`, {
        integration: about.integration,
      });
    return through === undefined ? refusing : through(refusing, about);
  };
}

/** The engine's deps for one run: events get the run's id and time, calls are counted. */
export function forRun(
  deps: FeatureDeps,
  run: RunId,
  through?: Through,
): { engine: EngineDeps; emit: (body: RunEventBody) => void; calls: () => Record<string, number> } {
  const calls: Record<string, number> = {};
  const effects = new Map<StepId, number>();
  const unsure = new Map<StepId, number>();
  let finished = false;
  const emit = (body: RunEventBody): void => {
    // The last line is the last: answers may still be fetched for the next time.
    if (finished && body.type.startsWith("call.")) return;
    finished ||= body.type === "run.finished";
    if (body.type === "call.finished") {
      calls[body.integration] = (calls[body.integration] ?? 0) + 1;
      const { step, write, outcome } = body;
      if (step !== undefined && write && outcome !== "not-applied") {
        effects.set(step, (effects.get(step) ?? 0) + 1);
        if (outcome === "unknown") unsure.set(step, deps.clock.now());
      }
    }
    deps.emit({ run, at: deps.clock.now(), ...body });
  };
  // Of what the journal keeps only secrets are references still.
  for (const { intent } of deps.journal.operations("undoable")) {
    for (const name of variablesIn(intent.target.input))
      deps.remember(String(deps.env(name) ?? ""));
  }
  const passing = deps.offline ? nowhere(through) : through;
  const engine = {
    ...{ ...deps, ...deps.connector(emit, passing), emit },
    effects: (step: StepId) => effects.get(step) ?? 0,
    unsureAt: (step: StepId) => unsure.get(step),
  };
  return { engine, emit, calls: () => ({ ...calls }) };
}
