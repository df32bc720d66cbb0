import { isObject, type Json, type JsonObject } from "./json.ts";
import type { Health } from "./provider.ts";

/** How a service was when it was asked. */
export type HealthState = Health["status"];

/** What is known of the connection to one integration; kept across processes. */
export interface HealthRecord {
  /** Digest of whom was asked, as whom and how: the answer to another question does not count. */
  readonly question: string;
  /** When it was asked last, in ms since the epoch. */
  readonly at: number;
  readonly latencyMs: number;
  /** What the service itself said. */
  readonly asked: Pick<Health, "status" | "account" | "scopes">;
  /** What that comes to: a healthy service is down for whoever lacks a scope. */
  readonly state: HealthState;
  /** Since when it has been so. */
  readonly since: number;
  /** The code of the last failure, also when it is over. */
  readonly lastError?: { readonly code: string; readonly at: number };
  /** Newest last. */
  readonly changes: readonly HealthChange[];
  /** It tells how it was, and does not count as an answer any more. */
  readonly past?: true;
}

/** When a service came to be in another state. */
export interface HealthChange {
  readonly at: number;
  readonly from: HealthState | "unknown";
  readonly to: HealthState;
  readonly code?: string;
}

/** How many changes are kept. */
const most = 20;

export const healthPrefix = "health:";

export function healthKey(integration: string): string {
  return healthPrefix + integration;
}

/** A record as it was kept; `undefined` for anything else. */
export function healthRecord(kept: Json | undefined): HealthRecord | undefined {
  if (!isObject(kept)) return undefined;
  const { question, at, since, state, asked, changes } = kept as JsonObject;
  const isRecord =
    typeof question === "string" &&
    typeof at === "number" &&
    typeof since === "number" &&
    typeof state === "string" &&
    isObject(asked) &&
    Array.isArray(changes);
  return isRecord ? (kept as unknown as HealthRecord) : undefined;
}

/** The record as something past: what comes next asks again, and goes on with its history. */
export function asPast(kept: Json | undefined): Json | undefined {
  return isObject(kept) ? { ...kept, past: true } : undefined;
}

export type Observation = Pick<
  HealthRecord,
  "question" | "at" | "latencyMs" | "asked" | "state"
> & {
  readonly code?: string | undefined;
};

/**
 * The record with one more observation. Of two processes that see the same change the second
 * finds it recorded.
 */
export function withObservation(
  earlier: HealthRecord | undefined,
  { code, ...now }: Observation,
): HealthRecord {
  // Of another account or address nothing is known from before.
  const before = earlier?.question === now.question ? earlier : undefined;
  const same = before?.state === now.state;
  const change = { at: now.at, from: before?.state ?? "unknown", to: now.state } as const;
  const changes = before?.changes ?? [];
  const lastError = code === undefined ? before?.lastError : { code, at: now.at };
  return {
    ...now,
    since: same ? before.since : now.at,
    changes: same
      ? changes
      : [...changes, { ...change, ...(code === undefined ? {} : { code }) }].slice(-most),
    ...(lastError === undefined ? {} : { lastError }),
  };
}
