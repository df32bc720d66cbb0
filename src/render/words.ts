import type { RunFinished } from "../core/events.ts";
import type { Failure } from "../core/failure.ts";
import type { RunSummary } from "../core/history.ts";
import type { Counts, Origin, RunCommand, RunOutcome } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { Action, Plan } from "../core/plan.ts";
import type { LockHolder } from "../core/ports.ts";
import type { Change } from "../core/step.ts";
import { duration, oneLine } from "./text.ts";

/** What a run has done; what of it was not looked at is no count of that. */
export function cameTo({ counts, outcome, stale = [], waiting = [] }: RunFinished): string {
  const waits = new Set(waiting.map(({ step }) => step));
  const memory = stale.filter(({ step }) => !waits.has(step)).length;
  const none = Object.values(counts).every((many) => many === 0);
  if (memory === 0) return countsText(counts, outcome);
  return none ? `${memory} from memory` : `${memory} from memory, ${countsText(counts, outcome)}`;
}

/** `5 created, 1 updated, 3 unchanged`, what is zero left out. */
export function countsText(counts: Counts, outcome: RunSummary["outcome"]): string {
  const parts = Object.entries(counts)
    .filter(([, many]) => many > 0)
    .map(([what, many]) => `${many} ${what}`);
  if (parts.length > 0) return parts.join(", ");
  // A run that failed or was stopped before the first step had something to do.
  return outcome === "succeeded" ? "nothing to do" : "nothing done";
}

const planWords: Readonly<Record<Action, string>> = {
  create: "to create",
  update: "to update",
  adopt: "to adopt",
  unchanged: "unchanged",
  deferred: "deferred",
  blocked: "blocked",
  skipped: "skipped",
  cached: "from memory",
};

/** `5 to create, 1 to update, 3 unchanged` */
export function planText(plan: Plan): string {
  const parts = Object.entries(planWords).flatMap(([action, words]) => {
    const many = plan.filter((item) => item.action === action).length;
    return many > 0 ? [`${many} ${words}`] : [];
  });
  return parts.length > 0 ? parts.join(", ") : "nothing to do";
}

/** Signs for plan items; ASCII on every terminal, as in diffs. */
export const planSigns: Readonly<Record<Action, string>> = {
  create: "+",
  update: "~",
  adopt: "&",
  unchanged: "=",
  deferred: ">",
  blocked: "!",
  skipped: "-",
  cached: "?",
};

export const doing: Readonly<Record<"create" | "update" | "adopt", string>> = {
  create: "creating",
  update: "updating",
  adopt: "adopting",
};

/** Who holds the lock: `testx rollback (process 7 on laptop, for 12.0s)` */
export function holderText(holder: LockHolder | undefined, now: number): string {
  if (holder === undefined) return "another testx";
  const { command, pid, host, since } = holder;
  return oneLine(`${command} (process ${pid} on ${host}, for ${duration(now - since)})`);
}

/** Of writes that a run has under way while somebody looks. */
export function atWork({ command, pid }: LockHolder, writes: string): string {
  return oneLine(`${command} (process ${pid}) is at work now, on ${writes}.`);
}

/** What became of a write that was cut off. */
export const foundText: Readonly<Record<"applied" | "absent" | "conflict", string>> = {
  applied: "had taken effect",
  absent: "had not taken effect and is sent again",
  conflict: "had not taken effect; somebody else made something there",
};

/** Why testx waits before it goes on with a step, and with what it goes on then. */
export function doubtText({
  failure,
  known,
}: {
  readonly failure?: Failure;
  readonly known?: true;
}): [why: string, then: string] {
  if (known) return ["not shown as testx left it a moment ago", "looking again"];
  if (failure?.outcome === "not-applied") {
    return [`held back (${oneLine(failure.message)})`, "going on"];
  }
  const why = failure === undefined ? "a run was cut off" : oneLine(failure.message);
  return [`outcome unknown (${why})`, "looking again"];
}

/** `message "Hi": 1 copy removed that a lost reply had left` */
export function sweptText({ title, removed }: { title: string; removed: readonly unknown[] }) {
  if (removed.length === 0) return `${oneLine(title)}: no copies`;
  const copies = removed.length === 1 ? "1 copy" : `${removed.length} copies`;
  return `${oneLine(title)}: ${copies} removed that a lost reply had left`;
}

export function did(origin: Origin, durationMs: number): string {
  return origin === "unchanged" ? "unchanged" : `${origin} in ${duration(durationMs)}`;
}

export function outcomeText(command: RunCommand, outcome: RunOutcome): string {
  if (command === "rollback" && (outcome === "succeeded" || outcome === "rolled-back")) {
    return "Rolled back";
  }
  if (command === "sync" && outcome === "succeeded") return "Caught up";
  if (command === "sync" && outcome === "degraded") return "Caught up, but not with everything";
  const words: Record<RunOutcome, string> = {
    succeeded: "Set up",
    degraded: "Set up, but not everything",
    "rolled-back": "Failed; everything that this run did is undone",
    "rollback-incomplete": "Failed, and not everything could be undone",
    failed: "Failed",
    interrupted: "Stopped",
  };
  if (command === "rollback" && outcome === "rollback-incomplete") {
    return "Rolled back, but not everything could be restored";
  }
  return words[outcome];
}

/** `topic: "old" → "new"` */
export function changeText(change: Change, arrow: string, most = 60): string {
  const to = valueText(change.to, most);
  if (change.from === undefined) return `${change.field}: ${to}`;
  return `${change.field}: ${valueText(change.from, most)} ${arrow} ${to}`;
}

export function valueText(value: Json, most: number): string {
  const text = oneLine(JSON.stringify(value));
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}
