import { deferredIn } from "../core/deferred.ts";
import type { JournalStore } from "../core/ports.ts";
import type { Outputs, StatusItem } from "../core/results.ts";
import { integrationOf } from "../core/step.ts";

/** What is set up, by which run, since when: from the journal alone, no call is made. */
export function status(journal: JournalStore): StatusItem[] {
  const waiting = deferredIn(journal.looseEnds());
  const receipts = journal.receipts();
  const known = [...receipts.values()].map(
    ({ step, kind, title, origin, run, at, made, state }): StatusItem => {
      const deferred = waiting.get(step)?.failure;
      return {
        ...{ step, integration: integrationOf(step), kind, title, origin, run, at, made },
        ...(typeof state.url === "string" ? { url: state.url } : {}),
        ...(deferred ? { deferred } : {}),
      };
    },
  );
  const others = [...waiting.values()].filter(({ step }) => !receipts.has(step));
  return [
    ...known,
    ...others.map(
      ({ step, integration, kind, title, first: { run, at }, failure: deferred }): StatusItem => ({
        ...{ step, integration, kind, title, run, at, deferred },
      }),
    ),
  ];
}

export function outputs(journal: JournalStore): Outputs {
  return Object.fromEntries([...journal.receipts()].map(([step, { state }]) => [step, state]));
}
