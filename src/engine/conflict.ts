import { failure, TestxError } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { LooseEnd } from "../core/loose-ends.ts";
import type { StepId } from "../core/step.ts";
import type { EngineDeps } from "./deps.ts";

export type Conflict = Extract<LooseEnd, { type: "conflict" }>;

export function conflictsIn(ends: readonly LooseEnd[]): Map<StepId, Conflict> {
  return new Map(ends.flatMap((end) => (end.type === "conflict" ? [[end.step, end]] : [])));
}

/** Whether the step was told to take over what stands in its way. */
export function adopts({ adopt }: Pick<EngineDeps, "adopt">, step: StepId): boolean {
  return adopt === "all" || adopt?.has(step) === true;
}

/** Something of somebody else's stands where a step was to create its own. */
export function conflict(
  { step, integration, title }: { step: StepId; integration: string; title: string },
  found: JsonObject,
): TestxError {
  const url = typeof found.url === "string" ? ` (${found.url})` : "";
  const command = `testx integrations setup --adopt ${step}`;
  return new TestxError(
    failure(
      "STEP_CONFLICT",
      `${title} appeared while testx was about to create it, and somebody else made it${url}. Take it over with \`${command}\`, or rename or delete it and run setup again.`,
      {
        integration,
        details: { step, command, ...(typeof found.url === "string" ? { url: found.url } : {}) },
      },
    ),
  );
}
