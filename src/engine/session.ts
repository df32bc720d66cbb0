import { type Failure, failure, rootFailure, TestxError } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { AnyKind, AnyProvider, Call } from "../core/provider.ts";
import type { StepId } from "../core/step.ts";
import type { EngineDeps, Session, WorkContext } from "./deps.ts";
import { limited, Patience, refusals } from "./patience.ts";

/** How long a write under way may take to end after the user asked to stop, in ms. */
const graceMs = 1000;

export interface Target {
  readonly step: StepId;
  readonly operation?: string;
  readonly receipt?: JsonObject | undefined;
  /** A read that nobody can do without: it waits for a breaker too. */
  readonly patient?: boolean;
  /** See `Call`. */
  readonly compares?: true;
}

/**
 * The connected integrations of one run, and the reads they share: what one step has listed
 * serves the others until something is written through the same provider, or time has passed.
 */
export class Sessions {
  readonly #deps: EngineDeps;
  readonly #open = new Map<string, Promise<Session>>();
  /** By provider: several integrations may work on one account. */
  readonly #reads = new Map<string, Map<string, Promise<unknown>>>();
  readonly #hardStop: AbortSignal;
  readonly patience: Patience;

  constructor(deps: EngineDeps, patience: "none" | "enough" = "enough") {
    this.#deps = deps;
    this.patience = new Patience(deps, patience);
    this.#hardStop = hardStopOf(deps);
  }

  session(integration: string, provider: string, config: JsonObject): Promise<Session> {
    const key = JSON.stringify([integration, provider, config]);
    let opened = this.#open.get(key);
    if (!opened) {
      opened = this.#deps.connect(integration, provider, config);
      this.#open.set(key, opened);
    }
    return opened;
  }

  /** Runs provider code with its context; whatever it throws comes out as a TestxError. */
  async work<T>(
    session: Session,
    phase: WorkContext["phase"],
    target: Target,
    run: (call: Call) => Promise<T>,
  ): Promise<T> {
    const { integration, provider } = session;
    const writing = phase === "apply" || phase === "undo";
    const signal = writing ? this.#hardStop : this.#deps.stop;
    if (writing) this.forget(session);
    const call: Call = {
      signal,
      step: target.step,
      operation: target.operation ?? "",
      receipt: target.receipt,
      ...(target.compares && { compares: true }),
      shared: (key, load) => this.#shared(session, key, load),
      digest: this.#deps.digest,
    };
    const codes = target.patient ? refusals : limited;
    let fresh = target.patient === true;
    try {
      for (;;) {
        try {
          return await this.#deps.within(
            { integration, phase, signal, ...(target.step ? { step: target.step } : {}) },
            () => run(call),
          );
        } catch (error) {
          const known = asTestxError(error, provider, integration);
          if (phase !== "read") throw known;
          // A failure may be the one that opens the breaker: asked once more, that says so.
          const again: boolean = fresh && mayOpen(known.failure);
          fresh = !again && (await this.patience.waited(target.step, known.failure, codes));
          if (!again && !fresh) throw known;
        }
      }
    } finally {
      if (writing) this.forget(session);
    }
  }

  /** After a wait, so that the next look sees what has happened meanwhile. */
  forget({ provider }: Session): void {
    this.#reads.delete(provider.id);
  }

  /**
   * Reads a thing that testx knows to be there since `since` (ms since the epoch): a service
   * may need a moment to show it, so "absent", and what `believable` doubts, is believed only when
   * that moment is over.
   */
  async readKnown<T>(
    session: Session,
    since: number | undefined,
    target: Target,
    read: (call: Call) => Promise<T | undefined>,
    believable: (seen: T) => boolean = () => true,
  ): Promise<T | undefined> {
    const settleMs = this.#deps.settleMs(session.integration, session.provider);
    const young = (): number =>
      since === undefined ? 0 : settleMs - Math.max(0, this.#deps.clock.now() - since);
    const tooEarly = young() > 0;
    const seen = await this.work(session, "read", target, read);
    if (!tooEarly || (seen !== undefined && believable(seen))) return seen;
    const waitMs = young();
    if (waitMs > 0) {
      this.#deps.emit({ type: "step.probing", step: target.step, waitMs, known: true });
      await this.#deps.clock.sleep(waitMs, this.#deps.stop);
    }
    this.forget(session);
    return this.work(session, "read", target, read);
  }

  #shared<T>(session: Session, what: string, load: () => Promise<T>): Promise<T> {
    const { provider, identity } = session;
    const key = `${identity} ${what}`;
    let reads = this.#reads.get(provider.id);
    if (!reads) {
      reads = new Map();
      this.#reads.set(provider.id, reads);
    }
    const known = reads.get(key);
    if (known) return known as Promise<T>;
    const loading = load();
    reads.set(key, loading);
    // A failed list must not be remembered: the next step asks again.
    loading.catch(() => {
      if (reads.get(key) === loading) reads.delete(key);
    });
    return loading;
  }
}

const hardStops = new WeakMap<AbortSignal, AbortSignal>();

/**
 * Aborts a moment after `stop`. One for each: a process that watches makes sessions for as long
 * as it runs, and its stop signal would keep them all.
 */
function hardStopOf({ stop, clock }: Pick<EngineDeps, "stop" | "clock">): AbortSignal {
  const known = hardStops.get(stop);
  if (known) return known;
  const hard = new AbortController();
  const end = (): void => void clock.sleep(graceMs).then(() => hard.abort(stop.reason));
  if (stop.aborted) end();
  else stop.addEventListener("abort", end, { once: true });
  hardStops.set(stop, hard.signal);
  return hard.signal;
}

/** Whether what is there is testx's own; where its kind cannot tell, it is not taken for that. */
export async function isOurs(
  sessions: Sessions,
  session: Session,
  { ours }: AnyKind,
  about: Target,
  now: JsonObject,
): Promise<boolean> {
  if (ours === undefined) return false;
  return sessions.work(session, "read", about, (call) => ours(session.client, now, call));
}

/** By its full name; `undefined` where this version of the provider has none such. */
export function kindNamed(provider: AnyProvider, kind: string): AnyKind | undefined {
  const name = kind.slice(kind.indexOf(".") + 1);
  return Object.hasOwn(provider.kinds, name) ? provider.kinds[name] : undefined;
}

export function kindOf(provider: AnyProvider, kind: string): AnyKind {
  const found = kindNamed(provider, kind);
  if (!found) {
    throw new TestxError(
      failure("KIND_UNKNOWN", `This version of testx knows no resource kind ${kind}.`),
    );
  }
  return found;
}

/** What took all of a call's time is not asked again at once. */
function mayOpen({ transient, code }: Failure): boolean {
  return transient && !refusals.includes(code) && code !== "GATEWAY_TIMEOUT";
}

function asTestxError(error: unknown, provider: AnyProvider, integration: string): TestxError {
  const known: Failure = rootFailure(error) ?? provider.classify(error);
  const named = { ...known, integration: known.integration ?? integration };
  return new TestxError(named, { cause: error });
}
