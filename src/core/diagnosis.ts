import type { Failure } from "./failure.ts";
import type { JsonObject } from "./json.ts";

/** error: testx cannot do its work. warning: it soon may not, or does it badly. note: good to know. */
export type Severity = "error" | "warning" | "note";

/** In the order in which they depend on each other. */
export const areas = [
  "runtime",
  "configuration",
  "state",
  "secrets",
  "network",
  "clock",
  "services",
  "drift",
  "cache",
  "breakers",
] as const;
export type Area = (typeof areas)[number];

/** `state.journal`, `network.slack.tls`: begins with its area. */
export type CheckId = `${Area}.${string}`;

export interface Fix {
  /** One sentence: what to do. */
  readonly text: string;
  /** What to type, when typing is all that it takes. */
  readonly command?: string;
  /** The name of the remedy that `--fix` applies; left out: a person must decide. */
  readonly remedy?: string;
}

/** Which other findings follow from one: those that fit all that is given. */
export interface Explains {
  /** Beginnings of check ids: `network.`, `services.slack`. */
  readonly checks?: readonly string[];
  readonly codes?: readonly string[];
  /** Integrations stand for their steps too. */
  readonly about?: readonly string[];
  /** What they say, `placeless`. */
  readonly says?: string;
}

/** One thing that is wrong. */
export interface Finding {
  /** Key of the error catalogue. */
  readonly code: string;
  readonly severity: Severity;
  readonly check: CheckId;
  /** An integration, step, file or variable. */
  readonly about?: string;
  /** One sentence, without secrets. */
  readonly what: string;
  /** What was seen, a fact a line. */
  readonly evidence: readonly string[];
  readonly fix: Fix;
  /** A secret, scope or prerequisite is missing: exit code 4. */
  readonly prerequisite?: true;
  /** Somebody has decided it: it follows from nothing else. */
  readonly decided?: true;
  readonly details?: JsonObject;
  readonly explains?: readonly Explains[];
}

/** One thing that was looked at, and how it stands. */
export interface CheckReport {
  readonly id: CheckId;
  readonly area: Area;
  readonly title: string;
  /** skipped: what it needs is missing, so that nothing could be learned. */
  readonly status: "ok" | "found" | "skipped";
  /** Of a skipped one: the check that stands in its way. Left out: the evidence says why. */
  readonly because?: CheckId;
  readonly evidence: readonly string[];
  readonly durationMs: number;
}

export interface CheckOutcome {
  readonly evidence: readonly string[];
  readonly findings: readonly Finding[];
  /** Whether what needs it can be looked at. Left out: where nothing that was found is an error. */
  readonly usable?: boolean;
  /** Nothing could be learned, because of this check, or for a reason that the evidence gives. */
  readonly skipped?: CheckId | true;
}

/** A finding without what only serves to tell causes from consequences. */
export type Told = Omit<Finding, "explains" | "decided">;

/** A finding that follows from another, and is no further thing to mend. */
export type Consequence = Told & {
  readonly because: { readonly code: string; readonly check: CheckId };
};

export interface Diagnosis {
  readonly outcome: "fine" | "findings" | "prerequisite-missing";
  /** The first thing to mend; left out when all is fine. */
  readonly cause?: Told;
  /** What stands for itself, the cause included: errors before warnings before notes. */
  readonly findings: readonly Told[];
  readonly consequences: readonly Consequence[];
  readonly checks: readonly CheckReport[];
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/**
 * Tells causes from consequences. `found` is in the order in which checks depend on each other:
 * of two findings that explain each other the earlier one is the cause. Pure.
 */
export function diagnosisOf(found: readonly Finding[], checks: readonly CheckReport[]): Diagnosis {
  const causes: Finding[] = [];
  const consequences: Consequence[] = [];
  const sources = found.filter(({ severity }) => severity !== "note");
  const settled = new Map<Finding, Finding>();
  for (const [at, finding] of found.entries()) {
    // A note is nothing to mend, so that nothing is gained by telling what it follows from.
    if (finding.severity === "note" || finding.decided) {
      causes.push(finding);
      continue;
    }
    const cause = sources.find(
      (other) =>
        other !== finding &&
        !follows(other, finding, settled) &&
        other.explains?.some((rule) => fits(rule, finding) && isAside(rule, other, finding)) &&
        (found.indexOf(other) < at || !finding.explains?.some((rule) => fits(rule, other))),
    );
    if (cause === undefined) causes.push(finding);
    else settled.set(finding, cause);
  }
  for (const finding of settled.keys()) {
    const root = rootOf(finding, settled);
    consequences.push({
      ...plain(finding),
      because: { code: root.code, check: root.check },
    });
  }
  const roots = new Set(
    [...settled.keys()]
      .filter(({ severity }) => severity === "error")
      .map((finding) => rootOf(finding, settled)),
  );
  // What makes others fail weighs as much as they do.
  const findings = causes
    .map((finding) => (roots.has(finding) ? { ...finding, severity: "error" as const } : finding))
    .map((finding, at) => ({ finding, at }))
    .sort((a, b) => rank[a.finding.severity] - rank[b.finding.severity] || a.at - b.at)
    .map(({ finding }) => plain(finding));
  const serious = findings.filter(({ severity }) => severity !== "note");
  const [cause] = serious;
  const missing = serious.some(
    ({ prerequisite, severity }) => prerequisite === true && severity === "error",
  );
  return {
    outcome: cause === undefined ? "fine" : missing ? "prerequisite-missing" : "findings",
    ...(cause === undefined ? {} : { cause }),
    findings,
    consequences,
    checks,
  };
}

function rootOf(finding: Finding, settled: ReadonlyMap<Finding, Finding>): Finding {
  let root = finding;
  for (let next = settled.get(root); next !== undefined; next = settled.get(root)) root = next;
  return root;
}

/** Whether `finding` has already been put down, by however many steps, to `other`. */
function follows(
  finding: Finding,
  other: Finding,
  settled: ReadonlyMap<Finding, Finding>,
): boolean {
  for (let cause = settled.get(finding); cause !== undefined; cause = settled.get(cause)) {
    if (cause === other) return true;
  }
  return false;
}

/** What is said without the call that was refused: which one it was does not matter to the cause. */
export function placeless(text: string, details: JsonObject = {}): string {
  const { operation, method, what } = details;
  return [operation, method, what].reduce<string>(
    (said, place) => (typeof place === "string" ? said.replaceAll(place, "…") : said),
    text,
  );
}

function fits({ checks, codes, about, says }: Explains, finding: Finding): boolean {
  const among = (it: string) => about?.some((one) => it === one || it.startsWith(`${one}.`));
  return (
    (checks === undefined || checks.some((start) => finding.check.startsWith(start))) &&
    (codes === undefined || codes.includes(finding.code)) &&
    (says === undefined || says === placeless(finding.what, finding.details)) &&
    (about === undefined || (finding.about !== undefined && among(finding.about) === true))
  );
}

/** What one check has found lies side by side, but for what a rule means by the check's whole name. */
function isAside({ checks }: Explains, cause: Finding, { check }: Finding): boolean {
  return cause.check !== check || checks?.includes(check) === true;
}

function plain({ explains: _, decided: _decided, ...finding }: Finding): Told {
  return finding;
}

/**
 * One finding for what several of the same code say of the same thing; their evidence together.
 * Each missing right is a thing of its own; trouble is one, whatever call met it.
 */
export function merged(findings: readonly Finding[]): Finding[] {
  const byThing = Map.groupBy(findings, ({ code, about, severity, prerequisite, what, details }) =>
    [code, severity, about, prerequisite && placeless(what, details)].join("\n"),
  );
  return [...byThing.values()].map((same) => {
    const [first] = same as [Finding, ...Finding[]];
    const evidence = [...new Set(same.flatMap((one) => one.evidence))];
    return { ...first, evidence };
  });
}

/** What a service says of itself may lack the stop. */
function sentence(text: string): string {
  return /[\p{L}\p{N}]$/u.test(text) ? `${text}.` : text;
}

/** A failure that a check met, as a finding; what to do is what the catalogue says. */
export function findingOf(
  check: CheckId,
  { code, message, integration, details }: Failure,
  entry: { readonly next: string; readonly exit: number } | undefined,
  parts: Partial<Finding> = {},
): Finding {
  const { messages, causes: _, ...facts } = details ?? {};
  const several = Array.isArray(messages) ? messages.map(String) : [];
  return {
    ...{ code, severity: "error", check, what: sentence(several[0] ?? message) },
    evidence: several.slice(1),
    fix: {
      text: entry?.next ?? `${code} is a code of a provider of your own: it says what is wrong.`,
    },
    ...(integration === undefined ? {} : { about: integration }),
    ...(entry?.exit === 4 ? { prerequisite: true } : {}),
    ...(Object.keys(facts).length > 0 ? { details: facts } : {}),
    ...parts,
  };
}
