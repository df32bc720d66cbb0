import { matches } from "../../core/glob.ts";
import type { Expectation, StepFate } from "../../core/scenario.ts";
import type { ActEnd, Violation } from "../../core/simulation.ts";

/** What of an act is not as it was expected. */
export function unmet(expect: Expectation, end: ActEnd, act: number): Violation[] {
  const messages = [
    ...oneOf("the outcome", expect.outcome, end.outcome),
    ...oneOf("the exit code", expect.exit, end.exit),
    ...code(expect, end),
    ...steps(expect, end),
    ...limits(expect, end),
  ];
  return messages.map((message) => ({ broken: "expectation", message, act }));
}

function oneOf<T>(what: string, wanted: T | readonly T[] | undefined, is: T): string[] {
  if (wanted === undefined) return [];
  const any = Array.isArray(wanted) ? (wanted as readonly T[]) : [wanted as T];
  return any.includes(is) ? [] : [`${what} is ${is}, not ${any.join(" or ")}`];
}

function code({ code: wanted }: Expectation, { failure }: ActEnd): string[] {
  if (wanted === undefined) return [];
  if (failure === undefined) return [`no failure is told, where ${wanted} was expected`];
  if (matches(wanted, failure.code)) return [];
  return [`the failure is ${failure.code}, not ${wanted}: ${failure.message}`];
}

function steps({ steps: wanted = {} }: Expectation, { steps: are }: ActEnd): string[] {
  const patterns = Object.entries(wanted);
  return Object.entries(are).flatMap(([step, fate]) => {
    const found = patterns.findLast(([pattern]) => matches(pattern, step));
    if (found === undefined) return [];
    return oneOf<StepFate>(step, found[1], fate);
  });
}

function limits(expect: Expectation, end: ActEnd): string[] {
  const { withinMs, calls, callsTo = {}, residue } = expect;
  const sent = Object.values(end.calls).reduce((sum, one) => sum + one, 0);
  const messages: string[] = [];
  if (withinMs !== undefined && end.durationMs > withinMs) {
    messages.push(`it took ${end.durationMs} ms, more than ${withinMs} ms`);
  }
  if (calls !== undefined && sent > calls) {
    messages.push(`${sent} requests were sent, more than ${calls}`);
  }
  for (const [integration, limit] of Object.entries(callsTo)) {
    const own = end.calls[integration] ?? 0;
    if (own > limit) {
      messages.push(`${own} requests were sent to ${integration}, more than ${limit}`);
    }
  }
  if (residue !== undefined && end.residue.length !== residue) {
    messages.push(`${end.residue.length} things are left behind, not ${residue}`);
  }
  return messages;
}
