import { type Failure, failure } from "../core/failure.ts";
import { canonical, type Json, type JsonObject } from "../core/json.ts";
import type { Basis, SavedPlan, StepBasis } from "../core/saved-plan.ts";
import { type Moved, movedBetween, movedText } from "../core/saved-plan.ts";
import type { Integration, StepSpec } from "../core/sequence.ts";
import type { Prepared } from "../engine/prepare.ts";
import type { CallsAsked, WithCalls } from "./calls.ts";
import type { FeatureDeps } from "./deps.ts";

/** How many of the things that moved are named in the message; `details` has all. */
const named = 5;

/** A plan in the form in which it is kept. */
export function toSave(
  deps: Pick<FeatureDeps, "clock" | "sha256">,
  prepared: Prepared,
  { plan, totals }: WithCalls,
  unsettled: readonly string[],
): SavedPlan {
  return {
    ...{ format: "testx-plan", version: 1 },
    createdAt: new Date(deps.clock.now()).toISOString(),
    ...{ plan, totals, unsettled, basis: basisOf(prepared, deps.sha256) },
  };
}

/**
 * For a setup that is to do what a saved plan says: what would be done now is foreseen in the
 * same way, and compared. Gives PLAN_STALE, naming what moved, when it is not the same.
 */
export async function staleness(
  deps: FeatureDeps,
  saved: SavedPlan,
  asked: CallsAsked,
  prepared: Prepared,
): Promise<Failure | undefined> {
  const { plan } = await asked.of(prepared);
  const moved = movedBetween(saved, { plan, basis: basisOf(prepared, deps.sha256) });
  return moved.length === 0 ? undefined : stale(moved);
}

function stale(moved: readonly Moved[]): Failure {
  const texts = moved.map(movedText);
  const more = texts.length > named ? `; and ${texts.length - named} more` : "";
  return failure(
    "PLAN_STALE",
    `The saved plan does not hold any more: ${texts.slice(0, named).join("; ")}${more}.`,
    { details: { moved: moved as unknown as Json } },
  );
}

function basisOf(
  { sequence, planned, observer }: Prepared,
  sha256: (text: string) => string,
): Basis {
  const digest = (value: Json): string => sha256(canonical(value)).slice(0, 32);
  return {
    integrations: Object.fromEntries(
      sequence.integrations.map((integration) => [
        integration.id,
        digest(ofIntegration(integration)),
      ]),
    ),
    steps: Object.fromEntries(sequence.steps.map((spec) => [spec.id, ofStep(spec)])),
  };

  function ofStep(spec: StepSpec): StepBasis {
    const seen = planned.get(spec.id);
    const found = seen && "kind" in seen ? seen : undefined;
    // What is only looked at is never written, and may be at another address each time.
    const looks = found?.kind.readOnly === true;
    const { id: _, ...written } = spec;
    const receipt = observer.receipts.get(spec.id);
    return {
      configuration: digest(JSON.parse(JSON.stringify(written)) as Json),
      values: looks || found === undefined ? null : digest(found.prepared.safe),
      observed: looks || found?.now === undefined ? null : fields(found.now),
      receipt: receipt === undefined ? null : digest([receipt.kind, receipt.state]),
    };
  }

  function fields(state: JsonObject): Record<string, string> {
    return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, digest(value)]));
  }
}

/** What decides over what is written where; how patient testx is does not. */
function ofIntegration({
  provider,
  dependsOn,
  required,
  with: written,
  settings,
}: Integration): Json {
  return { provider, dependsOn: [...dependsOn], required, written, fallback: settings.fallback };
}
