import type { Entry } from "../../core/journal.ts";
import type { Sequence } from "../../core/sequence.ts";
import type { Invariant, Moment, Violation, WireCall } from "../../core/simulation.ts";
import type { StepId } from "../../core/step.ts";
import { policyByOperation } from "../../gateway/retry-policies.ts";

/** What is looked at; all of it was written down by others than those who are judged. */
export interface Evidence {
  readonly sequence: Sequence;
  readonly moments: readonly Moment[];
  readonly entries: readonly Entry[];
  readonly secrets: readonly string[];
}

/** What of the story is against the rules that hold whatever goes wrong. */
export function brokenRules(evidence: Evidence): Violation[] {
  return [
    ...journal(evidence),
    ...order(evidence),
    ...attempts(evidence),
    ...deadlines(evidence),
    ...secrets(evidence),
  ];
}

type Found = (about: Pick<Moment, "at" | "act">, message: string) => void;

function collect(broken: Invariant, look: (found: Found) => void): Violation[] {
  const violations: Violation[] = [];
  look(({ at, act }, message) => violations.push({ broken, message, act, at }));
  return violations;
}

/** Numbered without gaps; nothing settled that was not begun; no write but behind its intent. */
function journal({ entries, moments }: Evidence): Violation[] {
  const start = { at: 0, act: 0 };
  return collect("journal-consistent", (found) => {
    entries.forEach(({ seq }, at) => {
      if (seq !== at + 1) found(start, `record ${at + 1} of the journal has the number ${seq}`);
    });
    const begun = new Set<string>();
    /** By step: the operations under way. */
    const open = new Map<StepId, Set<string>>();
    const of = (step: StepId): Set<string> => {
      const known = open.get(step) ?? new Set();
      open.set(step, known);
      return known;
    };
    let act = 0;
    for (const moment of moments) {
      if (moment.act !== act) {
        act = moment.act;
        // Another process: it has begun nothing yet.
        open.clear();
      }
      if (moment.type === "record") {
        const { entry } = moment;
        if (entry.type === "intent") {
          begun.add(entry.op);
          of(entry.target.step).add(entry.op);
        } else if (entry.type === "undo-intent" || entry.type === "sweep-intent") {
          if (!begun.has(entry.op)) {
            found(moment, `${entry.type} of ${entry.step}, of which no intent tells`);
          }
          of(entry.step).add(`${entry.type} ${entry.op}`);
        } else if ("op" in entry && entry.op !== undefined) {
          if (!begun.has(entry.op) && entry.type !== "failed") {
            found(moment, `${entry.type} of ${entry.step}, of which no intent tells`);
          }
          if (entry.type === "swept") of(entry.step).delete(`sweep-intent ${entry.op}`);
          else if (entry.type === "done" || entry.type === "absent")
            of(entry.step).delete(entry.op);
          else of(entry.step).delete(`undo-intent ${entry.op}`);
        }
      }
      if (moment.type === "wire" && moment.what === "sent" && moment.call.write) {
        const { step, phase, operation } = moment.call;
        if (step === undefined || (phase !== "apply" && phase !== "undo")) continue;
        if (of(step).size === 0) {
          found(moment, `${operation} was sent for ${step} before the journal knew of it`);
        }
      }
    }
  });
}

const over: ReadonlySet<string> = new Set(["step.finished", "step.deferred", "step.skipped"]);

/** No step begins before those it comes after have ended; none is undone before its dependents. */
function order({ sequence, moments }: Evidence): Violation[] {
  const after = new Map(sequence.steps.map(({ id, after }) => [id, after]));
  return collect("dependency-order", (found) => {
    /** Set up by now, in whichever run. */
    const done = new Set<StepId>();
    let ended = new Set<StepId>();
    let undoing = new Set<StepId>();
    for (const moment of moments) {
      if (moment.type !== "event") continue;
      const { event } = moment;
      if (event.type === "run.started") {
        // A sync begins in the middle: what comes before has been done by earlier runs.
        ended = new Set(event.command === "sync" ? done : []);
        undoing = new Set();
      } else if (event.type === "step.started") {
        for (const before of after.get(event.step) ?? []) {
          if (!ended.has(before)) {
            found(moment, `${event.step} began before ${before}, which comes first, had ended`);
          }
        }
      } else if (event.type === "undo.started") {
        // Once more: a copy of it is swept away, which nothing hangs on.
        if (undoing.has(event.step)) continue;
        undoing.add(event.step);
        for (const before of after.get(event.step) ?? []) {
          if (undoing.has(before)) {
            found(moment, `${before} was undone before ${event.step}, which comes after it`);
          }
        }
      } else if (over.has(event.type) && "step" in event && event.step !== undefined) {
        ended.add(event.step);
        if (event.type === "step.finished") done.add(event.step);
      } else if (event.type === "undo.finished") done.delete(event.step);
    }
  });
}

/** As often as the policy of the operation says; what may have been done and must not be done twice is not sent again. */
function attempts({ sequence, moments }: Evidence): Violation[] {
  const policies = new Map(
    sequence.integrations.map(({ id, settings }) => [id, policyByOperation(settings.retry)]),
  );
  // With the next credential in place a call is sent once more: that is no retry.
  const spare = new Map(
    sequence.integrations.map(({ id, settings }) => [id, settings.credentials?.length ?? 0]),
  );
  return collect("attempts", (found) => {
    const ends = new Map<number, Extract<Moment, { type: "wire" }>>();
    for (const moment of moments) {
      if (moment.type !== "wire") continue;
      const { call, what } = moment;
      if (what === "answered" || what === "cut") ends.set(call.id, moment);
      if (what !== "sent" || call.attempt === 1) continue;
      const limit =
        (policies.get(call.integration)?.(call.operation).maxAttempts ?? 1) +
        (spare.get(call.integration) ?? 0);
      if (call.attempt > limit) {
        found(moment, `${told(call)} was sent ${call.attempt} times; ${limit} are allowed`);
      }
      const end = ends.get(call.id);
      if (call.write && !call.idempotent && end !== undefined && isDoubtful(end)) {
        found(moment, `${told(call)} was sent again although the service may have done it`);
      }
    }
  });
}

/** Whether nobody can know from this end whether the service has acted. */
function isDoubtful({ what, detail = "" }: Extract<Moment, { type: "wire" }>): boolean {
  if (what === "cut") return ["aborted", "reset", "undecodable"].includes(detail);
  return Number(detail) >= 500 && ![501, 505, 511].includes(Number(detail));
}

/** Nothing is sent, and nothing waited for, past a call's deadline. */
function deadlines({ moments }: Evidence): Violation[] {
  return collect("deadline", (found) => {
    for (const moment of moments) {
      if (moment.type !== "wire" || !["sent", "answered", "cut"].includes(moment.what)) continue;
      const { call, at } = moment;
      if (at > call.deadline) {
        found(moment, `${told(call)} went on ${at - call.deadline} ms after its deadline`);
      }
    }
  });
}

function secrets({ moments, entries, secrets: all }: Evidence): Violation[] {
  const shown = all.filter((secret) => secret.length >= 6);
  return collect("no-secrets", (found) => {
    const look = (about: Pick<Moment, "at" | "act">, where: string, value: unknown): void => {
      const text = JSON.stringify(value);
      if (shown.some((secret) => text.includes(secret))) found(about, `a secret is in ${where}`);
    };
    for (const moment of moments) look(moment, `what is told (${moment.type})`, moment);
    look({ at: 0, act: 0 }, "the journal", entries);
  });
}

function told({ integration, operation, step }: WireCall): string {
  return step === undefined ? `${integration} ${operation}` : `${operation} of ${step}`;
}
