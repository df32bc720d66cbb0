import { resolve } from "node:path";
import { type Failure, fail } from "../core/failure.ts";
import { type LogLevel, logLevels } from "../core/log.ts";
import type { Redactor } from "../core/redact.ts";
import type { Log } from "../wiring/log.ts";
import type { Io } from "./io.ts";
import type { GlobalOptions } from "./options.ts";

export interface LogWanted {
  readonly global: Pick<GlobalOptions, "log" | "logLevel">;
  readonly io: Pick<Io, "env" | "cwd">;
  /** As the log's lines name it. */
  readonly command: string;
  readonly redactor: Redactor;
  now(): number;
  notice(text: string): void;
}

/**
 * The log that the options or TESTX_LOG and TESTX_LOG_LEVEL ask for. Nothing is loaded where none
 * is. Throws TestxError ENV_INVALID.
 */
export async function logFor(wanted: LogWanted): Promise<Log | undefined> {
  const { global, io, ...rest } = wanted;
  const path = global.log ?? (io.env.TESTX_LOG || undefined);
  if (path === undefined) return undefined;
  const level = global.logLevel ?? levelIn(io.env.TESTX_LOG_LEVEL) ?? "debug";
  const { openLog } = await import("./container.ts");
  return openLog({ path: resolve(io.cwd, path), level, ...rest });
}

function levelIn(value: string | undefined): LogLevel | undefined {
  if (!value) return undefined;
  const level = logLevels.find((known) => known === value.toLowerCase());
  if (level !== undefined) return level;
  return fail("ENV_INVALID", `TESTX_LOG_LEVEL must be one of ${logLevels.join(", ")}.`);
}

/** How a command failed, as the log says it; a bug with its stack. */
export function failedRemark(cause: Failure, error: unknown) {
  const stack = cause.code === "BUG" && error instanceof Error ? error.stack : undefined;
  return {
    type: "command.failed",
    failure: cause,
    ...(stack !== undefined && { stack }),
  } as const;
}
