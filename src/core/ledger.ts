import type { Entry, OperationId, Origin, RunId } from "./journal.ts";
import type { JsonObject } from "./json.ts";
import type { Residue, StepId } from "./step.ts";

export type Intent = Extract<Entry, { type: "intent" }>;

/** One write, from its rollback point to what became of it. */
export interface Operation {
  readonly op: OperationId;
  readonly run: RunId;
  readonly step: StepId;
  readonly intent: Intent;
  /** open: nobody knows yet whether it took effect. absent: it did not. */
  readonly state: "open" | "done" | "absent";
  readonly after?: JsonObject;
  /** When `after` was recorded, in ms since the epoch. */
  readonly afterAt?: number;
  readonly origin?: Origin;
  readonly undo: "none" | "started" | "undone" | "failed";
  readonly residue: readonly Residue[];
}

/** Folds journal entries into operations, in order of start. */
export function operations(entries: readonly Entry[]): Operation[] {
  const byOp = new Map<OperationId, Operation>();
  const update = (op: OperationId | undefined, change: Partial<Operation>): void => {
    const known = op === undefined ? undefined : byOp.get(op);
    if (known && isUndoable(known)) byOp.set(known.op, { ...known, ...change });
  };
  for (const entry of entries) {
    switch (entry.type) {
      case "intent":
        byOp.set(entry.op, {
          op: entry.op,
          run: entry.run,
          step: entry.target.step,
          intent: entry,
          state: "open",
          undo: "none",
          residue: [],
        });
        break;
      case "done":
        update(entry.op, {
          state: "done",
          after: entry.after,
          afterAt: entry.at,
          origin: entry.origin,
        });
        break;
      case "absent":
        update(entry.op, { state: "absent" });
        break;
      case "undo-intent":
        update(entry.op, { undo: "started" });
        break;
      case "undone":
        update(entry.op, { undo: "undone", residue: entry.residue });
        break;
      case "undo-failed":
        update(entry.op, { undo: "failed", residue: entry.residue });
        break;
      default:
        break;
    }
  }
  return [...byOp.values()];
}

/** Whether unwinding still has something to do for it; once it has not, it never has again. */
export function isUndoable(operation: Operation): boolean {
  return operation.state !== "absent" && operation.undo !== "undone";
}

/** Whether nobody knows yet what became of it, or of its undo. */
export function isOpen({ state, undo }: Operation): boolean {
  return state === "open" || (state === "done" && undo === "started");
}

/** See `JournalStore.operations`. */
export function operationsOf(entries: readonly Entry[], which: "undoable" | "open"): Operation[] {
  const undoable = operations(entries).filter(isUndoable);
  return which === "open" ? undoable.filter(isOpen) : undoable;
}
