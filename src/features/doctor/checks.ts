import { catalogue } from "../../core/catalogue/catalogue.ts";
import {
  type Area,
  type CheckId,
  type CheckOutcome,
  type CheckReport,
  type Diagnosis,
  diagnosisOf,
  type Finding,
  findingOf,
  merged,
} from "../../core/diagnosis.ts";
import { failureOf } from "../../core/failure.ts";
import type { Clock } from "../../core/ports.ts";

/** What a check has found that is over; `undefined`: it was not looked at. */
export type Found = (id: CheckId) => readonly Finding[] | undefined;

/** One thing that doctor looks at. */
export interface Check {
  readonly id: CheckId;
  readonly title: string;
  /** It is not looked at where one of these is not usable, or was not looked at itself. */
  readonly needs?: readonly CheckId[];
  /** It waits for these, whatever they find. */
  readonly after?: readonly CheckId[];
  /** A `TestxError` that it throws is a finding. Sends no write and changes nothing. */
  run(found: Found): Promise<CheckOutcome>;
}

/**
 * Runs all checks, each as soon as those it needs are over; the order of `checks` is that of
 * the report. What they need must be among them.
 */
export async function runChecks(
  checks: readonly Check[],
  { clock, stop }: { readonly clock: Clock; readonly stop: AbortSignal },
): Promise<Diagnosis> {
  const done = new Map<CheckId, Promise<Done>>();
  const known = new Map<CheckId, readonly Finding[]>();
  const byId = new Map(checks.map((check) => [check.id, check]));

  const look = (id: CheckId): Promise<Done> => {
    const running = done.get(id);
    if (running !== undefined) return running;
    const check = byId.get(id);
    if (!check) throw new Error(`no check ${id}`);
    const begun = one(check);
    done.set(id, begun);
    return begun;
  };
  const one = async (check: Check): Promise<Done> => {
    const { id, title, needs = [], after = [] } = check;
    const area = id.slice(0, id.indexOf(".")) as Area;
    const [needed] = await Promise.all([
      Promise.all(needs.map(look)),
      Promise.all(after.map(look)),
    ]);
    const inTheWay = needed.find(({ usable }) => !usable);
    if (inTheWay) {
      const because = inTheWay.report.because ?? inTheWay.report.id;
      const report = { ...{ id, area, title, because }, evidence: [], durationMs: 0 };
      return { findings: [], usable: false, report: { ...report, status: "skipped" } };
    }
    const started = clock.monotonic();
    const {
      evidence,
      findings,
      usable = findings.every(({ severity }) => severity !== "error"),
    } = await attempt(check, (wanted) => known.get(wanted), stop);
    known.set(id, findings);
    return {
      findings,
      usable,
      report: {
        ...{ id, area, title, evidence },
        status: findings.length > 0 ? "found" : "ok",
        durationMs: Math.round(clock.monotonic() - started),
      },
    };
  };
  const all = await Promise.all(checks.map(({ id }) => look(id)));
  return diagnosisOf(
    merged(all.flatMap(({ findings }) => findings)),
    all.map(({ report }) => report),
  );
}

interface Done {
  readonly report: CheckReport;
  readonly findings: readonly Finding[];
  readonly usable: boolean;
}

async function attempt(check: Check, found: Found, stop: AbortSignal): Promise<CheckOutcome> {
  try {
    return await check.run(found);
  } catch (error) {
    stop.throwIfAborted();
    const met = failureOf(error);
    return { evidence: [], findings: [findingOf(check.id, met, catalogue[met.code])] };
  }
}
