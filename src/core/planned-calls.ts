import { canonical, isObject, type Json } from "./json.ts";
import type { PlannedCall } from "./plan.ts";
import { createRedactor } from "./redact.ts";
import { placeholder } from "./references.ts";
import type { Unknowns } from "./unknowns.ts";

/** A write as it was sent in pretence. */
export interface Pretended {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly body: Json | undefined;
}

/** Stands for what differs from one rehearsal to the next for no reason that can be named. */
const computed = placeholder("computed");

export interface Take {
  readonly calls: readonly Pretended[];
  readonly unknowns: Unknowns;
}

/** A planned call with the body that its digest is of. */
export interface Forecasted extends PlannedCall {
  readonly body: Json | undefined;
}

/**
 * One step's calls from two rehearsals that had other stand-ins for the same unknown values: what
 * is equal in both is exactly known, and nothing else is. `undefined`: they went different ways.
 */
export function forecasted(
  [a, b]: readonly [Take, Take],
  sha256: (text: string) => string,
  secrets: ReadonlySet<string>,
): Forecasted[] | undefined {
  if (a.calls.length !== b.calls.length) return undefined;
  const masked = mask(secrets);
  const all = a.calls.map((one, at) => {
    const other = b.calls[at] as Pretended;
    if (one.operation !== other.operation || one.method !== other.method) return undefined;
    const settled = (take: Take, call: Pretended): Json => [
      take.unknowns.settled(call.path),
      call.body === undefined ? null : take.unknowns.settled(masked(call.body)),
    ];
    const [path, body] = joined(settled(a, one), settled(b, other)) as [string, Json];
    const raw = ({ path, body }: Pretended): string => canonical([path, body ?? null]);
    return {
      operation: one.operation,
      method: one.method,
      path,
      digest: one.body === undefined ? null : sha256(canonical(body)),
      known: raw(one) === raw(other),
      after: a.unknowns.namesIn(raw(one)),
      body: one.body === undefined ? undefined : body,
    };
  });
  return all.every((call) => call !== undefined) ? all : undefined;
}

/** What both have; a placeholder where they differ. */
function joined(a: Json, b: Json): Json {
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    return a.map((item, at) => joined(item, b[at] as Json));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    if (canonical(keys.toSorted()) === canonical(Object.keys(b).toSorted())) {
      return Object.fromEntries(keys.map((key) => [key, joined(a[key] as Json, b[key] as Json)]));
    }
  }
  return canonical(a) === canonical(b) ? a : computed;
}

/** Secrets whole whatever their length, and within longer text in every form. */
function mask(secrets: ReadonlySet<string>): (value: Json) => Json {
  const redactor = createRedactor(secrets);
  const whole = (value: Json): Json => {
    if (typeof value === "string") return secrets.has(value) ? "***" : value;
    if (Array.isArray(value)) return value.map(whole);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, whole(item)]));
  };
  return (value) => redactor.json(whole(value));
}
