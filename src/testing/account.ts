import type { FaultRule } from "../sandbox/fault.ts";
import type { LogEntry } from "../sandbox/log.ts";

/**
 * An account of the service with which a provider is tried: a stand-in that can be looked into
 * and put under faults. What `startSandbox` gives is one.
 */
export interface ContractAccount {
  /** Addresses, tokens and ids, as environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Canonical state: equal accounts give equal text, whatever ids and times they have. */
  state(): string;
  /** Every request since it was opened, oldest first. */
  log(): readonly LogEntry[];
  /** What goes wrong from now on; `[]`: nothing. */
  setFaults(rules: readonly FaultRule[]): void;
  /** How many connections are open. */
  connections(): Promise<number>;
  /** Closes every connection. */
  close(): Promise<void>;
}
