import type { Finding } from "../../core/diagnosis.ts";
import type { DriftItem } from "../../core/results.ts";
import { type DriftDeps, drift } from "../drift.ts";
import type { Check } from "./checks.ts";

/** Each thing that testx has set up: is it still there, as it was left? */
export function driftChecks(open: () => Promise<DriftDeps>, after: Check["after"]): Check[] {
  return [
    {
      id: "drift.steps",
      title: "what was set up",
      needs: ["state.journal"],
      ...(after === undefined ? {} : { after }),
      async run() {
        const deps = await open();
        if (deps.journal.receipts().size === 0) {
          return { evidence: ["nothing is set up"], findings: [] };
        }
        const { steps, counts } = await drift(deps);
        const evidence = [
          `${counts.unchanged} unchanged, ${counts.changed} changed, ${counts.deleted} deleted`,
        ];
        return { evidence, findings: steps.flatMap((item) => findingOf(item) ?? []) };
      },
    },
  ];
}

function findingOf(item: DriftItem): Finding | undefined {
  const { step, title, status, changes, url, inSequence } = item;
  const base = { severity: "warning", check: "drift.steps" } as const;
  const where = url === undefined ? [] : [url];
  const text = inSequence
    ? "Setup brings it back to what the sequence says."
    : "The sequence does not name it any more: roll back the run that made it, or leave it.";
  const fix = inSequence
    ? { text, command: "testx integrations setup", remedy: "setup" }
    : { text, command: "testx rollback --list" };
  switch (status) {
    case "deleted": {
      const what = `${title} was deleted.`;
      return { ...base, code: "DRIFT_DELETED", about: step, what, evidence: where, fix };
    }
    case "changed": {
      const what = `${title} was changed: ${changes.map(({ field }) => field).join(", ")}.`;
      const seen = changes.map(
        ({ field, from, to }) => `${field}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`,
      );
      return {
        ...base,
        code: "DRIFT_CHANGED",
        about: step,
        what,
        evidence: [...where, ...seen],
        fix,
      };
    }
    case "unreachable": {
      const { code = "RECEIPT_INCOMPLETE", message = "" } = item.failure ?? {};
      const what = `It could not be looked at ${title}.`;
      const again = { text: "Mend what stands in the way, then run doctor again." };
      return { ...base, code, about: item.integration, what, evidence: [message], fix: again };
    }
    default:
      return undefined;
  }
}
