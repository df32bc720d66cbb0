import { canonical, type Json, type JsonObject } from "../core/json.ts";
import type { AnyService, SandboxReply, SandboxRequest } from "../core/stand-in.ts";
import { type LogEntry, RequestLog } from "./log.ts";
import { seededStates } from "./seed.ts";
import type { SandboxStore } from "./store.ts";

export interface AccountsOptions {
  readonly services: readonly AnyService[];
  readonly store: SandboxStore | undefined;
  /** Another seed than the one they began with begins the accounts anew. */
  readonly seed: JsonObject | undefined;
  readonly now: () => number;
  readonly logLimit: number;
  /** Whether reads can be asked to lag behind. */
  readonly history: boolean;
}

/** The made-up accounts of all services, their request log, and how both are kept. */
export class Accounts {
  readonly #services: readonly AnyService[];
  readonly #store: SandboxStore | undefined;
  readonly #now: () => number;
  #states: Record<string, JsonObject>;
  #counter: number;
  readonly #seed: JsonObject;
  readonly log: RequestLog;

  /** Services that writes may have changed since they were saved. */
  readonly #touched = new Set<string>();
  /** By service, oldest first: what was there until each write. */
  readonly #history = new Map<string, { until: number; state: string }[]>();
  readonly #keepsHistory: boolean;
  #saved = new Map<string, string>();
  #savedCounter = -1;
  #unsavedLog: LogEntry[] = [];
  #saving: Promise<void> | undefined;

  /** @throws TestxError SANDBOX_SEED_INVALID, SANDBOX_STATE_UNREADABLE, SANDBOX_STATE_UNWRITABLE */
  constructor(options: AccountsOptions) {
    this.#services = options.services;
    this.#store = options.store;
    this.#now = options.now;
    this.#keepsHistory = options.history;
    const stored = options.store?.load();
    const seed = options.seed ?? stored?.seed ?? {};
    const fresh = seededStates(options.services, seed);
    this.#seed = seed;
    this.log = new RequestLog(options.logLimit, stored?.log);
    if (stored !== undefined && canonical(stored.seed) === canonical(seed)) {
      // Parts that a service has gained since the state was stored begin as they would anew.
      this.#states = Object.fromEntries(
        Object.entries(fresh).map(([id, state]) => [id, { ...state, ...stored.states[id] }]),
      );
      this.#counter = stored.counter;
    } else {
      this.#states = fresh;
      this.#counter = 0;
      this.#store?.save({ ...this.#everything(), seed: JSON.stringify(seed), log: [] });
    }
    for (const { id } of options.services) this.#saved.set(id, JSON.stringify(this.#states[id]));
    this.#savedCounter = this.#counter;
  }

  /**
   * Runs to its end at once; `saved` tells when its effect is stored. A read that lags behind
   * sees what was there `lagMs` ago, and leaves no trace.
   */
  serve(service: AnyService, request: SandboxRequest, url: string, lagMs = 0): SandboxReply {
    const { id } = service;
    const write = service.isWrite(request);
    if (write) {
      this.#touched.add(id);
      this.#keep(id);
    }
    const state = write || lagMs === 0 ? this.#states[id] : this.#past(id, lagMs);
    return service.handle(request, state, {
      now: this.#now,
      next: () => {
        this.#touched.add(id);
        this.#counter += 1;
        return this.#counter;
      },
      url,
    });
  }

  #keep(id: string): void {
    if (!this.#keepsHistory) return;
    const history = this.#history.get(id) ?? [];
    history.push({ until: this.#now(), state: JSON.stringify(this.#states[id]) });
    this.#history.set(id, history);
  }

  #past(id: string, lagMs: number): JsonObject | undefined {
    const at = this.#now() - lagMs;
    const past = this.#history.get(id)?.find(({ until }) => until > at);
    return past === undefined ? this.#states[id] : (JSON.parse(past.state) as JsonObject);
  }

  record(entry: LogEntry): void {
    this.log.add(entry);
    if (this.#store !== undefined) this.#unsavedLog.push(entry);
  }

  /**
   * Resolves when every write done so far is stored. Requests of one turn of the event loop are
   * stored together. @throws TestxError SANDBOX_STATE_UNWRITABLE
   */
  async saved(): Promise<void> {
    if (this.#store === undefined) return;
    this.#saving ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#saving = undefined;
        try {
          this.save();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    // Nobody waits for the log of a read; what cannot be stored fails with the next write.
    if (this.#touched.size === 0) this.#saving.catch(() => {});
    else await this.#saving;
  }

  /** What reads have changed (counters of calls) is stored at the end only. */
  saveAll(): void {
    for (const { id } of this.#services) this.#touched.add(id);
    this.save();
  }

  /** Stores everything or, when it throws, forgets it. @throws TestxError SANDBOX_STATE_UNWRITABLE */
  save(): void {
    const store = this.#store;
    if (store === undefined) return;
    const states = new Map<string, string>();
    for (const id of this.#touched) {
      const text = JSON.stringify(this.#states[id]);
      if (text !== this.#saved.get(id)) states.set(id, text);
    }
    const counter = this.#counter;
    try {
      if (states.size > 0 || counter !== this.#savedCounter || this.#unsavedLog.length > 0) {
        store.save({ states, counter, log: this.#unsavedLog });
      }
    } catch (error) {
      this.#forget();
      throw error;
    }
    for (const [id, text] of states) this.#saved.set(id, text);
    this.#savedCounter = counter;
    this.#touched.clear();
    this.#unsavedLog = [];
  }

  /** Back to what is stored: nobody may see what the next process would not know of. */
  #forget(): void {
    for (const id of this.#touched) {
      const text = this.#saved.get(id);
      if (text !== undefined) this.#states[id] = JSON.parse(text) as JsonObject;
    }
    this.#counter = this.#savedCounter;
    this.#touched.clear();
  }

  /** Back to the beginning, or to another seed this once. Empties the log, too. */
  reset(seed: JsonObject = this.#seed): void {
    const fresh = seededStates(this.#services, seed);
    this.#states = fresh;
    this.#counter = 0;
    this.#history.clear();
    this.log.clear();
    this.#unsavedLog = [];
    const all = this.#everything();
    this.#store?.save({ ...all, log: [], clearLog: true });
    this.#saved = new Map(all.states);
    this.#savedCounter = 0;
    this.#touched.clear();
  }

  clearLog(): void {
    this.log.clear();
    this.#unsavedLog = [];
    this.#store?.save({ states: new Map(), counter: this.#counter, log: [], clearLog: true });
    this.#savedCounter = this.#counter;
  }

  /** JSON text with sorted keys; equal accounts give equal bytes. */
  canonical(): string {
    const parts = this.#services.map((service): [string, Json] => [
      service.id,
      service.canonical(this.#states[service.id]),
    ]);
    return canonical(Object.fromEntries(parts));
  }

  /** The states as they are, ids and trash included; a copy. */
  full(): Record<string, JsonObject> {
    return structuredClone(this.#states);
  }

  #everything(): { states: Map<string, string>; counter: number } {
    const texts = this.#services.map(({ id }): [string, string] => [
      id,
      JSON.stringify(this.#states[id]),
    ]);
    return { states: new Map(texts), counter: this.#counter };
  }
}
