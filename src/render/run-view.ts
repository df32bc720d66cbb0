import type { RunEvent, RunFinished, StepInfo } from "../core/events.ts";
import type { Failure } from "../core/failure.ts";
import type { Origin, RunCommand, RunId } from "../core/journal.ts";
import type { JsonObject } from "../core/json.ts";
import type { Plan } from "../core/plan.ts";
import type { Residue, StepId } from "../core/step.ts";

export type StepState = "waiting" | "done" | "failed" | "skipped" | "deferred" | "undone";

export interface StepView extends StepInfo {
  readonly state: StepState;
  readonly origin?: Origin;
  readonly durationMs?: number;
  readonly receipt?: JsonObject;
  readonly failure?: Failure;
  readonly residue?: readonly Residue[];
}

/** What a run's events have come to: for the summaries that are printed when it has ended. */
export interface RunView {
  readonly run: RunId;
  readonly command: RunCommand;
  readonly resumed: boolean;
  /** For a rollback: the run that it unwinds. */
  readonly of?: RunId;
  /** In the order of the sequence. */
  readonly steps: ReadonlyMap<StepId, StepView>;
  readonly plan?: Plan;
  readonly finished?: RunFinished;
}

export const noRun: RunView = { run: "", command: "setup", resumed: false, steps: new Map() };

/** The view after one more event. The map of steps is carried on and changed in place. */
export function fold(view: RunView, event: RunEvent): RunView {
  const steps = view.steps as Map<StepId, StepView>;
  const change = (id: StepId, title: string | undefined, part: Partial<StepView>): RunView => {
    const known = steps.get(id);
    const info = known ?? { step: id, integration: integrationOf(id), title: title ?? id };
    steps.set(id, { state: "waiting", ...info, ...part });
    return view;
  };
  switch (event.type) {
    case "run.started": {
      const { run, command, resumed, of } = event;
      const fresh = event.steps.map((info): [StepId, StepView] => [
        info.step,
        { ...info, state: "waiting" },
      ]);
      const unwinds = of === undefined ? {} : { of };
      return { run, command, resumed, ...unwinds, steps: new Map(fresh) };
    }
    case "plan.ready":
      for (const item of event.plan) change(item.step, item.title, { title: item.title });
      return { ...view, plan: event.plan };
    case "step.started":
      return change(event.step, event.title, { title: event.title });
    case "step.finished": {
      const { origin, durationMs, receipt, title } = event;
      return change(event.step, title, { title, state: "done", origin, durationMs, receipt });
    }
    case "step.failed":
    case "step.skipped":
    case "step.deferred": {
      const state = event.type.slice("step.".length) as StepState;
      const { failure, durationMs } = event;
      return change(event.step, event.title, { state, failure, durationMs });
    }
    case "undo.finished": {
      const { residue, durationMs } = event;
      return change(event.step, event.title, { state: "undone", residue, durationMs });
    }
    case "run.finished":
      return { ...view, finished: event };
    default:
      return view;
  }
}

export function integrationOf(step: StepId): string {
  const dot = step.indexOf(".");
  return dot < 0 ? step : step.slice(0, dot);
}

/** The address at which a person can look at the thing, if its receipt has one. */
export function urlOf(receipt: JsonObject | undefined): string | undefined {
  for (const key of ["url", "html_url", "permalink"]) {
    const value = receipt?.[key];
    if (typeof value === "string" && /^https?:\/\//.test(value)) return value;
  }
  return undefined;
}
