import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type Finding, findingOf } from "../../core/diagnosis.ts";
import type { RunEvent } from "../../core/events.ts";
import { failure } from "../../core/failure.ts";
import { newValue } from "../../gateway/keyring.ts";
import type { Check } from "./checks.ts";
import { serviceCheckId } from "./health-findings.ts";
import { secretsCheckId } from "./secrets.ts";

type Rotation = Extract<RunEvent, { type: "credential.rotated" }>;

/**
 * Credentials in whose place others of their list serve: all works, until those fail as well.
 * `several`: the integrations with such a list. What happens at the calls of others comes to `emit`.
 */
export function passedOver(several: readonly string[]): {
  readonly checks: readonly Check[];
  emit(event: RunEvent): void;
} {
  const rotations = new Set<Rotation>();
  return {
    emit(event) {
      if (event.type === "credential.rotated" && event.to !== newValue) rotations.add(event);
    },
    checks: several.map((id) => ({
      id: `secrets.${id}.order`,
      title: `${id}: sources in order`,
      needs: [secretsCheckId(id)],
      after: [serviceCheckId(id)],
      async run() {
        const found = [...rotations].filter(({ integration }) => integration === id);
        const evidence = found.length === 0 ? ["the first that is set serves"] : [];
        return { evidence, findings: found.map(findingFor) };
      },
    })),
  };
}

function findingFor({ integration, from, to, reason }: Rotation): Finding {
  const name = `${from.slice(0, 1).toUpperCase()}${from.slice(1)}`;
  const message = `${name} of ${integration} cannot be used: ${to} serves in its place.`;
  const why = catalogue[reason]?.what;
  return findingOf(
    `secrets.${integration}.order`,
    failure("CREDENTIAL_PASSED_OVER", message),
    catalogue.CREDENTIAL_PASSED_OVER,
    {
      about: integration,
      severity: "warning",
      evidence: [why === undefined ? `the service's word for it: ${reason}` : `${why} (${reason})`],
    },
  );
}
