/** One call as it was made. Times in ms since the run began. */
export interface TimedCall {
  readonly integration: string;
  /** `undefined`: it belongs to no step, as a health check. */
  readonly step: string | undefined;
  readonly operation: string;
  readonly write: boolean;
  readonly phase: "health" | "plan" | "apply" | "verify";
  readonly start: number;
  readonly end: number;
}

/** What the sequence says of a step. */
export interface Step {
  readonly kind: string;
  /** The steps that come right before. */
  readonly after: readonly string[];
}

export interface Bound {
  /** No schedule of these calls can be shorter, in ms. */
  readonly ms: number;
  /** The calls on the longest way, in order. */
  readonly path: readonly TimedCall[];
}

/**
 * A lower bound for the time that these calls take, by what each of them needs:
 *
 * - a read of the plan needs its integration's health; a call to apply needs all of the plan
 * - a step needs the steps that it comes `after`; reading it back needs that it is written, and
 *   so does the list that reads it back together with others of its kind
 * - within a step and phase, what came one after the other is taken to need it
 *
 * and by the calls to one service that may be under way at once (`concurrency`): of those that
 * come at least H after the beginning and at least Q before the end, the sum of their times by
 * the number at once, and H and Q.
 */
export function lowerBound(
  calls: readonly TimedCall[],
  steps: ReadonlyMap<string, Step>,
  concurrency: ReadonlyMap<string, { readonly reads: number; readonly writes: number }>,
): Bound {
  // A call is ready only after what began before it, so that the order of starts will do.
  const ordered = [...calls].sort((a, b) => a.start - b.start || a.end - b.end);
  const alone = new Set(calls.flatMap(({ phase, step }) => (phase === "verify" ? [step] : [])));
  const before = ordered.map((call, at) =>
    ordered.slice(0, at).flatMap((other, index) => (needs(call, other) ? [index] : [])),
  );
  const length = (call: TimedCall): number => call.end - call.start;
  const head: number[] = [];
  const via: (number | undefined)[] = [];
  ordered.forEach((_, at) => {
    const longest = before[at]!.toSorted((a, b) => done(b) - done(a))[0];
    via.push(longest);
    head.push(longest === undefined ? 0 : done(longest));
  });
  function done(at: number): number {
    return head[at]! + length(ordered[at]!);
  }

  const tail = ordered.map(() => 0);
  for (let at = ordered.length - 1; at >= 0; at--) {
    for (const earlier of before[at]!) {
      tail[earlier] = Math.max(tail[earlier]!, tail[at]! + length(ordered[at]!));
    }
  }

  const last = ordered.map((_, at) => at).sort((a, b) => done(b) - done(a))[0];
  const path: TimedCall[] = [];
  for (let at = last; at !== undefined; at = via[at]) path.unshift(ordered[at]!);
  let ms = last === undefined ? 0 : done(last);
  for (const [integration, limits] of concurrency) {
    for (const write of [false, true]) {
      const own = ordered
        .map((_, at) => at)
        .filter((at) => ordered[at]!.integration === integration && ordered[at]!.write === write);
      for (const h of own.map((at) => head[at]!)) {
        for (const q of own.map((at) => tail[at]!)) {
          const between = own.filter((at) => head[at]! >= h && tail[at]! >= q);
          const sum = between.reduce((total, at) => total + length(ordered[at]!), 0);
          if (sum > 0) ms = Math.max(ms, h + sum / (write ? limits.writes : limits.reads) + q);
        }
      }
    }
  }
  return { ms, path };

  function needs(call: TimedCall, other: TimedCall): boolean {
    const own = call.step === other.step && call.integration === other.integration;
    if (own && call.phase === other.phase) return other.end <= call.start + 1;
    const [step, otherStep] = [steps.get(call.step ?? ""), steps.get(other.step ?? "")];
    switch (call.phase) {
      case "plan":
        return other.phase === "health" && other.integration === call.integration;
      case "apply":
        if (other.phase === "health" || other.phase === "plan") return true;
        return other.phase === "apply" && (step?.after.includes(other.step ?? "") ?? false);
      case "verify":
        if (other.phase !== "apply") return false;
        return own || (!alone.has(other.step) && step?.kind === otherStep?.kind);
      default:
        return false;
    }
  }
}
