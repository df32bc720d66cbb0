import type { RunEvent } from "../core/events.ts";
import { failure } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import { type LogLevel, levelOf, logged, logRecord, type Remark } from "../core/log.ts";
import type { Redactor } from "../core/redact.ts";
import { host } from "../platform/host.ts";
import { type LogFile, openLogFile } from "../platform/log-file.ts";
import { version } from "./version.ts";

export interface LogOptions {
  /** Absolute. */
  readonly path: string;
  readonly level: LogLevel;
  /** As each line says it: `setup`. */
  readonly command: string;
  readonly redactor: Redactor;
  now(): number;
  /** Told once when the log cannot be written. */
  notice(text: string): void;
}

/** A log of one command. What cannot be written fails nothing: it is told, once. */
export interface Log {
  event(event: RunEvent): void;
  remark(remark: Remark): void;
  close(): void;
}

export function openLog({ path, level, command, redactor, now, notice }: LogOptions): Log {
  let file: LogFile | undefined;
  /** Of the run that is under way: what is said beside its events belongs to it. */
  let run = "";
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      const { code, message } = failure("LOG_NOT_WRITTEN", `${(error as Error).message}.`);
      file = undefined;
      notice(`${code}: ${message}`);
      return undefined;
    }
  };
  file = attempt(() => openLogFile(path));
  const write = (given: Parameters<typeof logRecord>[0]): void => {
    const { write } = file ?? {};
    if (write === undefined || !logged(levelOf(given), level)) return;
    const record = redactor.json(logRecord(given, command) as Json);
    attempt(() => write(JSON.stringify(record)));
  };
  const log: Log = {
    event(event) {
      if (event.type === "run.started") run = event.run;
      write(event);
    },
    remark: (remark) => write({ run, at: now(), ...remark }),
    close() {
      file?.close();
      file = undefined;
    },
  };
  log.remark({ type: "command.started", version, pid: host.pid });
  return log;
}
