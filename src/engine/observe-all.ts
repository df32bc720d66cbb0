import { type Failure, TestxError } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import { referredSteps } from "../core/references.ts";
import type { StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import { prepare } from "./input.ts";
import {
  type EarlyLook,
  isBlind,
  type Observation,
  type Observer,
  observe,
  read,
} from "./observe.ts";
import { kindOf } from "./session.ts";

/**
 * Looks at all steps at once, with the values that the last receipts give to what they refer to;
 * only where those turn out to be others a step is looked at again. One that could not be read
 * carries its failure instead. `given`: what steps that are not among these have.
 */
export async function observeAll(
  observer: Observer,
  specs: readonly StepSpec[],
  given: (step: StepId) => JsonObject | undefined = () => undefined,
): Promise<Map<StepId, Observation | { spec: StepSpec; failure: Failure }>> {
  const pending = new Map<StepId, Promise<Observation | { spec: StepSpec; failure: Failure }>>();
  const byId = new Map(specs.map((spec) => [spec.id, spec]));
  // In the sequence's order every step comes behind those it refers to; see `ordered`.
  for (const spec of specs) pending.set(spec.id, look(spec));
  // All together: a bug that shows in several steps must not come out as unhandled.
  const found = await Promise.all(pending.values());
  return new Map(found.map((observation) => [observation.spec.id, observation]));

  async function look(spec: StepSpec) {
    const referred = referredSteps(spec.with);
    const early = referred.size > 0 ? await begin(spec) : undefined;
    const found = new Map<StepId, JsonObject | undefined>();
    for (const step of referred) {
      if (!byId.has(step)) {
        found.set(step, given(step));
        continue;
      }
      const before = await pending.get(step);
      found.set(step, before && "predicted" in before ? before.predicted : undefined);
    }
    try {
      return await observe(observer, spec, (step) => found.get(step), early);
    } catch (error) {
      if (error instanceof TestxError) return { spec, failure: error.failure };
      throw error;
    }
  }

  async function begin(spec: StepSpec): Promise<EarlyLook | undefined> {
    const kind = kindOf(observer.session(spec.integration).provider, spec.kind);
    const last = (step: StepId) => observer.receipts.get(step)?.state;
    try {
      const prepared = await prepare(spec, kind, observer.deps, last);
      if (isBlind(kind, prepared)) return undefined;
      const now = read(observer, spec, prepared);
      // Told by those who wait for it, if anybody does.
      now.catch(() => {});
      return { prepared, now };
    } catch (error) {
      // The values of the last receipts may not do any more.
      if (error instanceof TestxError) return undefined;
      throw error;
    }
  }
}
