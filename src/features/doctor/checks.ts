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
import { fail, failureOf } from "../../core/failure.ts";
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
  /** The integration that it looks at, for errors that name none. */
  readonly about?: string;
  /** A `TestxError` that it throws is a finding. Sends no write and changes nothing. */
  run(found: Found): Promise<CheckOutcome>;
}

export interface RunDeps {
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** Told which checks are running, the one that has run longest first; none: it is over. */
  readonly looking?: ((checks: readonly Pick<Check, "id" | "title">[]) => void) | undefined;
}

/**
 * Runs all checks, each as soon as those it needs are over; the order of `checks` is that of
 * the report. What they need must be among them. Throws what `stop` is aborted with, at once:
 * what is under way then is left to itself.
 */
export async function runChecks(
  checks: readonly Check[],
  { clock, stop, looking = () => {} }: RunDeps,
): Promise<Diagnosis> {
  const begun = new Map<CheckId, Promise<Done>>();
  const running = new Set<Check>();
  const ended = new Map<CheckId, Done>();
  const byId = new Map(checks.map((check) => [check.id, check]));
  const found: Found = (id) => ended.get(id)?.findings;
  const rootOf = (id: CheckId): CheckId => ended.get(id)?.report.because ?? id;

  const look = (id: CheckId): Promise<Done> => {
    const known = begun.get(id);
    if (known !== undefined) return known;
    const check = byId.get(id);
    if (!check) throw new Error(`no check ${id}`);
    const done = one(check).then((it) => {
      ended.set(id, it);
      return it;
    });
    begun.set(id, done);
    return done;
  };
  const one = async (check: Check): Promise<Done> => {
    const { id, title, needs = [], after = [] } = check;
    const base = { id, area: id.slice(0, id.indexOf(".")) as Area, title };
    const skipped = (evidence: readonly string[], durationMs: number, because?: CheckId): Done => {
      const root = because && { because: rootOf(because) };
      return { report: { ...base, status: "skipped", ...root, evidence, durationMs } };
    };
    const [needed] = await Promise.all([
      Promise.all(needs.map(look)),
      Promise.all(after.map(look)),
    ]);
    const inTheWay = needed.find(({ usable }) => !usable);
    if (inTheWay) return skipped([], 0, inTheWay.report.id);

    const started = clock.monotonic();
    running.add(check);
    looking([...running]);
    const outcome = await attempt(check, found, { clock, stop });
    running.delete(check);
    looking([...running]);
    const durationMs = Math.round(clock.monotonic() - started);
    const { evidence, findings } = outcome;
    if (outcome.skipped) {
      return skipped(evidence, durationMs, outcome.skipped === true ? undefined : outcome.skipped);
    }
    const { usable = findings.every(({ severity }) => severity !== "error") } = outcome;
    const status = findings.length > 0 ? "found" : "ok";
    return { findings, usable, report: { ...base, status, evidence, durationMs } };
  };
  const all = await unlessStopped(Promise.all(checks.map(({ id }) => look(id))), stop);
  return diagnosisOf(
    merged(all.flatMap(({ findings = [] }) => findings)),
    all.map(({ report }) => report),
  );
}

interface Done {
  readonly report: CheckReport;
  /** Left out: it was not looked at. */
  readonly findings?: readonly Finding[];
  readonly usable?: boolean;
}

function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => reject(stop.reason);
    if (stop.aborted) stopped();
    stop.addEventListener("abort", stopped, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener("abort", stopped));
  });
}

/** Longer than a check with all its calls takes: what is not over by then waits for ever. */
const longestMs = 60_000;

async function attempt(
  check: Check,
  found: Found,
  { clock, stop }: Pick<RunDeps, "clock" | "stop">,
): Promise<CheckOutcome> {
  const done = new AbortController();
  const late = clock.sleep(longestMs, done.signal).then(() => {
    const message = `The look at ${check.title} did not come to an end in ${longestMs / 1000} s.`;
    return fail("CHECK_UNFINISHED", message);
  });
  try {
    return await Promise.race([check.run(found), late]);
  } catch (error) {
    stop.throwIfAborted();
    const met = failureOf(error);
    const about = met.integration ?? check.about;
    const parts = about === undefined ? {} : { about };
    return { evidence: [], findings: [findingOf(check.id, met, catalogue[met.code], parts)] };
  } finally {
    done.abort();
    late.catch(() => {});
  }
}
