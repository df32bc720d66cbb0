import type { JsonObject } from "../core/json.ts";
import type { Intent } from "../core/ledger.ts";
import { effectOf } from "../core/settle.ts";
import type { EngineDeps, Session } from "./deps.ts";
import { kindOf, type Sessions, type Target } from "./session.ts";

export interface Sight {
  /** What is there. */
  readonly now: JsonObject | undefined;
  /** What the write left, when it took effect. */
  readonly after: JsonObject | undefined;
  /** Something is there that was not, and somebody else made it. */
  readonly foreign: boolean;
}

/**
 * Looks what became of a write. Seeing its effect settles the matter at once; seeing none does
 * so only when the service can no longer be about to carry it out, or to show it: `wait` then
 * passes the time.
 */
export async function look(
  deps: EngineDeps,
  sessions: Sessions,
  session: Session,
  intent: Pick<Intent, "target" | "before" | "changes">,
  input: unknown,
  about: Target,
  wait: (ms: number) => Promise<void>,
): Promise<Sight> {
  const kind = kindOf(session.provider, intent.target.kind);
  const first = await once();
  if (first.after !== undefined || first.foreign) return first;
  const waitMs = deps.settleMs(session.integration, session.provider);
  if (waitMs <= 0) return first;
  await wait(waitMs);
  return once();

  async function once(): Promise<Sight> {
    const now: JsonObject | undefined = await sessions.work(session, "read", about, (call) =>
      kind.read(session.client, input, call),
    );
    const { ours } = kind;
    const foreign =
      intent.before === null &&
      now !== undefined &&
      ours !== undefined &&
      !(await sessions.work(session, "read", about, (call) => ours(session.client, now, call)));
    return { now, foreign, after: foreign ? undefined : effectOf(intent, now) };
  }
}
