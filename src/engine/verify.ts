import { type Failure, failure, TestxError } from "../core/failure.ts";
import { ignores } from "../core/ignore.ts";
import type { RunId } from "../core/journal.ts";
import { equal, type JsonObject } from "../core/json.ts";
import type { Receipt } from "../core/ports.ts";
import type { Change, StepId } from "../core/step.ts";
import type { Observer } from "./observe.ts";
import type { ToVerify } from "./steps.ts";

/** A service may need a moment to show what it has accepted, in ms between looks. */
const pauses: readonly number[] = [250, 1000];

/** Something that reading back has shown. `late`: another look may show otherwise. */
interface Finding {
  readonly item: ToVerify;
  readonly failure: Failure;
  readonly late: boolean;
}

/**
 * Reads back what was written. Gives what is not as asked; a state that the service has put
 * into another form goes to the journal, so that unwinding compares with what is really there.
 */
export async function verify(
  observer: Observer,
  run: RunId,
  written: readonly ToVerify[],
): Promise<Failure[]> {
  const { deps, sessions } = observer;
  const receipts = deps.journal.receipts();
  const look = async (items: readonly ToVerify[]): Promise<Finding[]> => {
    const found = items.map((item) => readBack(observer, run, item, receipts));
    return (await Promise.all(found)).filter((finding) => finding !== undefined);
  };
  let findings = await look(written);
  for (const pause of pauses) {
    const late = findings.filter((finding) => finding.late).map(({ item }) => item);
    if (late.length === 0) break;
    await deps.clock.sleep(pause, deps.stop);
    for (const { observation } of late) sessions.forget(observation.session);
    findings = [...findings.filter((finding) => !finding.late), ...(await look(late))];
  }
  return findings.map((finding) => finding.failure);
}

async function readBack(
  observer: Observer,
  run: RunId,
  written: ToVerify,
  receipts: ReadonlyMap<StepId, Receipt>,
): Promise<Finding | undefined> {
  const { deps, sessions } = observer;
  const { observation, op } = written;
  const { spec, session, kind, prepared, item } = observation;
  const recorded = receipts.get(spec.id);
  const about = { step: spec.id, operation: op, receipt: recorded?.state };
  let now: JsonObject | undefined;
  try {
    now = await sessions.work(session, "read", about, (call) =>
      kind.read(session.client, prepared.input, call),
    );
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    return { item: written, failure: error.failure, late: false };
  }
  const differs = now
    ? kind
        .changes(prepared.input, now, deps)
        .map((change: Change) => change.field)
        .filter((field) => !ignores(spec.ignore, field))
    : ["everything (it is not there)"];
  if (now !== undefined && differs.length === 0) {
    if (recorded && !equal(now, recorded.state)) {
      const { title, kind: name, origin } = recorded;
      const entry = { op, step: spec.id, kind: name, title, after: now, origin };
      await deps.journal.append(run, [{ type: "done", ...entry }]);
    }
    return undefined;
  }
  const cause = failure(
    "STEP_NOT_AS_ASKED",
    `${item.title} was written, but reading it back shows other values: ${differs.join(", ")}.`,
    { outcome: "applied", integration: spec.integration, details: { step: spec.id } },
  );
  return { item: written, failure: cause, late: true };
}
