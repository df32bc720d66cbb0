import { type Failure, failure, TestxError } from "../core/failure.ts";
import type { RunId } from "../core/journal.ts";
import { equal, type JsonObject } from "../core/json.ts";
import type { Change } from "../core/step.ts";
import type { Observer } from "./observe.ts";
import type { ToVerify } from "./steps.ts";

/** A service may need a moment to show what it has accepted, in ms between looks. */
const pauses: readonly number[] = [250, 1000];

/**
 * Reads back what was written. Gives what is not as asked; a state that the service has put
 * into another form goes to the journal, so that unwinding compares with what is really there.
 */
export async function verify(
  observer: Observer,
  run: RunId,
  written: readonly ToVerify[],
): Promise<Failure[]> {
  const found = await Promise.all(written.map((item) => verifyOne(observer, run, item)));
  return found.filter((failure) => failure !== undefined);
}

async function verifyOne(
  observer: Observer,
  run: RunId,
  { observation, op }: ToVerify,
): Promise<Failure | undefined> {
  const { deps, sessions } = observer;
  const { spec, session, kind, prepared, item } = observation;
  const recorded = deps.journal.receipts().get(spec.id);
  const about = { step: spec.id, operation: op, receipt: recorded?.state };
  let differs: string[] = [];
  for (const pause of [0, ...pauses]) {
    if (pause > 0) await deps.clock.sleep(pause, deps.stop);
    let now: JsonObject | undefined;
    try {
      now = await sessions.work(session, "read", about, (call) =>
        kind.read(session.client, prepared.input, call),
      );
    } catch (error) {
      if (error instanceof TestxError) return error.failure;
      throw error;
    }
    differs = now
      ? kind.changes(prepared.input, now, deps).map((change: Change) => change.field)
      : ["everything (it is not there)"];
    if (now === undefined || differs.length > 0) continue;
    if (recorded && !equal(now, recorded.state)) {
      const { title, kind: name, origin } = recorded;
      const entry = { op, step: spec.id, kind: name, title, after: now, origin };
      await deps.journal.append(run, [{ type: "done", ...entry }]);
    }
    return undefined;
  }
  return failure(
    "STEP_NOT_AS_ASKED",
    `${item.title} was written, but reading it back shows other values: ${differs.join(", ")}.`,
    { outcome: "applied", integration: spec.integration, details: { step: spec.id } },
  );
}
