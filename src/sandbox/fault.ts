import type { Json } from "../core/json.ts";
import type { Refused } from "../core/stand-in.ts";

/** What goes wrong with a request instead of, or around, what the service would answer. */
export type Fault =
  /** This status instead of the service's answer; the service sees nothing. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body?: Json | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    }
  /** The service turns it away, in its own words, without having looked at it. */
  | { readonly kind: "refusal"; readonly refused: Refused }
  /** The connection is reset: before the service saw the request, or after it acted on it. */
  | { readonly kind: "reset"; readonly when: "before" | "after" }
  /** Silence: before the first byte, or in the middle of the body. `applies`: the service has acted. */
  | {
      readonly kind: "stall";
      readonly when: "headers" | "body";
      readonly applies?: boolean | undefined;
    }
  /** The service acts; its reply is cut off in the middle. */
  | { readonly kind: "truncate" }
  /** The service acts; its reply arrives whole but is not JSON any more. */
  | { readonly kind: "garble" }
  /** A page of HTML with status 200, as captive portals send. `applies`: the service has acted. */
  | { readonly kind: "html"; readonly applies?: boolean | undefined }
  /** The request reaches the service this much later. Adds to whatever else befalls it. */
  | { readonly kind: "delay"; readonly ms: number };

/** Which requests are hit by a fault. */
export interface FaultRule {
  /** Left out: every service. */
  readonly service?: string | undefined;
  readonly match?:
    | {
        readonly method?: string | undefined;
        /** Regular expression on the path behind the service's prefix, without the query. */
        readonly path?: string | undefined;
        /** Counts matching requests from 1: the first one hit. */
        readonly nth?: number | undefined;
      }
    | undefined;
  readonly fault: Fault;
  /** How many requests in a row are hit. Without it: one when `nth` is given, else all. */
  readonly times?: number | undefined;
}

export interface FaultTarget {
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

export interface Struck {
  readonly delayMs: number;
  readonly fault?: Exclude<Fault, { kind: "delay" }>;
}

/** What befalls one single request. */
export interface Aimed {
  readonly fault?: Struck["fault"];
  /** The service's clock is wrong by so much, as its `Date` header shows. */
  readonly skewMs?: number | undefined;
  /** A read sees what was there so long ago. Needs a sandbox that keeps its history. */
  readonly lagMs?: number | undefined;
  /** Told when a request that stalls has got as far as it will. */
  readonly stalled?: () => void;
}

/** The faults in force. Each rule counts the requests it matched. */
export class Faults {
  readonly #aimed = new Map<string, Aimed>();

  #rules: { readonly rule: FaultRule; readonly path: RegExp; seen: number }[] = [];

  set(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => ({
      rule,
      path: new RegExp(rule.match?.path ?? ""),
      seen: 0,
    }));
  }

  /** Befalls the request with this `X-Request-ID`, once, in place of every rule. */
  aim(requestId: string, aimed: Aimed): void {
    this.#aimed.set(requestId, aimed);
  }

  aimed(requestId: string | undefined): Aimed | undefined {
    if (requestId === undefined) return undefined;
    const found = this.#aimed.get(requestId);
    this.#aimed.delete(requestId);
    return found;
  }

  get active(): readonly FaultRule[] {
    return this.#rules.map(({ rule }) => rule);
  }

  /** Delays add up; of the other faults the first one that matches decides. */
  strike(target: FaultTarget): Struck {
    let delayMs = 0;
    let fault: Struck["fault"];
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (rule.service !== undefined && rule.service !== target.service) continue;
      const method = rule.match?.method?.toUpperCase();
      if (method !== undefined && method !== target.method) continue;
      if (!entry.path.test(target.path)) continue;
      entry.seen += 1;
      const first = rule.match?.nth ?? 1;
      const times = rule.times ?? (rule.match?.nth === undefined ? Number.POSITIVE_INFINITY : 1);
      if (entry.seen < first || entry.seen >= first + times) continue;
      if (rule.fault.kind === "delay") delayMs += rule.fault.ms;
      else fault ??= rule.fault;
    }
    return fault === undefined ? { delayMs } : { delayMs, fault };
  }
}

/** Whether the service gets to see a request that this befalls. */
export function reaches(fault: Struck["fault"]): boolean {
  if (fault === undefined) return true;
  if (fault.kind === "status" || fault.kind === "refusal") return false;
  if (fault.kind === "reset") return fault.when === "after";
  if (fault.kind === "stall") return fault.applies ?? fault.when === "body";
  if (fault.kind === "html") return fault.applies ?? false;
  return true;
}
