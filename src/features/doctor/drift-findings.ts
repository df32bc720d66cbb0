import { catalogue } from "../../core/catalogue/catalogue.ts";
import {
  type CheckId,
  type Finding,
  type Fix,
  findingOf,
  placeless,
} from "../../core/diagnosis.ts";
import type { Failure } from "../../core/failure.ts";
import { referredSteps } from "../../core/references.ts";
import type { DriftItem } from "../../core/results.ts";
import type { Sequence } from "../../core/sequence.ts";
import { integrationOf, type StepId } from "../../core/step.ts";
import { driftFix } from "./drift-fix.ts";

const check = "drift.steps";

/**
 * What differs from what was set up, with what follows from it for the steps that refer to it.
 * `elsewhere`: steps that the sequence means in another place than where they were looked at.
 */
export function driftFindings(
  items: readonly DriftItem[],
  sequence: Sequence,
  elsewhere: ReadonlySet<StepId>,
): Finding[] {
  const basesOf = referring(sequence);
  const explained = new Set<StepId>();
  const differing = items.flatMap((item): Finding[] => {
    const found = differingOf(item);
    if (found === undefined) return [];
    const about = items
      .filter((other) => basesOf(other.step).has(item.step) && follows(other, item))
      .map(({ step }) => step);
    for (const step of about) explained.add(step);
    return [{ ...found, ...(about.length > 0 && { explains: [{ checks: [check], about }] }) }];
  });
  const unreachable = items.filter(({ status }) => status === "unreachable");
  const [following, others] = [true, false].map((is) =>
    unreachable.filter(({ step }) => explained.has(step) === is).map(metBy),
  ) as [Met[], Met[]];
  const alone = following.flatMap((one) =>
    obstacles(check, [one], sequence).map(({ finding }) => ({ ...finding, about: one.step })),
  );
  const together = [
    others.filter(({ step }) => elsewhere.has(step)),
    others.filter(({ step }) => !elsewhere.has(step)),
  ];
  const [moved, stuck] = together.map((met) =>
    obstacles(check, met, sequence).map(({ finding }) => finding),
  ) as [Finding[], Finding[]];
  return [
    ...differing,
    ...alone,
    ...moved.map((finding): Finding => ({ ...finding, severity: "warning", fix: lookThere })),
    ...stuck.map((finding): Finding => {
      const { code, about = "", what, details, prerequisite } = finding;
      // What is to be set up beside it meets the same, though it may lack another right.
      const says = prerequisite ? { says: placeless(what, details) } : {};
      const same = { checks: ["drift.plan"], codes: [code], about: [about], ...says };
      // Whoever is elsewhere finds nothing of what it looks for.
      const all = { checks: ["drift."], about: [about] };
      return { ...finding, explains: code.endsWith("_WRONG_WORKSPACE") ? [all] : [same] };
    }),
  ];
}

const lookThere: Fix = {
  text: "It was set up with other values than the sequence has now; setup looks with those.",
  ...{ command: "testx integrations setup", remedy: "setup" },
};

/** With a thing goes what stands in it; what was changed is seen in what was made with it. */
function follows(other: DriftItem, item: DriftItem): boolean {
  const gone = item.status === "deleted";
  const fields = new Set(item.changes.map(({ field }) => field));
  if (other.status === "unreachable") {
    const away = gone || [...fields].some((field) => ways.has(field.replace(/\..*/, "")));
    return away && integrationOf(other.step) === integrationOf(item.step) && isLost(other);
  }
  if (gone) return true;
  return other.status === "changed" && other.changes.every(({ field }) => fields.has(field));
}

/** Fields on which depends whether what stands in a thing can be got at. */
const ways = new Set(["parent", "archived", "private", "joined", "name", "properties"]);

/** What a step meets where the thing in which it stands is not there, or not as it was. */
const lost = new Set([
  ...["SLACK_CHANNEL_NOT_FOUND", "SLACK_NOT_IN_CHANNEL", "SLACK_ARCHIVED"],
  ...["NOTION_PAGE_NOT_SHARED", "NOTION_VALIDATION"],
  ...["NOTION_PROPERTY_UNKNOWN", "NOTION_PROPERTY_TYPE", "NOTION_VALUE_INVALID"],
  ...["GITHUB_NOT_FOUND", "GITHUB_REPOSITORY_NOT_FOUND", "GITHUB_GONE", "GITHUB_ARCHIVED"],
  ...["GITHUB_MOVED", "GATEWAY_REDIRECTED"],
]);

function isLost({ failure }: DriftItem): boolean {
  return failure !== undefined && lost.has(failure.code);
}

/** The steps that a step refers to, and those to which they do. */
function referring({ steps }: Sequence): (step: StepId) => ReadonlySet<StepId> {
  const written = new Map(steps.map((spec) => [spec.id, spec.with]));
  return (step) => {
    const found = new Set<StepId>();
    const open = [step];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const base of referredSteps(written.get(next) ?? {})) {
        if (!found.has(base)) open.push(base);
        found.add(base);
      }
    }
    return found;
  };
}

/** Why nothing could be learned of a step, or done about it. */
export interface Met {
  readonly step: StepId;
  readonly failure: Failure;
  /** What that means for the step. */
  readonly seen: string;
}

function metBy({ step, title, failure }: DriftItem): Met {
  return { step, failure: failure as Failure, seen: `${title} cannot be looked at` };
}

interface Obstacle {
  readonly finding: Finding;
  /** Those that met it. */
  readonly steps: readonly StepId[];
}

/** What several steps met alike has one cause; which they are, and what each met, is its evidence. */
export function obstacles(id: CheckId, met: readonly Met[], sequence: Sequence): Obstacle[] {
  const alike = Map.groupBy(met, ({ step, failure }) =>
    [failure.code, integrationOf(step), placeless(failure.message, failure.details)].join("\n"),
  );
  return [...alike.values()].map((same): Obstacle => {
    const [{ step, failure }] = same as [Met, ...Met[]];
    const integration = sequence.integrations.find((one) => one.id === integrationOf(step));
    const entry = catalogue[failure.code];
    const mild = integration?.required === false || (id === check && entry?.exit !== 4);
    const finding = findingOf(id, failure, entry, {
      about: integrationOf(step),
      ...(mild ? { severity: "warning" as const } : {}),
    });
    const messages = same.map((one) => one.failure.message).filter((it) => it !== failure.message);
    const evidence = [...same.map(({ seen }) => seen), ...finding.evidence, ...messages];
    const steps = same.map((one) => one.step);
    return { finding: { ...finding, evidence: [...new Set(evidence)] }, steps };
  });
}

function differingOf(item: DriftItem) {
  const { step, title, status, changes, url } = item;
  if (status !== "deleted" && status !== "changed") return undefined;
  const fields = changes.map(({ field }) => field);
  const seen = changes.map(
    ({ field, from, to }) => `${field}: ${JSON.stringify(from)} -> ${JSON.stringify(to)}`,
  );
  return {
    ...({ severity: "warning", check, about: step } as const),
    code: status === "deleted" ? "DRIFT_DELETED" : "DRIFT_CHANGED",
    what:
      status === "deleted"
        ? `Somebody deleted ${title}.`
        : `Somebody changed ${title}: ${fields.join(", ")}.`,
    evidence: [...(url === undefined ? [] : [url]), ...seen],
    fix: driftFix(item),
  };
}
