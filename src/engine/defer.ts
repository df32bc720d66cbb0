import { type Deferred, mostAttempts } from "../core/deferred.ts";
import type { Failure } from "../core/failure.ts";
import { newOperationId } from "../core/ids.ts";
import type { EntryBody, RunId } from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { AnyKind } from "../core/provider.ts";
import { resolve } from "../core/references.ts";
import type { StepSpec } from "../core/sequence.ts";
import type { EngineDeps } from "./deps.ts";
import { lookupIn, withoutSecrets } from "./input.ts";
import { isBlind, type Observation } from "./observe.ts";

/** What is to be known of a step that waits. */
export interface Postponed {
  readonly spec: StepSpec;
  readonly provider: string;
  readonly title: string;
  readonly input: JsonObject;
  readonly base?: JsonObject | null;
}

/** The step as it was seen, or remembered, before it was put off. */
export function postponed(
  deps: Pick<EngineDeps, "env" | "remember">,
  { spec, session, kind, prepared, now, item }: Observation,
  state: (step: string) => JsonObject | undefined,
): Postponed {
  const known = lookupIn(deps, state);
  const lookup = (parts: readonly string[]): Json => known(parts) ?? `\${${parts.join(".")}}`;
  const input = withoutSecrets(spec.with, resolve(spec.with, lookup).value, kind, deps);
  const looked = now !== undefined || !isBlind(kind, prepared);
  return {
    ...{ spec, provider: session.provider.id, title: item.title, input },
    ...(looked ? { base: now ?? null } : {}),
  };
}

/** A step's input as it is written, with no secret in it; nothing of it where its kind is unknown. */
export function asWritten(
  spec: StepSpec,
  kind: AnyKind | undefined,
  deps: Pick<EngineDeps, "remember">,
): JsonObject {
  return kind === undefined ? {} : withoutSecrets(spec.with, spec.with, kind, deps);
}

export interface Putting {
  readonly run: RunId;
  /** Which of the run's steps it is. */
  readonly nth: number;
  /** As it waits already. */
  readonly known: Deferred | undefined;
  /** Whether it was tried, and not only not begun. */
  readonly tried: boolean;
  /** Whether too many attempts give it up. */
  readonly givesUp: boolean;
}

/** The journal's record of a write that waits from now on, or goes on waiting. */
export function deferral(
  deps: Pick<EngineDeps, "random" | "clock">,
  { spec, provider, title, input, base }: Postponed,
  cause: Failure,
  { run, nth, known, tried, givesUp }: Putting,
): Extract<EntryBody, { type: "deferred" }> {
  const attempts = (known?.attempts ?? 0) + (tried ? 1 : 0);
  return {
    type: "deferred",
    id: known?.id ?? newOperationId(deps.random),
    ...{ step: spec.id, integration: spec.integration, provider, kind: spec.kind, title, input },
    ...(base === undefined ? {} : { base }),
    failure: cause,
    first: known?.first ?? { run, at: deps.clock.now(), nth },
    attempts,
    dead: known?.dead === true || (givesUp && attempts >= mostAttempts),
  };
}
