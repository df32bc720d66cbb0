import type { RunEvent } from "./events.ts";
import type { Failure } from "./failure.ts";
import type { Json } from "./json.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
/** From the most to the least. */
export const logLevels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** What there is to log beside a run's events. */
export type Remark =
  | { readonly type: "command.started"; readonly version: string; readonly pid: number }
  | { readonly type: "command.failed"; readonly failure: Failure; readonly stack?: string }
  | { readonly type: "command.finished"; readonly exitCode: number; readonly durationMs: number }
  | { readonly type: "notice"; readonly text: string };

/** Whether a line of this level is written where `least` is asked for. */
export function logged(level: LogLevel, least: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(least);
}

/** One line of the log: when, how grave, which run of which command, and then what it is about. */
export function logRecord(
  { run, at, ...body }: RunEvent | (Remark & { readonly run: string; readonly at: number }),
  command: string,
): { readonly [key: string]: Json } {
  const about = { time: new Date(at).toISOString(), level: levelOf(body), run, command };
  return { ...about, ...(body as unknown as { readonly [key: string]: Json }) };
}

type Loggable = Omit<RunEvent, "run" | "at"> | Remark;

/** debug: calls; info: what is done; warn: what went otherwise than it should; error: what failed. */
export function levelOf(given: Loggable): LogLevel {
  const event = given as RunEvent | Remark;
  switch (event.type) {
    case "call.finished":
    case "call.cached":
    case "health.started":
      return "debug";
    case "call.retrying":
    case "call.refused":
    case "call.given-up":
    case "credential.rotated":
    case "integration.skipped":
    case "offline":
    case "step.cached":
    case "step.deferred":
    case "step.probing":
    case "step.skipped":
    case "notice":
      return "warn";
    case "step.failed":
    case "command.failed":
      return "error";
    case "breaker.changed":
      return event.to === "closed" ? "info" : "warn";
    case "recovery.settled":
      return event.found === "conflict" ? "warn" : "info";
    case "step.swept":
      return event.failure !== undefined || event.residue.length > 0 ? "warn" : "info";
    case "undo.finished":
      return event.residue.length > 0 ? "warn" : "info";
    case "health.finished":
      return { healthy: "info", degraded: "warn", down: "error" }[event.health.status] as LogLevel;
    case "run.finished":
      if (event.outcome === "succeeded") return "info";
      if (event.outcome === "degraded" || event.outcome === "interrupted") return "warn";
      // Of a rollback that is what was asked for.
      return event.outcome === "rolled-back" && event.failure === undefined ? "info" : "error";
    case "command.finished":
      return event.exitCode === 0 ? "info" : "warn";
    default:
      return "info";
  }
}
