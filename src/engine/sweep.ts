import { type Failure, TestxError } from "../core/failure.ts";
import { newOperationId } from "../core/ids.ts";
import type { EntryBody, OperationId, RunId, StepResidue } from "../core/journal.ts";
import type { JsonObject } from "../core/json.ts";
import type { LooseEnd } from "../core/loose-ends.ts";
import type { Receipt } from "../core/ports.ts";
import type { AnyKind, Call } from "../core/provider.ts";
import { isSameThing } from "../core/same-thing.ts";
import { longestStepMs } from "../core/settle.ts";
import type { Residue, StepId } from "../core/step.ts";
import type { EngineDeps, Session } from "./deps.ts";
import { revive } from "./input.ts";
import { unlessPlaceGone } from "./place.ts";
import { isOurs, kindOf, type Sessions, type Target } from "./session.ts";
import { unwind } from "./unwind.ts";

export type Doubt = Extract<LooseEnd, { type: "doubted" }>;

/** Whether some create may have taken effect twice, or too late. */
export function isPending(ends: readonly LooseEnd[]): boolean {
  return ends.some(({ type }) => type === "doubted");
}

export interface Sweeping {
  /** Left out: all that are pending. */
  readonly only?: (end: Doubt) => boolean;
  /** Whether what a create has left in its own place is undone as well, or only claimed. */
  readonly undoing: boolean;
}

/**
 * Looks for what creates of unknown outcome have left beside what testx knows of. A copy of what
 * is known is removed; what stands in the step's place and is known to nobody is claimed by the
 * journal as created. Sweeps again with the next run until nothing can come any more. What cannot
 * be looked at now is left for then. Gives what could not be removed.
 */
export async function sweep(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  { only = () => true, undoing }: Sweeping,
): Promise<readonly StepResidue[]> {
  const residue: StepResidue[] = [];
  for (const end of deps.journal.looseEnds()) {
    if (end.type !== "doubted" || !only(end)) continue;
    deps.stop.throwIfAborted();
    const { claimed, ...swept } = await sweepOne(deps, sessions, run, end);
    const { step, title } = end;
    residue.push(...swept.residue.map((item) => ({ step, ...item })));
    if (claimed) deps.emit({ type: "recovery.settled", step, found: "applied" });
    deps.emit({ type: "step.swept", step, title, ...swept });
    if (claimed && undoing) {
      const own = deps.journal.operations("undoable").filter(({ op }) => op === claimed);
      residue.push(...(await unwind(deps, sessions, run, own)).residue);
    }
  }
  return residue;
}

interface Swept {
  readonly removed: readonly JsonObject[];
  readonly residue: readonly Residue[];
  /** The operation under which the journal knows of what was found in the step's place. */
  readonly claimed?: OperationId;
  readonly failure?: Failure;
}

async function sweepOne(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  end: Doubt,
): Promise<Swept> {
  const { op, step, target, at } = end;
  const removed: JsonObject[] = [];
  const residue: Residue[] = [];
  // Asked before looking: what comes later than that is not of this write.
  const final = deps.clock.now() - at >= longestStepMs;
  try {
    const session = await sessions.session(target.integration, target.provider, target.config);
    const kind = kindOf(session.provider, target.kind);
    const input = await revive(kind, target.input, deps);
    sessions.forget(session);
    const receipts = deps.journal.receipts();
    const known = receipts.get(step);
    const receipt = known?.kind === target.kind ? known.state : undefined;
    const about = { step, operation: op, receipt };
    const seen = await unlessPlaceGone(deps, sessions, session, target, () =>
      leftBy(sessions, session, kind, input, about, receipts),
    );
    const found = seen ?? { copies: [] };
    for (const copy of found.copies) {
      const left = await remove(deps, sessions, run, session, kind, { ...about, receipt: copy });
      removed.push(copy);
      residue.push(...left);
    }
    const swept: EntryBody = { type: "swept", op, step, removed, residue, final };
    if (found.orphan === undefined || final) {
      await deps.journal.append(run, [swept]);
      return { removed, residue };
    }
    const claimed = newOperationId(deps.random);
    const claim = claims(end, claimed, kind.key(input), found.orphan);
    await deps.journal.append(run, [...claim, swept]);
    return { removed, residue, claimed };
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    deps.stop.throwIfAborted();
    return { removed, residue, failure: error.failure };
  }
}

function claims(
  { step, target, title }: Doubt,
  op: OperationId,
  key: string,
  after: JsonObject,
): EntryBody[] {
  const intent = { op, target, title, key, before: null, changes: [], adopting: false };
  return [
    { type: "intent", ...intent },
    { type: "done", op, step, kind: target.kind, title, after, origin: "created" },
  ];
}

/** What the create has left that no receipt speaks of: in the step's own place, and besides. */
async function leftBy(
  sessions: Sessions,
  session: Session,
  kind: AnyKind,
  input: unknown,
  about: Target,
  receipts: ReadonlyMap<StepId, Receipt>,
): Promise<{ orphan?: JsonObject; copies: readonly JsonObject[] }> {
  const { duplicates } = kind;
  const looking = <T>(look: (call: Call) => Promise<T>): Promise<T> =>
    sessions.work(session, "read", about, look);
  const now: JsonObject | undefined = await looking((call) =>
    kind.read(session.client, input, call),
  );
  if (now === undefined) return { copies: [] };
  const known = [...receipts.values()].filter((receipt) => receipt.kind === kind.kind);
  const isKnown = (copy: JsonObject): boolean =>
    known.some(({ state }) => isSameThing(state, copy));
  const isOrphan = !isKnown(now) && (await isOurs(sessions, session, kind, about, now));
  const all: JsonObject[] = duplicates
    ? await looking((call) => duplicates(session.client, input, now, call))
    : [];
  const copies = all.filter((copy) => !isKnown(copy));
  return isOrphan ? { orphan: now, copies } : { copies };
}

async function remove(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  session: Session,
  { undo, kind }: AnyKind,
  about: Target & { readonly receipt: JsonObject },
): Promise<readonly Residue[]> {
  const { step, operation: op = "", receipt: copy } = about;
  if (typeof undo === "string") {
    const what = `a second ${kind} of ${step}`;
    return [{ what, why: undo, fix: "Remove it by hand." }];
  }
  await deps.journal.append(run, [{ type: "sweep-intent", op, step, copy }]);
  return sessions.work(session, "undo", about, (call) =>
    undo(session.client, undefined, copy, call),
  );
}
