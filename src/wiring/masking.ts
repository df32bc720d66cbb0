import type { EntryBody } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { JournalStore } from "../core/ports.ts";
import type { Redactor } from "../core/redact.ts";

/**
 * A journal into which no secret comes by way of what services and SDKs said of a failure.
 * States are left as they are: masked, they could be neither compared nor restored.
 */
export function maskedJournal(journal: JournalStore, redactor: Redactor): JournalStore {
  const mask = <T>(value: T): T => redactor.json(value as Json) as T;
  const masked = (body: EntryBody): EntryBody => {
    return {
      ...body,
      ...("failure" in body && { failure: mask(body.failure) }),
      ...("residue" in body && { residue: mask(body.residue) }),
    } as EntryBody;
  };
  return { ...journal, append: (run, bodies) => journal.append(run, bodies.map(masked)) };
}
