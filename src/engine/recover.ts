import { type Failure, TestxError } from "../core/failure.ts";
import type { EntryBody, RunId } from "../core/journal.ts";
import type { Operation } from "../core/ledger.ts";
import type { EngineDeps } from "./deps.ts";
import { revive } from "./input.ts";
import { look } from "./look.ts";
import { kindOf, type Sessions } from "./session.ts";

/** After this long a write cannot be under way any more, whatever the service, in ms. */
const longestStepMs = 900_000;

export interface Settled {
  /** All of them, the open ones now done or absent. */
  readonly operations: readonly Operation[];
  readonly unsettled: readonly { operation: Operation; failure: Failure }[];
}

/**
 * Finds out by looking what became of writes that a run left open when it died: found and ours,
 * done; else absent. What cannot be looked at now stays open.
 */
export async function settleOpen(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  operations: readonly Operation[],
): Promise<Settled> {
  const result: Operation[] = [];
  const unsettled: { operation: Operation; failure: Failure }[] = [];
  for (const operation of operations) {
    if (operation.state !== "open") {
      result.push(operation);
      continue;
    }
    try {
      result.push(await settleOne(deps, sessions, run, operation));
    } catch (error) {
      if (!(error instanceof TestxError)) throw error;
      deps.stop.throwIfAborted();
      unsettled.push({ operation, failure: error.failure });
    }
  }
  return { operations: result, unsettled };
}

async function settleOne(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  operation: Operation,
): Promise<Operation> {
  const { intent, op, step } = operation;
  const { target } = intent;
  const session = await sessions.session(target.integration, target.provider, target.config);
  const kind = kindOf(session.provider, target.kind);
  const input = await revive(kind, target.input);
  const about = { step, operation: op, receipt: intent.before ?? undefined };
  const { after } = await look(deps, sessions, session, intent, input, about, async (waitMs) => {
    // When it died is not known, only that it was after the intent.
    const age = deps.clock.now() - intent.at;
    if (age < 0 || age < longestStepMs) await deps.clock.sleep(waitMs, deps.stop);
  });
  const origin = intent.before === null ? "created" : intent.adopting ? "adopted" : "updated";
  const body: EntryBody = after
    ? { type: "done", op, step, kind: target.kind, title: intent.title, after, origin }
    : { type: "absent", op, step };
  await deps.journal.append(run, [body]);
  deps.emit({ type: "recovery.settled", step, found: after ? "applied" : "absent" });
  return after ? { ...operation, state: "done", after, origin } : { ...operation, state: "absent" };
}
