import type { JsonObject } from "../core/json.ts";
import type { ValidBefore } from "../core/schema.ts";
import type { LoadedConfig } from "../core/settings.ts";
import type { AnyService } from "../core/stand-in.ts";
import * as config from "../wiring/config.ts";
import type { OpenDoctor } from "../wiring/doctor.ts";
import type { Log, LogOptions } from "../wiring/log.ts";
import * as own from "../wiring/own-providers.ts";
import * as place from "../wiring/place.ts";
import * as project from "../wiring/project.ts";
import { providersWith } from "../wiring/providers.ts";
import type { Crew } from "../wiring/simulation/crew.ts";
import type { Stage, StageOptions } from "../wiring/simulation.ts";
import { openValid } from "../wiring/valid.ts";
import type { Place, World } from "../wiring/world.ts";
import type { Context } from "./context.ts";
import type { Io } from "./io.ts";
import type { SchemaFile } from "./options.ts";

const providers = providersWith();

const validBefore = new WeakMap<Io, ValidBefore>();

function validFor(io: Io): ValidBefore {
  const known = validBefore.get(io) ?? openValid(io.cache);
  validBefore.set(io, known);
  return known;
}

/** What the wiring is told of the command line. */
function worldOf({ global, io, redactor, interruption, notice, log }: Context): World {
  return {
    ...placeOf({ global, io }),
    ...{ env: io.env, providers, redactor, stop: interruption.signal, notice, valid: validFor(io) },
    ...(log && { watch: log.event }),
  };
}

function placeOf({ global, io }: Pick<Context, "global" | "io">): Place {
  const { config, state, sandbox } = global;
  return { cwd: io.cwd, config, state, sandbox };
}

export function openProject(wanted: project.Wanted, context: Context): Promise<project.Project> {
  return project.openProject(wanted, worldOf(context));
}

export async function openDoctor(context: Context, terminal: string): Promise<OpenDoctor> {
  return (await import("../wiring/doctor.ts")).openDoctor(worldOf(context), terminal);
}

/** Loaded where outages are simulated. */
export async function openStage(context: Context, options: StageOptions): Promise<Stage> {
  return (await import("../wiring/simulation.ts")).openStage(worldOf(context), options);
}

/** So many players in threads of their own; how many threads there are room for. */
export async function openCrew(context: Context, many: (cores: number) => number): Promise<Crew> {
  const crew = await import("../wiring/simulation/crew.ts");
  const own = import.meta.url;
  const file = new URL(own.endsWith(".ts") ? "player-thread.ts" : "player-thread.cjs", own);
  return crew.openCrew(file, many(crew.cores()), worldOf(context));
}

/** Loaded where a log is asked for. */
export async function openLog(options: LogOptions): Promise<Log> {
  return (await import("../wiring/log.ts")).openLog(options);
}

/** The sandbox's state folder; the project's own beside it stays as it is. */
export function sandboxFolder(context: Context): Promise<string> {
  return place.stateFolder({ ...placeOf(context), sandbox: true });
}

/** For `testx config`: reads the configuration when it is asked to, and nothing else. */
export function configReader(context: Context): () => Promise<LoadedConfig> {
  return config.configReader(worldOf(context));
}

export function schemaOf(file: SchemaFile, context: Context): Promise<JsonObject> {
  return config.schemaOf(file, worldOf(context));
}

/** The stand-ins that the project's own providers bring. */
export function ownStandIns(context: Context): Promise<readonly AnyService[]> {
  return own.ownStandIns(worldOf(context));
}
