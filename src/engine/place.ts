import { TestxError } from "../core/failure.ts";
import type { Target } from "../core/journal.ts";
import { equal, type Json, type JsonObject } from "../core/json.ts";
import { operations } from "../core/ledger.ts";
import { isSameThing } from "../core/same-thing.ts";
import type { EngineDeps, Session } from "./deps.ts";
import { revive } from "./input.ts";
import { kindOf, type Sessions } from "./session.ts";

/**
 * What `look` gives; or `undefined` where the service refuses to look because the thing that this
 * was to be made in, and that testx has set up or adopted, is not there any more: what was in it
 * has gone with it, whether the write had taken effect or not.
 */
export async function unlessPlaceGone<T>(
  deps: EngineDeps,
  sessions: Sessions,
  session: Session,
  target: Target,
  look: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof TestxError) || error.failure.transient) throw error;
    deps.stop.throwIfAborted();
    if (await isPlaceGone(deps, sessions, session, target)) return undefined;
    throw error;
  }
}

async function isPlaceGone(
  deps: EngineDeps,
  sessions: Sessions,
  session: Session,
  target: Target,
): Promise<boolean> {
  const place = placeOf(deps, session, target);
  if (place === undefined) return false;
  const kind = kindOf(session.provider, place.target.kind);
  const input = await revive(kind, place.target.input, deps);
  // With an operation: what a receipt tells of is asked for, as for undoing.
  const about = {
    step: place.target.step,
    operation: "place",
    receipt: place.state,
    patient: true,
  };
  try {
    const now: JsonObject | undefined = await sessions.readKnown(
      ...([session, place.at, about] as const),
      (call) => kind.read(session.client, input, call),
    );
    return now === undefined || !isSameThing(place.state, now);
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    deps.stop.throwIfAborted();
    return false;
  }
}

interface Place {
  readonly target: Target;
  readonly state: JsonObject;
  readonly at: number | undefined;
}

/** The newest thing that testx knows by an id which says where the target is. */
function placeOf({ journal }: EngineDeps, session: Session, target: Target): Place | undefined {
  const { identity } = kindOf(session.provider, target.kind);
  const named = new Set<Json | undefined>(identity.map((field) => target.input[field]));
  // One that has been undone is known from the journal alone.
  const written = operations(journal.entries()).flatMap(({ intent, after, afterAt }): Place[] =>
    after === undefined ? [] : [{ target: intent.target, state: after, at: afterAt }],
  );
  const found = [...journal.receipts().values()].flatMap((one): Place[] =>
    one.target === undefined ? [] : [{ target: one.target, state: one.state, at: one.at }],
  );
  return [...found, ...written].findLast(
    ({ target: { integration, provider, config }, state: { id } }) =>
      typeof id === "string" &&
      named.has(id) &&
      integration === target.integration &&
      provider === target.provider &&
      equal(config, target.config),
  );
}
