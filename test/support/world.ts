import * as z from "zod";
import type { Emit, RunEvent } from "../../src/core/events.ts";
import { failure, TestxError } from "../../src/core/failure.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { memoryMemo } from "../../src/core/memory-memo.ts";
import type { Clock, JournalStore } from "../../src/core/ports.ts";
import type { Call, Provider, ResourceKind } from "../../src/core/provider.ts";
import type { Fallback, Integration, Sequence } from "../../src/core/sequence.ts";
import type { SequenceDeps } from "../../src/features/deps.ts";
import { memoryJournal } from "../../src/platform/store/memory.ts";

/** What happens to one call to the service. */
export type Fate =
  | "ok"
  /** Refused for good: nothing happened. */
  | "refused"
  /** The connection was lost before the service did anything. */
  | "lost"
  /** The service did it, and the reply was lost. */
  | "reply-lost"
  /** The reply was lost, and the service does it a while later. */
  | "zombie"
  /** As zombie, but later than any wait; only creates and deletes come that late. */
  | "late-zombie"
  /** Refused for good: somebody else has just made the thing. Otherwise "refused". */
  | "taken"
  /** testx dies before the call leaves. */
  | "die-before"
  /** testx dies when the service has done it. */
  | "die-after"
  /** testx dies while the call is on its way, and the service does it a while later. */
  | "die-zombie";

export interface Thing {
  readonly id: number;
  readonly name: string;
  value: string;
  by: "testx" | "somebody";
  readonly visibleAt: number;
}

/** How long a zombie write takes, and how long a new thing may stay invisible, in ms. */
export const zombieMs = 500;
export const lateZombieMs = 1700;
export const visibleMs = 400;
export const settleMs = 1000;

/** A service held in memory whose creates make duplicates, like the real ones. */
export class World {
  things: Thing[] = [];
  now = 1_700_000_000_000;
  /** Outlives the processes, as the journal does. */
  memo = memoryMemo();
  readonly writes: string[] = [];
  readonly events: RunEvent[] = [];
  journal: JournalStore;
  #random: number;
  #generation = 0;
  #later: { at: number; act: () => void }[] = [];
  #tell: Emit = () => {};
  #dead: (() => void) | undefined;
  /** Decides each write's fate, in order; "ok" when it gives nothing. */
  fate: (write: string) => Fate | undefined = () => undefined;
  /** Dies at the journal's nth append (counted from 1), before or after it is durable. */
  dieAtAppend: { nth: number; when: "before" | "after" } | undefined;
  #appends = 0;
  #things = 0;
  /** Ctrl-C at the nth moment (counted from 1): whenever testx reads, writes, waits or records. */
  stopAt: number | undefined;
  #moments = 0;
  #stop = new AbortController();
  /** The share of new things that become visible only a while later. */
  lateness = 0.5;
  /** The last receipt that each step's look was given. */
  readonly receiptsGiven = new Map<string, JsonObject | undefined>();
  /** The things whose kind was told that they are going to be written. */
  readonly warmedUp: unknown[] = [];
  /** Integrations whose service does not answer. */
  readonly down = new Set<string>();

  constructor(seed = 1) {
    this.#random = seed;
    this.journal = memoryJournal({ now: () => this.now });
  }

  random = (): number => {
    this.#random = (Math.imul(this.#random, 1_103_515_245) + 12_345) & 0x7fffffff;
    return this.#random / 0x80000000;
  };

  /** What a person sees, when everything under way has come to rest. */
  rest(): { name: string; value: string }[] {
    this.pass(10_000_000);
    return this.things
      .map(({ name, value }) => ({ name, value }))
      .sort((a, b) => (a.name + a.value < b.name + b.value ? -1 : 1));
  }

  /** Somebody else has it, or makes it now. */
  found(name: string, value = "theirs"): void {
    this.make({ name, value, by: "somebody", visibleAt: 0 });
  }

  make(thing: Omit<Thing, "id">): Thing {
    const made = { ...thing, id: ++this.#things };
    this.things.push(made);
    return made;
  }

  pass(ms: number): void {
    const until = this.now + ms;
    const due = this.#later.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
    this.#later = this.#later.filter(({ at }) => at > until);
    for (const { at, act } of due) {
      this.now = at;
      act();
    }
    this.now = until;
  }

  /** Runs one testx process; "died" when it was killed on the way. */
  async process<T>(
    work: (deps: (sequence: Sequence) => SequenceDeps) => Promise<T>,
  ): Promise<T | "died"> {
    const generation = ++this.#generation;
    this.#appends = 0;
    this.#moments = 0;
    this.#stop = new AbortController();
    const died = new Promise<"died">((resolve) => {
      this.#dead = () => {
        this.#generation++;
        resolve("died");
      };
    });
    return Promise.race([work((sequence) => this.#deps(sequence, generation)), died]);
  }

  die(): Promise<never> {
    this.#dead?.();
    return new Promise(() => {});
  }

  #alive<T>(generation: number, work: () => T | Promise<T>): Promise<T> {
    if (generation !== this.#generation) return new Promise(() => {});
    return Promise.resolve().then(work);
  }

  moment(): void {
    if (++this.#moments !== this.stopAt) return;
    this.#stop.abort(new TestxError(failure("RUN_INTERRUPTED", "Stopped.")));
  }

  #deps(sequence: Sequence, generation: number): SequenceDeps {
    const clock: Clock = {
      now: () => this.now,
      monotonic: () => this.now,
      sleep: (ms, signal) =>
        this.#alive(generation, () => {
          if (signal) this.moment();
          signal?.throwIfAborted();
          this.pass(ms);
        }),
    };
    const journal: JournalStore = {
      ...this.journal,
      append: (run, bodies) =>
        this.#alive(generation, async () => {
          this.moment();
          const at = ++this.#appends === this.dieAtAppend?.nth ? this.dieAtAppend.when : undefined;
          if (at === "before") return this.die();
          const entries = await this.journal.append(run, bodies);
          return at === "after" ? this.die() : entries;
        }),
    };
    const provider = memoryProvider(this, generation);
    return {
      sequence,
      journal,
      clock,
      memo: this.memo,
      random: this.random,
      emit: (event) => this.events.push(event),
      command: "test",
      lock: { acquire: () => ({ release() {} }) },
      env: () => undefined,
      provider: async () => provider,
      connector: (tell) => {
        this.#tell = tell;
        return {
          connect: async (integration, _, config) => ({
            ...{ integration, provider, client: { world: this, integration } },
            ...{ config, identity: "test" },
          }),
          secretProblems: async () => [],
          probe: async () => ({ status: "healthy" as const }),
        };
      },
      remember: () => {},
      within: (_, run) => run(),
      sha256: (text) => `sha256(${text})`,
      digest: (secret) => `digest(${secret.length})`,
      settleMs: () => settleMs,
      stop: this.#stop.signal,
    };
  }

  visible(name: string): Thing | undefined {
    return this.things.find((thing) => thing.name === name && thing.visibleAt <= this.now);
  }

  /** A write passes through its fate. */
  async write(generation: number, step: string, what: string, act: () => void): Promise<void> {
    await this.#alive(generation, () => this.moment());
    const fate = this.fate(what) ?? "ok";
    this.writes.push(`${what}: ${fate}`);
    this.pass(10);
    const late = fate === "late-zombie" && /^(create|delete) /.test(what);
    const refused = fate === "refused" || fate === "taken";
    const outcome = fate === "ok" ? "applied" : refused ? "not-applied" : "unknown";
    const call = { integration: "memory", operation: what, attempt: 1, requestId: "" } as const;
    this.#tell({ type: "call.finished", ...call, step, write: true, outcome, durationMs: 10 });
    switch (fate) {
      case "ok":
        return act();
      case "taken":
      case "refused":
        if (fate === "taken" && what.startsWith("create ")) {
          const name = what.slice("create ".length);
          const theirs = this.things.some((one) => one.name === name && one.by === "somebody");
          if (!theirs) this.found(name);
        }
        throw new TestxError(failure("TEST_REFUSED", `${what} was refused.`));
      case "lost":
        throw new TestxError(failure("TEST_LOST", `${what} was cut off.`, { outcome: "unknown" }));
      case "reply-lost":
        act();
        throw new TestxError(failure("TEST_LOST", `${what} was cut off.`, { outcome: "unknown" }));
      case "zombie":
      case "late-zombie":
        this.#later.push({ at: this.now + (late ? lateZombieMs : zombieMs), act });
        throw new TestxError(failure("TEST_LOST", `${what} was cut off.`, { outcome: "unknown" }));
      case "die-before":
        return this.die();
      case "die-after":
        act();
        return this.die();
      case "die-zombie":
        this.#later.push({ at: this.now + zombieMs, act });
        return this.die();
      default:
        return fate satisfies never;
    }
  }
}

type ThingState = { id: number; name: string; value: string };

function stateOf({ id, name, value }: Thing): ThingState {
  return { id, name, value };
}

interface ThingInput {
  readonly name: string;
  readonly value: string;
}

interface Client {
  readonly world: World;
  readonly integration: string;
}

function memoryProvider(world: World, generation: number): Provider<JsonObject, Client> {
  const answers = ({ integration }: Client, call: Call): void => {
    world.moment();
    call.signal.throwIfAborted();
    if (!world.down.has(integration)) return;
    throw new TestxError(failure("TEST_DOWN", `${integration} is down.`, { transient: true }));
  };
  // One list serves all that look at the same time, as with the real services.
  const read = async (client: Client, input: { name: string }, call: Call) => {
    answers(client, call);
    world.receiptsGiven.set(call.step, call.receipt);
    const all = await call.shared("things", async () => {
      await Promise.resolve();
      return world.things
        .filter(({ visibleAt }) => visibleAt <= world.now)
        .map((one) => ({ ...one }));
    });
    const named = all.filter(({ name }) => name === input.name);
    const thing = named.find(({ id }) => id === call.receipt?.id) ?? named[0];
    return thing && stateOf(thing);
  };
  const thing: ResourceKind<ThingInput, ThingState, Client> = {
    kind: "memory.thing",
    input: z.strictObject({ name: z.string(), value: z.string() }),
    identity: ["name"],
    title: ({ name }) => `thing ${name}`,
    key: ({ name }) => name,
    read,
    changes: (input, now) =>
      input.value === now.value ? [] : [{ field: "value", from: now.value, to: input.value }],
    warmUp: ({ name }) => void world.warmedUp.push(name),
    async apply(client, input, now, call) {
      answers(client, call);
      let id = now?.id;
      if (!now) {
        await world.write(generation, call.step, `create ${input.name}`, () => {
          const late = world.random() < world.lateness;
          const visibleAt = world.now + (late ? visibleMs : 0);
          // Created with half of what is asked, so that a second write must follow.
          ({ id } = world.make({ name: input.name, value: "", by: "testx", visibleAt }));
        });
      }
      if (now?.value !== input.value) {
        await world.write(generation, call.step, `set ${input.name}`, () => {
          const found = world.things.find((one) => one.id === id);
          if (found) found.value = input.value;
        });
      }
      return { id: id!, name: input.name, value: input.value };
    },
    ours: async (_, now) => world.things.find(({ id }) => id === now.id)?.by === "testx",
    async duplicates(client, input, now, call) {
      answers(client, call);
      return world.things
        .filter(({ name, by }) => name === input.name && by === "testx")
        .filter(({ id, visibleAt }) => id !== now.id && visibleAt <= world.now)
        .map(stateOf);
    },
    async undo(client, target, now, call) {
      answers(client, call);
      if (target === undefined) {
        await world.write(generation, call.step, `delete ${now.name}`, () => {
          const at = world.things.findIndex(({ id }) => id === now.id);
          if (at >= 0) world.things.splice(at, 1);
        });
      } else {
        await world.write(generation, call.step, `restore ${now.name}`, () => {
          const found = world.things.find(({ id }) => id === now.id);
          if (found) found.value = target.value;
        });
      }
      return [];
    },
  };
  const { ours: _, duplicates: __, ...unmarked } = thing;
  return {
    id: "memory",
    title: "Memory",
    config: z.strictObject({}),
    secrets: [],
    timeouts: { connectMs: 1000, totalMs: 1000 },
    concurrency: { reads: 10, writes: 10 },
    wire: { describe: ({ method }) => ({ name: method, write: true, idempotent: false }) },
    kinds: { thing, unmarked: { ...unmarked, kind: "memory.unmarked" } },
    connect: async () => ({ world, integration: "memory" }),
    health: async ({ integration }) => ({
      status: world.down.has(integration) ? "down" : "healthy",
    }),
    classify: (error) => {
      throw error;
    },
  };
}

/** `a`, `b` after `a`: a sequence of things from a list of `[name, value, after…]`. */
export function things(...rows: readonly (readonly [string, string, ...string[]])[]): Sequence {
  const steps = rows.map(([name, value, ...after]) => ({ name, value, after }));
  return sequenceOf({ memory: {} }, steps);
}

export interface Row {
  readonly name: string;
  readonly value: string;
  /** Left out: `memory`. */
  readonly integration?: string;
  /** Left out: `thing`; or `unmarked`, of which nobody can tell who made it. */
  readonly kind?: string;
  /** Left out: its name. */
  readonly step?: string;
  /** Names, or `integration.name` where it is another integration's. */
  readonly after?: readonly string[];
}

export function sequenceOf(
  integrations: Readonly<Record<string, { fallback?: Fallback; required?: boolean }>>,
  rows: readonly Row[],
): Sequence {
  return {
    file: "test",
    integrations: Object.entries(integrations).map(
      ([id, { fallback = "fail", required = true }]): Integration => ({
        id,
        provider: "memory",
        dependsOn: [],
        required,
        with: {},
        settings: {
          fallback,
          health: { intervalMs: 0, expectedStatus: 200 },
          retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
          timeouts: { connectMs: 1000, totalMs: 1000, settleMs },
        },
      }),
    ),
    steps: rows.map(
      ({ name, value, integration = "memory", kind = "thing", step = name, after = [] }) => ({
        id: `${integration}.${step}`,
        integration,
        kind: `memory.${kind}`,
        with: { name, value },
        after: after.map((other) => (other.includes(".") ? other : `${integration}.${other}`)),
      }),
    ),
  };
}
