import { type Failure, TestxError } from "../core/failure.ts";
import type { EntryBody, RunId } from "../core/journal.ts";
import type { JsonObject } from "../core/json.ts";
import type { Operation } from "../core/ledger.ts";
import { decideUndo, type Footprint, footprints } from "../core/undo.ts";
import type { EngineDeps, Session } from "./deps.ts";
import { revive } from "./input.ts";
import { look } from "./look.ts";
import { unlessPlaceGone } from "./place.ts";
import { kindOf, type Sessions } from "./session.ts";

export interface Settled {
  /** All of them, the open ones now done or absent. */
  readonly operations: readonly Operation[];
  readonly unsettled: readonly Unsettled[];
}

/** What cannot be looked at now, and why. */
export interface Unsettled {
  readonly operation: Operation;
  readonly failure: Failure;
}

/**
 * Finds out by looking what became of writes and undos that were under way when a run died:
 * a write is found and ours, done; else absent. An undo has made its thing go away, undone;
 * else it is to be done again. What cannot be looked at now stays open.
 */
export async function settleOpen(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  operations: readonly Operation[],
): Promise<Settled> {
  const settled = new Map<string, Operation>();
  const unsettled: Unsettled[] = [];
  const waited = new Set<string>();
  const settle = async (
    operation: Operation,
    look: (session: Session, wait: (ms: number) => Promise<void>) => Promise<Found>,
  ): Promise<void> => {
    const { target } = operation.intent;
    try {
      const session = await sessions.session(target.integration, target.provider, target.config);
      const found = await look(session, async (waitMs) => {
        // When the run died is not known: the clock may have been set since. One wait serves
        // everything that was under way in the same service.
        if (waited.has(target.integration)) return;
        if (waitMs > 0) deps.emit({ type: "step.probing", step: target.step, waitMs });
        await deps.clock.sleep(waitMs, deps.stop);
        sessions.forget(session);
        waited.add(target.integration);
      });
      await deps.journal.append(run, found.entries);
      for (const known of found.settled) settled.set(known.op, known);
    } catch (error) {
      if (!(error instanceof TestxError)) throw error;
      deps.stop.throwIfAborted();
      unsettled.push({ operation, failure: error.failure });
    }
  };
  for (const operation of operations.filter(({ state }) => state === "open")) {
    await settle(operation, (session, wait) =>
      settleWrite(deps, sessions, session, operation, wait),
    );
  }
  const started = operations.filter(({ state, undo }) => state === "done" && undo === "started");
  for (const footprint of footprints(started)) {
    await settle(footprint.operations[0]!, (session, wait) =>
      settleUndo(deps, sessions, session, footprint, wait),
    );
  }
  return { operations: operations.map((one) => settled.get(one.op) ?? one), unsettled };
}

interface Found {
  readonly settled: readonly Operation[];
  readonly entries: readonly EntryBody[];
}

async function settleWrite(
  deps: EngineDeps,
  sessions: Sessions,
  session: Session,
  operation: Operation,
  wait: (ms: number) => Promise<void>,
): Promise<Found> {
  const { intent, op, step } = operation;
  const { target, title, before } = intent;
  const input = await revive(kindOf(session.provider, target.kind), target.input, deps);
  const about = { step, operation: op, receipt: before ?? undefined };
  const doubt = { about: "unknown", wait } as const;
  const sight = await unlessPlaceGone(deps, sessions, session, target, () =>
    look(deps, sessions, session, intent, input, about, doubt),
  );
  const { now, after, foreign = false } = sight ?? {};
  const origin = before === null ? "created" : intent.adopting ? "adopted" : "updated";
  const taken = foreign && now !== undefined;
  const found = taken ? "conflict" : after ? "applied" : "absent";
  deps.emit({ type: "recovery.settled", step, found });
  // When the run died is not known, so that a create may still be on its way.
  const doubted: EntryBody[] =
    before === null ? [{ type: "doubted", op, step, target, title }] : [];
  if (!after) {
    const entries: EntryBody[] = [...doubted, { type: "absent", op, step }];
    if (taken) entries.push({ type: "conflict", op, step, key: intent.key, found: now });
    return { settled: [{ ...operation, state: "absent" }], entries };
  }
  const entry: EntryBody = { type: "done", op, step, kind: target.kind, title, after, origin };
  const afterAt = deps.clock.now();
  const settled: Operation = { ...operation, state: "done", after, afterAt, origin };
  return { settled: [settled], entries: [...doubted, entry] };
}

async function settleUndo(
  deps: EngineDeps,
  sessions: Sessions,
  session: Session,
  footprint: Footprint,
  wait: (ms: number) => Promise<void>,
): Promise<Found> {
  const { target, op: last } = footprint.intent;
  const kind = kindOf(session.provider, target.kind);
  const input = await revive(kind, target.input, deps);
  await wait(deps.settleMs(session.integration, session.provider));
  const about = { step: target.step, operation: last, receipt: footprint.after, patient: true };
  const now: JsonObject | undefined = await sessions.work(session, "read", about, (call) =>
    kind.read(session.client, input, call),
  );
  const gone = decideUndo(footprint, now).kind === "nothing";
  const { operations } = footprint;
  return {
    settled: operations.map((one) => ({ ...one, undo: gone ? "undone" : "failed" })),
    entries: operations.map(({ op, step }) => ({
      type: gone ? "undone" : "undo-failed",
      op,
      step,
      residue: [],
    })),
  };
}
