import type { RunEvent } from "../core/events.ts";
import type { JournalStore } from "../core/ports.ts";
import type { LoadedConfig } from "../core/settings.ts";
import type { FeatureDeps, SequenceDeps } from "../features/deps.ts";

/** What of the project a command needs: no more is opened or loaded. */
export type Wanted =
  /** The configuration and the services: to set up and to plan. */
  | "everything"
  /** The services; a configuration only for its settings, if it is valid: to undo. */
  | "services"
  /** The configuration, and no service. */
  | "config"
  /** What was done before. */
  | "journal";

type Emit = (event: RunEvent) => void;

/** The project as a command has it: made by `container.ts`. */
export interface Project {
  /** Opened when it is first used. */
  readonly journal: JournalStore;
  /** Throws what is wrong with the configuration. */
  config(): LoadedConfig;
  /** @param command as others are told who holds the lock: `testx rollback` */
  deps(command: string, emit: Emit): FeatureDeps;
  sequenceDeps(command: string, emit: Emit): SequenceDeps;
  close(): Promise<void>;
}
