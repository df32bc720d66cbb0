import { createHmac } from "node:crypto";
import { fail } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { memoryMemo } from "../core/memory-memo.ts";
import { Outages } from "../core/outages.ts";
import type { Clock, JournalStore, Memo } from "../core/ports.ts";
import { createRedactor } from "../core/redact.ts";
import type { JournalDeath, Scenario, ScenarioFault } from "../core/scenario.ts";
import { secretsIn } from "../core/secret-names.ts";
import { seeded } from "../core/seeded.ts";
import type { LoadedConfig } from "../core/settings.ts";
import type { Moment, WireMoment } from "../core/simulation.ts";
import type { SequenceDeps } from "../features/deps.ts";
import type { Universe } from "../features/simulate/universe.ts";
import type { GatewayCall } from "../gateway/call.ts";
import { systemClock } from "../platform/clock.ts";
import { standInsOf } from "../platform/config/own-providers.ts";
import { createTransport } from "../platform/http.ts";
import { memoryJournal } from "../platform/store/memory.ts";
import { VirtualTime } from "../platform/virtual-time.ts";
import { startSandbox } from "../sandbox/server.ts";
import { loadServices } from "../sandbox/services.ts";
import { maskedJournal } from "./masking.ts";
import { sandboxed } from "./project.ts";
import { openServices } from "./services.ts";
import { type Line, Network, type Wiretap } from "./simulation/network.ts";
import type { World } from "./world.ts";

/** A Monday morning: the same for every simulation. */
const beginning = Date.UTC(2026, 0, 5, 9);

/** What is really waited of any wait at most, in ms: nobody watches an hour of nothing. */
const longestMs = 3000;

export interface StageOptions {
  /** Really waits as long as the time that passes; of a long wait a few seconds. */
  readonly realTime?: boolean | undefined;
}

/** Stand-ins on a real port, on which one story after the other can be played. */
export interface Stage {
  readonly config: LoadedConfig;
  /** The project's own. */
  readonly scenarios: readonly Scenario[];
  /** A world that is as new; there is one at a time. */
  universe(seed: number): Universe;
  close(): Promise<void>;
}

/**
 * Loads the project's own sequence and starts stand-ins for its services. Nothing of the
 * project's memory is read or written.
 * @throws TestxError CONFIG_NOT_FOUND, CONFIG_INVALID, PROVIDER_NO_STAND_IN
 */
export async function openStage(world: World, options: StageOptions = {}): Promise<Stage> {
  const { loadConfig } = await import("../platform/config/load.ts");
  const given = await sandboxed(world.env);
  const config = await loadConfig({ ...world, env: given, sandbox: true });
  needStandIns(config);
  const { loadScenarios } = await import("../platform/config/scenarios.ts");
  const scenarios = await loadScenarios(world, config.sequence);
  let time = new VirtualTime({ start: beginning });
  const sandbox = await startSandbox({
    services: [...(await loadServices()), ...(await standInsOf(config.source))],
    now: () => time.now,
    history: true,
  });
  const address = new URL(sandbox.url).host;
  const transport = createTransport();
  const env = { ...given, ...sandbox.environment };
  const wait = options.realTime
    ? (ms: number) => systemClock.sleep(Math.min(ms, longestMs), world.stop)
    : undefined;

  const universe = (seed: number): Universe => {
    sandbox.reset();
    time = new VirtualTime({ start: beginning, wait });
    const own = time;
    const redactor = createRedactor(secretsIn(env));
    const moments: Moment[] = [];
    let act = 0;
    let weather: Line["outages"] = [];
    /** As it may be told: without secrets, and without the port, which is another one each time. */
    const plain = <T>(value: T): T =>
      redactor.json(
        JSON.parse(JSON.stringify(value).replaceAll(address, "sandbox")) as Json,
      ) as unknown as T;
    const tell = (moment: object): void => {
      moments.push(plain({ at: own.elapsed, act, ...moment }) as unknown as Moment);
    };
    // Of these only names of operations can hold anything of the kind: an address that is asked.
    const tellOfWire = ({ call, ...rest }: WireMoment): void => {
      const operation = call.operation.replaceAll(address, "sandbox");
      const about = { type: "wire" as const, ...rest, call: { ...call, operation } };
      moments.push({ at: own.elapsed, act, ...about });
    };
    const secrets = new Set(secretsIn(env));
    const network = new Network({
      time: own,
      transport,
      aim: sandbox.aim,
      random: seeded(seed, "network"),
      tap: wiretap(tellOfWire),
    });
    own.onRest = () => network.depart();
    const random = seeded(seed, "testx");
    let memory = newMemory(own);

    const deps = (
      line: Line,
      clock: Clock,
      command: string,
      dies: JournalDeath | undefined,
    ): SequenceDeps => {
      const open = openServices(
        "/nowhere",
        {
          ...{ cwd: world.cwd, sandbox: false, env, providers: config.source, redactor },
          stop: new AbortController().signal,
          notice: (text) => tell({ type: "notice", text }),
        },
        env,
        config,
        [],
        {
          ...{ clock, random, transport: network.fetch(line) },
          memo: memory.memo,
          lock: { acquire: () => ({ release() {} }) },
          digest: (secret) => createHmac("sha256", "simulation").update(secret).digest("hex"),
        },
      );
      const journal = mortal(maskedJournal(memory.journal, redactor), line, dies, (entry) =>
        tell({ type: "record", entry }),
      );
      return {
        ...{ ...open, journal, command, sequence: config.sequence },
        remember(secret) {
          secrets.add(secret);
          open.remember(secret);
        },
        emit: (event) => {
          if (line.alive()) tell({ type: "event", event });
        },
      };
    };

    return {
      sequence: config.sequence,
      plain,
      get journal() {
        return memory.journal;
      },
      moments,
      get elapsed() {
        return own.elapsed;
      },
      get act() {
        return act;
      },
      set act(value) {
        act = value;
      },
      weather(faults) {
        weather = [{ of: new Outages(faults, seeded(seed, "weather")), since: own.now }];
      },
      async process({ command, faults, dies }, work) {
        const { clock, stop } = own.clock();
        let alive = true;
        let die = (): void => {};
        const died = new Promise<"died">((resolve) => {
          die = () => {
            alive = false;
            stop();
            own.touch();
            resolve("died");
          };
        });
        const outages = outagesOf(faults, seed, act, own.now);
        const line: Line = { outages: [...outages, ...weather], alive: () => alive, die };
        try {
          return await own.drive(Promise.race([work(deps(line, clock, command, dies)), died]));
        } finally {
          alive = false;
          stop();
        }
      },
      pass: (ms) => own.pass(ms),
      underWay: () => network.underWay,
      rest: () => own.pass(own.last - own.now),
      accounts: () => JSON.parse(sandbox.state()) as JsonObject,
      get secrets() {
        return [...secrets];
      },
      forget() {
        memory = newMemory(own);
        own.begin();
      },
      async close() {
        network.close();
      },
    };
  };

  return {
    config,
    scenarios,
    universe,
    async close() {
      transport.close();
      await sandbox.close();
    },
  };
}

/** On the sandbox one may run on this machine; in time that is made up it cannot. */
function needStandIns({ providers, source }: LoadedConfig): void {
  for (const [id, { sandbox }] of providers) {
    if (sandbox !== undefined || !source.own().includes(id)) continue;
    const message = `The provider ${id} has no stand-in, and a simulation asks no service.`;
    fail("PROVIDER_NO_STAND_IN", message);
  }
}

function outagesOf(faults: readonly ScenarioFault[], seed: number, act: number, since: number) {
  return [{ of: new Outages(faults, seeded(seed, `act ${act}`)), since }];
}

/** What testx keeps between its processes. */
function newMemory(time: VirtualTime): { journal: JournalStore; memo: Memo } {
  return { journal: memoryJournal({ now: () => time.now }), memo: memoryMemo() };
}

/** A journal whose process can die at one of its records, and does not hear of it when it has. */
function mortal(
  journal: JournalStore,
  line: Line,
  dies: JournalDeath | undefined,
  told: (entry: unknown) => void,
): JournalStore {
  let seen = 0;
  return {
    ...journal,
    async append(run, bodies) {
      if (!line.alive()) return new Promise(() => {});
      const fits = bodies.some((body) => {
        if (body.type !== dies?.record) return false;
        const step = "step" in body ? body.step : "target" in body ? body.target.step : undefined;
        return dies.step === undefined || dies.step === step;
      });
      if (fits) seen += 1;
      const now = fits && seen === (dies?.nth ?? 1);
      if (now && dies?.when === "before") {
        line.die();
        return new Promise(() => {});
      }
      const entries = await journal.append(run, bodies);
      for (const entry of entries) told(entry);
      if (now) line.die();
      return line.alive() ? entries : new Promise(() => {});
    },
  };
}

/** Tells of calls without what is different in each run of the program. */
function wiretap(tell: (moment: WireMoment) => void): Wiretap {
  const known = new Map<GatewayCall, { id: number; attempt: number }>();
  return ({ what, call, detail }) => {
    const one = known.get(call) ?? { id: known.size + 1, attempt: 0 };
    known.set(call, one);
    if (what === "sent") one.attempt += 1;
    const { integration, operation, context } = call;
    tell({
      what,
      call: {
        ...{ ...one, integration, operation: operation.name, write: operation.write },
        idempotent: operation.idempotent,
        ...(context?.step === undefined ? {} : { step: context.step }),
        ...(context?.phase === undefined ? {} : { phase: context.phase }),
        deadline: call.deadline,
      },
      ...(detail ? { detail } : {}),
    });
  };
}
