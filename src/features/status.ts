import type { JournalStore } from "../core/ports.ts";
import type { Outputs, StatusItem } from "../core/results.ts";
import type { StepId } from "../core/step.ts";

/** What is set up, by which run, since when: from the journal alone, no call is made. */
export function status(journal: JournalStore): StatusItem[] {
  return [...journal.receipts().values()].map(({ step, kind, title, origin, run, at, state }) => ({
    step,
    integration: integrationOf(step),
    kind,
    title,
    origin,
    run,
    at,
    ...(typeof state.url === "string" ? { url: state.url } : {}),
  }));
}

export function outputs(journal: JournalStore): Outputs {
  return Object.fromEntries([...journal.receipts()].map(([step, { state }]) => [step, state]));
}

function integrationOf(step: StepId): string {
  return step.slice(0, step.indexOf("."));
}
