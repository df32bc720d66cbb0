import { type Failure, failure, TestxError } from "../core/failure.ts";
import type { EntryBody, RunId, StepResidue } from "../core/journal.ts";
import type { JsonObject } from "../core/json.ts";
import { isUndoable, type Operation } from "../core/ledger.ts";
import type { Residue, StepId } from "../core/step.ts";
import { decideUndo, type Footprint, footprints } from "../core/undo.ts";
import type { EngineDeps } from "./deps.ts";
import { revive } from "./input.ts";
import { holds, keptFor } from "./kept.ts";
import { refusals } from "./patience.ts";
import { settleOpen } from "./recover.ts";
import { kindOf, type Sessions } from "./session.ts";

/** How often one undo is tried before it is given up for this time. */
const tries = 3;

export interface Unwound {
  readonly undone: number;
  readonly residue: readonly StepResidue[];
}

/**
 * Undoes operations in reverse order of their start, each journaled, tried again, and passed
 * over when it cannot be done. Never throws for a single thing that could not be undone.
 */
export async function unwind(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  operations: readonly Operation[],
): Promise<Unwound> {
  const chosen = new Set(operations.map(({ op }) => op));
  const isChosen = ({ op }: Operation) => chosen.has(op);
  const integrations = new Set(operations.map(({ intent }) => intent.target.integration));
  // A write of another run that is still on its way would come after what is undone here.
  const others = deps.journal
    .operations("open")
    .filter((one) => !isChosen(one) && integrations.has(one.intent.target.integration));
  const settled = await settleOpen(deps, sessions, run, [...others, ...operations]);
  let told: readonly Told[] = [];
  const tell = (
    footprint: Footprint | undefined,
    step: StepId,
    items: readonly Residue[],
  ): void => {
    told = [...told, ...items.map((item) => ({ footprint, residue: { step, ...item } }))];
  };
  const kept: Footprint[] = [];
  let undone = 0;
  const lost = new Set<string>();
  /** By integration: the newest write of which nobody knows what became of it. */
  const unknown = new Map<string, Operation>();
  for (const { operation, failure } of settled.unsettled) {
    lost.add(operation.op);
    const { integration } = operation.intent.target;
    if (operation.state === "open") unknown.set(integration, operation);
    if (isChosen(operation)) {
      tell(undefined, operation.step, [unreachable(operation, failure)]);
    }
  }
  const undoable = settled.operations.filter((one) => isChosen(one) && isUndoable(one));
  for (const footprint of footprints(undoable)) {
    if (footprint.operations.some(({ op }) => lost.has(op))) {
      kept.push(footprint);
      continue;
    }
    deps.stop.throwIfAborted();
    const { target, title } = footprint.intent;
    const started = deps.clock.monotonic();
    const doubtful = unknown.get(target.integration);
    if (doubtful && footprint.before === null && footprint.intent.seq < doubtful.intent.seq) {
      kept.push(footprint);
      tell(footprint, target.step, [neededBy(footprint, doubtful)]);
      continue;
    }
    const needed = await keptFor(deps, footprint, kept);
    if (needed) {
      kept.push(footprint);
      tell(footprint, target.step, [needed]);
      continue;
    }
    deps.emit({ type: "undo.started", step: target.step, title });
    await settleUnsure(deps, footprint);
    const { residue: left, final } = await undoOne(deps, sessions, run, footprint);
    if (!final) kept.push(footprint);
    else if (left.length === 0 && footprint.before === null) {
      // What was left in it has gone with it.
      const gone = await Promise.all(
        told.map(({ footprint: one }) => one && holds(deps, footprint, one)),
      );
      told = told.filter((_, at) => !gone[at]);
    }
    tell(footprint, target.step, left);
    if (left.length === 0) undone++;
    const durationMs = deps.clock.monotonic() - started;
    deps.emit({ type: "undo.finished", step: target.step, title, residue: left, durationMs });
  }
  return { undone, residue: told.map(({ residue }) => residue) };
}

interface Told {
  /** What the residue is about, where that is known. */
  readonly footprint: Footprint | undefined;
  readonly residue: StepResidue;
}

interface Undone {
  readonly residue: readonly Residue[];
  /** Nothing is left that another rollback could try again. */
  readonly final: boolean;
}

async function undoOne(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  footprint: Footprint,
): Promise<Undone> {
  const { operations, intent } = footprint;
  const { step } = intent.target;
  await deps.journal.append(
    run,
    operations.map(({ op }) => ({ type: "undo-intent", op, step })),
  );
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await compareAndUndo(deps, sessions, footprint);
      await record(result.final ? "undone" : "undo-failed", result.residue);
      return result;
    } catch (error) {
      if (!(error instanceof TestxError)) throw error;
      deps.stop.throwIfAborted();
      // Nothing was sent, and by now what it waited for may be over: it is tried anew.
      if (await sessions.patience.waited(step, error.failure, refusals)) {
        attempt = 0;
        continue;
      }
      const unknown = error.failure.outcome === "unknown";
      if (unknown) {
        const { integration, provider } = intent.target;
        const settleMs = deps.settleMs(integration, await deps.provider(provider));
        if (settleMs > 0) {
          deps.emit({ type: "step.probing", step, waitMs: settleMs, failure: error.failure });
        }
        await deps.clock.sleep(settleMs, deps.stop);
      }
      if ((unknown || error.failure.transient) && attempt < tries) continue;
      const residue = [unreachable(footprint.operations[0]!, error.failure)];
      await record("undo-failed", residue);
      return { residue, final: false };
    }
  }

  /** The residue stands once, with the first of the operations that were joined. */
  async function record(type: "undone" | "undo-failed", residue: readonly Residue[]) {
    await deps.journal.append(
      run,
      operations.map(
        ({ op }, at): EntryBody => ({ type, op, step, residue: at === 0 ? residue : [] }),
      ),
    );
  }
}

async function compareAndUndo(
  deps: Pick<EngineDeps, "valid">,
  sessions: Sessions,
  footprint: Footprint,
): Promise<Undone> {
  const { target, op } = footprint.intent;
  const session = await sessions.session(target.integration, target.provider, target.config);
  const kind = kindOf(session.provider, target.kind);
  const input = await revive(kind, target.input, deps);
  const about = { step: target.step, operation: op, receipt: footprint.after };
  const since = footprint.operations.at(-1)!.afterAt;
  // As long as a service may still show what was there before, that says nothing of others.
  const asLeft = (seen: JsonObject) => {
    const { kind: decided, ...rest } = decideUndo(footprint, seen);
    return decided === "restore" && "residue" in rest && rest.residue.length === 0;
  };
  const now: JsonObject | undefined = await sessions.readKnown(
    ...([session, since, about] as const),
    (call) => kind.read(session.client, input, call),
    asLeft,
  );
  const decision = decideUndo(footprint, now);
  if (decision.kind === "nothing") return { residue: [], final: true };
  if (decision.kind === "leave") return { residue: decision.residue, final: false };
  const { undo } = kind;
  if (typeof undo === "string") {
    const residue = { what: footprint.intent.title, why: undo, fix: "Undo it by hand." };
    return { residue: [residue], final: true };
  }
  const left = await sessions.work(session, "undo", about, (call) =>
    undo(session.client, decision.target, now!, call),
  );
  const final = decision.residue.length === 0 && !left.some(({ again }) => again);
  return { residue: [...decision.residue, ...left.map(({ again: _, ...item }) => item)], final };
}

/** An attempt without an answer, of which a later one was answered, may still take effect. */
async function settleUnsure(deps: EngineDeps, footprint: Footprint): Promise<void> {
  const { target, title } = footprint.intent;
  const unsureAt = deps.unsureAt(target.step);
  if (unsureAt === undefined) return;
  const settleMs = deps.settleMs(target.integration, await deps.provider(target.provider));
  const waitMs = settleMs - Math.max(0, deps.clock.now() - unsureAt);
  if (waitMs <= 0) return;
  const parts = { outcome: "unknown", integration: target.integration } as const;
  const unsure = failure("GATEWAY_UNSURE", `an attempt at ${title} had no answer`, parts);
  deps.emit({ type: "step.probing", step: target.step, waitMs, failure: unsure });
  await deps.clock.sleep(waitMs, deps.stop);
}

/** Where something was made may be looked only as long as what it was made in is there. */
function neededBy({ intent: { title } }: Footprint, doubtful: Operation): Residue {
  return {
    what: title,
    why: `it is not known yet whether ${doubtful.intent.title}, which may be inside it, was made`,
    fix: "Run testx rollback again when its service answers.",
  };
}

function unreachable(operation: Operation, failure: Failure): Residue {
  return {
    what: operation.intent.title,
    why: failure.message,
    fix: `Mend the cause (testx explain ${failure.code}) and run testx rollback again.`,
  };
}
