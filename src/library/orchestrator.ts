import { reportOf } from "../core/doctor-report.ts";
import type { RunEvent, RunFinished } from "../core/events.ts";
import { fail } from "../core/failure.ts";
import { noCounts, type RunId } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { CallsOf } from "../core/metrics.ts";
import { createRedactor } from "../core/redact.ts";
import { secretsIn } from "../core/secret-names.ts";
import { deferredItems } from "../features/deferred.ts";
import { drift } from "../features/drift.ts";
import { health } from "../features/health.ts";
import { history, runHistory } from "../features/history.ts";
import { metrics } from "../features/metrics.ts";
import { plan } from "../features/plan.ts";
import { allRollbackPoints, rollback } from "../features/rollback.ts";
import { setup } from "../features/setup.ts";
import { outputs, status } from "../features/status.ts";
import { sync } from "../features/sync.ts";
import { openProject, type Project, type Wanted } from "../wiring/project.ts";
import { providersWith } from "../wiring/providers.ts";
import { here, type World } from "../wiring/world.ts";
import { guarded, masked, stopWith } from "./boundary.ts";
import type { Orchestrator } from "./contract.ts";
import { checkingCalls, checkOptions } from "./given.ts";
import type { OrchestratorOptions } from "./options.ts";

const nothingDone: RunFinished = {
  type: "run.finished",
  outcome: "succeeded",
  counts: noCounts,
  residue: [],
  receipts: {},
  durationMs: 0,
  calls: {},
};

function offlineIf(asked: boolean | undefined): { offline?: true } {
  return asked ? { offline: true } : {};
}

/** By run; nothing where it cannot be read: the rest of the history does not need it. */
async function callsOf(project: Project): Promise<ReadonlyMap<RunId, CallsOf>> {
  try {
    return (await project.metrics()).runs();
  } catch {
    return new Map();
  }
}

/**
 * Makes an orchestrator: testx for one project. Nothing is read or opened before its first call,
 * nothing stays open between calls, and several may be used side by side.
 *
 * ```ts
 * const testx = createOrchestrator({ cwd: "/srv/team", sandbox: true });
 * const { outcome, failure } = await testx.setup();
 * ```
 * @throws TestxError LIBRARY_BAD_OPTION
 */
export function createOrchestrator(options: OrchestratorOptions = {}): Orchestrator {
  checkOptions(options);
  const { env = here.env, onNotice = () => {}, config, state, sandbox = false } = options;
  const place = { cwd: here.folder(options.cwd), config, state, sandbox };
  const providers = providersWith(options.providers, place.cwd);

  /** In a world of its own; what comes out of it is masked. */
  const apart = async <T>(
    signal: AbortSignal | undefined,
    work: (world: World) => Promise<T>,
  ): Promise<T> => {
    if (!here.hasFolder(place.cwd)) {
      fail("LIBRARY_BAD_OPTION", `There is no folder ${place.cwd}, which is given as \`cwd\`.`);
    }
    const redactor = createRedactor(secretsIn(env));
    const notice = guarded((text: string) => onNotice(redactor.text(text)));
    const stop = stopWith(signal);
    try {
      const world = { ...place, env, providers, redactor, stop: stop.signal, notice };
      return redactor.json((await work(world)) as Json) as T;
    } catch (error) {
      throw masked(error, redactor);
    } finally {
      stop.end();
    }
  };
  const open = <T>(
    wanted: Wanted,
    signal: AbortSignal | undefined,
    work: (project: Project, emit: (event: RunEvent) => void) => Promise<T>,
  ): Promise<T> =>
    apart(signal, async (world) => {
      const emit = (event: RunEvent): void => {
        const shown = world.redactor.json(event as unknown as Json);
        options.onEvent?.(shown as unknown as RunEvent);
      };
      const project = await openProject(wanted, world);
      try {
        return await work(project, guarded(emit));
      } finally {
        await project.close();
      }
    });
  const name = (command: string): string => `${command} by a program with testx in it`;

  return checkingCalls({
    setup: ({ signal, waitMs, plan: saved, offline } = {}) =>
      open("everything", signal, async (project, emit) =>
        project.config().switches.enabled
          ? setup(
              { ...project.sequenceDeps(name("setup"), emit), ...offlineIf(offline) },
              { waitMs, plan: saved },
            )
          : nothingDone,
      ),
    plan: ({ signal, calls, save, offline } = {}) =>
      open("everything", signal, (project, emit) =>
        plan(
          { ...project.sequenceDeps(name("plan"), emit), ...offlineIf(offline) },
          { calls, save },
        ),
      ),
    sync: ({ signal, waitMs, adopt } = {}) =>
      open("everything", signal, (project, emit) =>
        sync(project.sequenceDeps(name("sync"), emit), {
          waitMs,
          adopt: adopt === undefined || adopt === "all" ? adopt : new Set(adopt),
        }),
      ),
    deferred: () => open("journal", undefined, async ({ journal }) => deferredItems(journal)),
    rollback: ({ signal, waitMs, run, to } = {}) =>
      open("services", signal, (project, emit) =>
        rollback(project.deps(name("rollback"), emit), { waitMs, run, to }),
      ),
    rollbackPoints: () =>
      open("journal", undefined, async ({ journal }) => allRollbackPoints(journal)),
    status: () => open("journal", undefined, async ({ journal }) => status(journal)),
    outputs: () => open("journal", undefined, async ({ journal }) => outputs(journal)),
    health: ({ signal, integrations = [], fresh = false } = {}) =>
      open("everything", signal, (project, emit) =>
        health(project.sequenceDeps(name("health"), emit), { names: integrations, fresh }),
      ),
    drift: ({ signal } = {}) =>
      open("recorded", signal, (project, emit) =>
        drift({ ...project.deps(name("drift"), emit), sequence: project.sequence() }),
      ),
    doctor: ({ signal, integrations = [] } = {}) =>
      apart(signal, async (world) => {
        const { doctor } = await import("../features/doctor/doctor.ts");
        const { openDoctor } = await import("../wiring/doctor.ts");
        const opened = await openDoctor(world, "a program");
        try {
          return reportOf(await doctor(opened.deps, { integrations }));
        } finally {
          await opened.close();
        }
      }),
    simulate: ({ signal, names = [], filter, seed = 1, bail = false } = {}) =>
      apart(signal, async (world) => {
        const { openStage } = await import("../wiring/simulation.ts");
        const { Simulator } = await import("../features/simulate/simulate.ts");
        const { exitCodeOfEnd } = await import("../features/simulate/exit-code.ts");
        const stage = await openStage(world);
        try {
          const { config, scenarios: own, universe } = stage;
          const deps = { sequence: config.sequence, own, universe, exitCodeOf: exitCodeOfEnd };
          const simulator = new Simulator(deps);
          const chosen = await simulator.scenarios({ names, filter });
          const playing = { players: [simulator], now: () => performance.now(), stop: world.stop };
          return await simulator.run(chosen, { bail, seed }, playing, () => {});
        } finally {
          await stage.close();
        }
      }),
    history: ({ limit = Number.POSITIVE_INFINITY } = {}) =>
      open("journal", undefined, async (project) =>
        history(project.journal, await callsOf(project), limit),
      ),
    timeline: (run) =>
      open("journal", undefined, async (project) =>
        runHistory(project.journal, await callsOf(project), run),
      ),
    metrics: ({ integrations = [], sinceMs = 24 * 3_600_000 } = {}) =>
      open("journal", undefined, async (project) => {
        const to = Date.now();
        return metrics(await project.metrics(), { names: integrations, from: to - sinceMs, to });
      }),
  });
}
