import type { JsonObject } from "../core/json.ts";
import type { Intent } from "../core/ledger.ts";
import { effectOf } from "../core/settle.ts";
import type { Change } from "../core/step.ts";
import type { EngineDeps, Session } from "./deps.ts";
import { isOurs, kindOf, type Sessions, type Target } from "./session.ts";

export interface Sight {
  /** What is there. */
  readonly now: JsonObject | undefined;
  /** What the write left, when it took effect. */
  readonly after: JsonObject | undefined;
  /** Something is there that was not, and somebody else made it. */
  readonly foreign: boolean;
}

export interface Doubt {
  /**
   * unknown: a part of the write may still be under way, so only the whole effect settles the
   * matter at once. partial: what was sent was answered, so any effect does. none: nothing
   * was carried out.
   */
  readonly about: "unknown" | "partial" | "none";
  /**
   * Passes the time after which the service can no longer be about to carry it out, or show it,
   * and forgets what was listed before.
   */
  wait(ms: number): Promise<void>;
}

/** Looks what became of a write; see `Doubt` for when one look is not enough. */
export async function look(
  deps: EngineDeps,
  sessions: Sessions,
  session: Session,
  intent: Pick<Intent, "target" | "before" | "changes">,
  input: unknown,
  about: Target,
  doubt: Doubt,
): Promise<Sight> {
  const kind = kindOf(session.provider, intent.target.kind);
  const first = await once();
  const whole = first.now !== undefined && missing(first.now).length === 0;
  const seen = whole || (first.after !== undefined && doubt.about === "partial");
  if (first.foreign || seen || doubt.about === "none") return first;
  const waitMs = deps.settleMs(session.integration, session.provider);
  if (waitMs <= 0) return first;
  await doubt.wait(waitMs);
  return once();

  /** Of an update only the fields that it was to write count. */
  function missing(now: JsonObject): readonly Change[] {
    const all = kind.changes(input, now, deps);
    if (intent.before === null) return all;
    return all.filter(({ field }) => intent.changes.some((change) => change.field === field));
  }

  async function once(): Promise<Sight> {
    // Where something may have happened it has to be known.
    const target = { ...about, patient: doubt.about !== "none" };
    const now: JsonObject | undefined = await sessions.work(session, "read", target, (call) =>
      kind.read(session.client, input, call),
    );
    const foreign = intent.before === null && now !== undefined && !(await mayBeOurs(now));
    const took = doubt.about !== "none" && !foreign;
    return { now, foreign, after: took ? effectOf(intent, now) : undefined };
  }

  async function mayBeOurs(now: JsonObject): Promise<boolean> {
    // Without a mark, what a create that was carried out has left is what is there now.
    if (doubt.about === "none" || !kind.ours) return doubt.about !== "none";
    return isOurs(sessions, session, kind, about, now);
  }
}
