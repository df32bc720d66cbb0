import { matches } from "./glob.ts";
import type { Random } from "./ports.ts";
import type { Outage, ScenarioFault } from "./scenario.ts";

/** A call that is about to leave. */
export interface OutageTarget {
  readonly integration: string;
  readonly operation: string;
  readonly write: boolean;
  readonly step: string | undefined;
}

type OfKind<Kind extends Outage["fault"]> = Extract<Outage, { fault: Kind }>;
/** What decides how a call ends; the other kinds only change how it goes. */
export type Blow = Exclude<Outage, OfKind<"slow" | "clock-skew" | "invisible">>;

export interface Struck {
  readonly blow?: Blow;
  readonly slow: readonly OfKind<"slow">[];
  readonly skewMs: number;
  readonly invisibleMs: number;
  /** Positions of the faults that struck, in their list. */
  readonly by: readonly number[];
}

/** The faults of an act, or of a story. Each counts the calls it fits, whenever they come. */
export class Outages {
  readonly #faults: readonly ScenarioFault[];
  readonly #random: Random;
  readonly #seen: number[];

  constructor(faults: readonly ScenarioFault[], random: Random) {
    this.#faults = faults;
    this.#random = random;
    this.#seen = faults.map(() => 0);
  }

  /**
   * What befalls a call that leaves `elapsedMs` after the beginning. Delays and skews add up; of
   * what decides its end the first that fits counts. A fault counts calls within its times only.
   */
  strike(target: OutageTarget, elapsedMs: number): Struck {
    let blow: Blow | undefined;
    const slow: OfKind<"slow">[] = [];
    const by: number[] = [];
    let skewMs = 0;
    let invisibleMs = 0;
    for (const [at, fault] of this.#faults.entries()) {
      if (!this.#befalls(at, fault, target, elapsedMs)) continue;
      if (fault.fault === "slow") slow.push(fault);
      else if (fault.fault === "clock-skew") skewMs += fault.ms;
      else if (fault.fault === "invisible") invisibleMs = Math.max(invisibleMs, fault.ms);
      else if (blow === undefined) blow = fault;
      else continue;
      by.push(at);
    }
    return { ...(blow && { blow }), slow, skewMs, invisibleMs, by };
  }

  #befalls(at: number, fault: ScenarioFault, target: OutageTarget, elapsedMs: number): boolean {
    const { integration = "*", operation = "*", step, calls, nth, times } = fault;
    if (!matches(integration, target.integration)) return false;
    if (!matches(operation, target.operation)) return false;
    if (step !== undefined && !matches(step, target.step ?? "")) return false;
    if (calls !== undefined && (calls === "writes") !== target.write) return false;
    if (elapsedMs < (fault.fromMs ?? 0)) return false;
    if (elapsedMs >= (fault.untilMs ?? Number.POSITIVE_INFINITY)) return false;
    const seen = this.#seen[at]! + 1;
    this.#seen[at] = seen;
    const first = nth ?? 1;
    const last = first + (times ?? (nth === undefined ? Number.POSITIVE_INFINITY : 1));
    if (seen < first || seen >= last) return false;
    return fault.probability === undefined || this.#random() < fault.probability;
  }
}
