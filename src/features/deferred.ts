import { type Deferred, deferredIn } from "../core/deferred.ts";
import { fail } from "../core/failure.ts";
import type { EntryBody } from "../core/journal.ts";
import type { JournalStore } from "../core/ports.ts";
import type { DeferredItem } from "../core/results.ts";
import { didYouMean } from "../core/suggest.ts";
import type { FeatureDeps } from "./deps.ts";
import { locked } from "./locked.ts";

/** All that waits and all that is given up, oldest first. No service is called. */
export function deferredItems(journal: JournalStore): DeferredItem[] {
  return all(journal).map(itemOf);
}

/** @throws TestxError DEFERRED_UNKNOWN */
export function deferredItem(journal: JournalStore, name: string): DeferredItem {
  return itemOf(named(journal, name));
}

/** Has the write wait again as if it had never been tried; left out: all that are given up. */
export function retryDeferred(deps: FeatureDeps, name?: string): Promise<DeferredItem[]> {
  return locked(deps, async () => {
    const chosen =
      name === undefined
        ? all(deps.journal).filter(({ dead }) => dead)
        : [named(deps.journal, name)];
    for (const { seq: _, run: __, at: ___, ...body } of chosen) {
      await deps.journal.append(body.first.run, [{ ...body, attempts: 0, dead: false }]);
    }
    return chosen.map((one) => itemOf({ ...one, attempts: 0, dead: false }));
  });
}

/** The write does not wait any more. The next setup carries it out all the same. */
export function discardDeferred(deps: FeatureDeps, name: string): Promise<DeferredItem> {
  return locked(deps, async () => {
    const { step, first, ...rest } = named(deps.journal, name);
    const entry: EntryBody = { type: "deferred-ended", step, why: "discarded" };
    await deps.journal.append(first.run, [entry]);
    return itemOf({ step, first, ...rest });
  });
}

function all(journal: JournalStore): Deferred[] {
  return [...deferredIn(journal.looseEnds()).values()];
}

/** By id, the beginning of one, or step. */
function named(journal: JournalStore, name: string): Deferred {
  const known = all(journal);
  const exact = known.find(({ id, step }) => id === name || step === name);
  const begun = name === "" ? [] : known.filter(({ id }) => id.startsWith(name));
  const found = exact ?? (begun.length === 1 ? begun[0] : undefined);
  if (found) return found;
  const names = known.flatMap(({ id, step }) => [step, id]);
  const hint = begun.length > 1 ? ` ${begun.length} ids begin so.` : didYouMean(name, names);
  return fail("DEFERRED_UNKNOWN", `No single write "${name}" waits.${hint}`);
}

function itemOf(one: Deferred): DeferredItem {
  const { id, step, integration, kind, title, input, attempts, dead, first, at, failure } = one;
  return {
    ...{ id, step, integration, kind, title, state: dead ? "given up" : "waiting" },
    ...{ run: first.run, since: first.at, at, attempts, failure, input },
  };
}
