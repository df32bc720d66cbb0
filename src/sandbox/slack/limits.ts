import type { SandboxContext } from "../../core/stand-in.ts";
import type { Method } from "./call.ts";
import type { SlackState } from "./state.ts";

const minute = 60_000;

/**
 * Counts a call against its method's limit per minute. Gives the seconds to wait when there are
 * too many; nothing is counted while limits are off.
 */
export function spend(
  name: string,
  method: Method,
  state: SlackState,
  context: SandboxContext,
): number | undefined {
  if (!state.limits.on) return undefined;
  const now = context.now();
  const limit = state.limits.methods[name] ?? method.tier;
  let spent = state.spent[name];
  if (spent === undefined || now - spent.from >= minute) {
    spent = { from: now, calls: 0 };
    state.spent[name] = spent;
  }
  if (spent.calls >= limit) return Math.max(1, Math.ceil((spent.from + minute - now) / 1000));
  spent.calls += 1;
  return undefined;
}
