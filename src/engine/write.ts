import { TestxError } from "../core/failure.ts";
import { newOperationId } from "../core/ids.ts";
import type { EntryBody, Origin, RunId } from "../core/journal.ts";
import type { JsonObject } from "../core/json.ts";
import type { Change } from "../core/step.ts";
import { conflict } from "./conflict.ts";
import type { EngineDeps } from "./deps.ts";
import { look } from "./look.ts";
import { type Observation, targetOf } from "./observe.ts";
import { limited } from "./patience.ts";
import type { Sessions } from "./session.ts";
import { applyStep } from "./spare.ts";

/** How often a write whose outcome was unknown is looked after and, if absent, sent again. */
const sends = 3;

export interface Written {
  readonly after: JsonObject;
  readonly origin: Origin;
  readonly op: string;
}

/**
 * Carries out one step's write: rollback point, send, result, each durable before the next.
 * An unknown outcome is settled by looking; what a failed write has left is recorded, so that
 * unwinding finds it. Throws TestxError; the operation stays open only when nobody could look.
 */
export async function write(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  observation: Observation,
  receipt: JsonObject | undefined,
): Promise<Written> {
  const { spec, session, kind, prepared, now, item } = observation;
  const { input } = prepared;
  const op = newOperationId(deps.random);
  const adopting = item.action === "adopt";
  const origin: Origin = now === undefined ? "created" : adopting ? "adopted" : "updated";
  const intent: Extract<EntryBody, { type: "intent" }> = {
    type: "intent",
    op,
    target: targetOf(observation),
    title: item.title,
    key: kind.key(input),
    before: now ?? null,
    changes: now === undefined ? [] : (item.changes as Change[]),
    adopting,
  };
  await deps.journal.append(run, [intent]);
  let current = now;
  const effects = deps.effects(spec.id);
  for (let sent = 1; ; sent++) {
    try {
      const after = await sessions.work(
        session,
        "apply",
        { step: spec.id, operation: op, receipt },
        (call) => applyStep(observation, current, call),
      );
      await deps.journal.append(run, [done(after)]);
      return { after, origin, op };
    } catch (error) {
      if (!(error instanceof TestxError) || deps.stop.aborted) throw error;
      const next = await settle(error, sent);
      if (next === "give up") throw error;
      if (next === "begin anew") {
        const create: Observation = {
          ...observation,
          now: undefined,
          item: { ...item, action: "create", changes: [] },
        };
        return write(deps, sessions, run, create, receipt);
      }
    }
  }

  function done(after: JsonObject): EntryBody {
    return { type: "done", op, step: spec.id, kind: spec.kind, title: item.title, after, origin };
  }

  /** Finds out what the failed send left, and whether it is worth another one. */
  async function settle(
    error: TestxError,
    sent: number,
  ): Promise<"send again" | "begin anew" | "give up"> {
    // What was to be changed is looked at, whatever else may have come to stand beside it; where
    // a new thing was to be made, what an earlier receipt tells of is another one.
    const about = { step: spec.id, operation: op, receipt: now };
    const unknown = error.failure.outcome === "unknown";
    const wait = async (waitMs: number): Promise<void> => {
      deps.emit({ type: "step.probing", step: spec.id, waitMs, failure: error.failure });
      await deps.clock.sleep(waitMs, deps.stop);
      sessions.forget(session);
    };
    // Cut short before it was sent: its turn comes, and then it goes on from what is there.
    const turn = await sessions.patience.waited(spec.id, error.failure, limited);
    const carriedOut = deps.effects(spec.id) > effects;
    if (unknown && now === undefined) {
      const { target, title } = intent;
      await deps.journal.append(run, [{ type: "doubted", op, step: spec.id, target, title }]);
    }
    const doubt = { about: unknown ? "unknown" : carriedOut ? "partial" : "none", wait } as const;
    const seen = await look(deps, sessions, session, intent, input, about, doubt);
    current = seen.now;
    const absent: EntryBody = { type: "absent", op, step: spec.id };
    if (unknown && now !== undefined && seen.now === undefined) {
      // What was to be changed is gone: a new one is not an update of it.
      await deps.journal.append(run, [absent]);
      return "begin anew";
    }
    if (!seen.foreign && (turn || (unknown && sent < sends))) return "send again";
    if (seen.foreign && seen.now !== undefined) {
      const { key, title } = intent;
      const found = seen.now;
      await deps.journal.append(run, [absent, { type: "conflict", op, step: spec.id, key, found }]);
      throw conflict({ step: spec.id, integration: spec.integration, title }, found);
    }
    await deps.journal.append(run, [seen.after === undefined ? absent : done(seen.after)]);
    return "give up";
  }
}
