import type { RunEvent } from "../core/events.ts";
import type { Plan, PlanItem } from "../core/plan.ts";
import { failureLine } from "./failure-line.ts";
import { urlOf } from "./run-view.ts";
import { count, duration, oneLine } from "./text.ts";
import {
  cameTo,
  changeText,
  did,
  doing,
  doubtText,
  foundText,
  holderText,
  planSigns,
  planText,
  sweptText,
} from "./words.ts";

export interface Line {
  readonly level: "info" | "good" | "warn" | "bad" | "detail";
  /** Fixed word at the beginning: `done`, `retry`. */
  readonly word: string;
  /** Step or integration. */
  readonly about: string;
  readonly text: string;
}

/** An event as log lines; `[]` when it is worth none. Pure. */
export function linesFor(event: RunEvent, verbose: boolean): Line[] {
  const line = (level: Line["level"], word: string, about: string, text: string): Line[] => [
    { level, word, about, text: oneLine(text) },
  ];
  switch (event.type) {
    case "lock.waiting": {
      const text = `waiting at most ${duration(event.leftMs)} for ${holderText(event.holder, event.at)}`;
      return line("info", "wait", "lock", text);
    }
    case "run.started": {
      const again = event.resumed ? ", going on with an unfinished run" : "";
      const sizes = `${count(event.integrations.length, "integration")}, ${count(event.steps.length, "step")}`;
      return line("info", "start", event.command, `run ${event.run}: ${sizes}${again}`);
    }
    case "health.started":
      return verbose ? line("detail", "health", event.integration, "asking") : [];
    case "health.finished": {
      const { health, integration } = event;
      const took =
        event.ageMs === undefined
          ? `in ${duration(event.durationMs)}`
          : `as of ${duration(event.ageMs)} ago`;
      const who = health.account === undefined ? "" : ` as ${health.account}`;
      const why = health.message ?? health.failure?.message;
      const text = `${health.status}${who} ${took}${why === undefined ? "" : `: ${why}`}`;
      const level =
        health.status === "healthy" ? "good" : health.status === "down" ? "bad" : "warn";
      return line(level, "health", integration, text);
    }
    case "integration.skipped":
      return line("warn", "skip", event.integration, failureLine(event.failure));
    case "plan.ready":
      return planLines(event.plan, verbose);
    case "recovery.settled":
      return line(
        event.found === "conflict" ? "warn" : "info",
        "recover",
        event.step,
        `the interrupted write ${foundText[event.found]}`,
      );
    case "step.started":
      return line("info", "begin", event.step, `${doing[event.action]} ${event.title}`);
    case "step.finished": {
      const url = urlOf(event.receipt);
      const text = `${event.title} ${did(event.origin, event.durationMs)}${url === undefined ? "" : ` ${url}`}`;
      return line("good", "done", event.step, text);
    }
    case "step.failed":
      return line("bad", "fail", event.step, `${event.title}: ${failureLine(event.failure)}`);
    case "step.skipped":
      return line("warn", "skip", event.step, `${event.title}: ${failureLine(event.failure)}`);
    case "step.deferred":
      return line("warn", "defer", event.step, `${event.title}: ${failureLine(event.failure)}`);
    case "step.cached": {
      const text = `${event.title}: from memory, ${duration(event.ageMs)} old: ${failureLine(event.failure)}`;
      return line("warn", "cached", event.step, text);
    }
    case "step.probing":
      return line(
        "warn",
        "probe",
        event.step,
        `${doubtText(event).join("; ")} in ${duration(event.waitMs)}`,
      );
    case "step.swept": {
      const { removed, residue, failure } = event;
      if (failure !== undefined) {
        const text = `${event.title}: it could not be looked for copies: ${failureLine(failure)}`;
        return line("warn", "sweep", event.step, text);
      }
      const left = residue.map((item) => `${item.what}: ${item.why}`).join("; ");
      if (left !== "") return line("warn", "left", event.step, left);
      if (removed.length > 0) return line("warn", "sweep", event.step, sweptText(event));
      return verbose ? line("detail", "sweep", event.step, sweptText(event)) : [];
    }
    case "undo.started":
      return line("info", "undo", event.step, `undoing ${event.title}`);
    case "undo.finished": {
      const left = event.residue.map((item) => `${item.what}: ${item.why}`).join("; ");
      return left === ""
        ? line("good", "undone", event.step, `${event.title} in ${duration(event.durationMs)}`)
        : line("warn", "left", event.step, left);
    }
    case "call.cached": {
      const state = event.state === "fresh" ? "" : " (stale)";
      const text = `${event.operation} known for ${duration(event.ageMs)}${state}`;
      return verbose ? line("detail", "cached", event.integration, text) : [];
    }
    case "call.refused": {
      const text = `${event.operation} not sent: ${failureLine(event.failure)}`;
      return verbose ? line("detail", "refuse", event.integration, text) : [];
    }
    case "call.waiting": {
      const text = `${event.operation} waits ${duration(event.waitMs)} (${event.limit})`;
      return line("info", "limit", event.integration, text);
    }
    case "breaker.changed": {
      const until = event.until === undefined ? "" : ` for ${duration(event.until - event.at)}`;
      const text = `breaker ${event.to}${until}: ${event.reason}`;
      return line(event.to === "closed" ? "info" : "warn", "break", event.integration, text);
    }
    case "credential.rotated": {
      const text = `${event.from} cannot be used (${event.reason}); going on with ${event.to}`;
      return line("warn", "secret", event.integration, text);
    }
    case "offline":
      return line("warn", "offline", event.integrations.join(", "), event.reason);
    case "call.retrying": {
      const text = `${event.operation} ${event.reason}; again in ${duration(event.delayMs)} (attempt ${event.attempt})`;
      return line("warn", "retry", event.step ?? event.integration, text);
    }
    case "call.given-up": {
      const text = `${event.operation} ${event.reason} (after attempt ${event.attempt})`;
      return line("warn", "retry", event.step ?? event.integration, text);
    }
    case "call.finished": {
      if (!verbose) return [];
      const result = `${event.status ?? "no reply"} ${event.outcome} in ${duration(event.durationMs)}`;
      const text = `${event.operation} ${result}${circumstances(event)} [${event.requestId}]`;
      return line("detail", event.write ? "write" : "read", event.step ?? event.integration, text);
    }
    case "run.finished": {
      const calls = Object.entries(event.calls).map(([id, many]) => `${id} ${many}`);
      const onWire = calls.length > 0 ? `; calls: ${calls.join(", ")}` : "";
      const text = `${cameTo(event)} in ${duration(event.durationMs)}${onWire}`;
      const level =
        event.outcome === "succeeded" ? "good" : event.outcome === "failed" ? "bad" : "warn";
      return line(level, "end", event.outcome, text);
    }
  }
}

type CallFinished = Extract<RunEvent, { type: "call.finished" }>;

/** What is worth saying of a call beside how it ended. */
function circumstances({ reason, attempt, waitedMs, breaker, cache }: CallFinished): string {
  const said = [
    reason,
    attempt > 1 ? `attempt ${attempt}` : undefined,
    waitedMs === undefined ? undefined : `held back ${duration(waitedMs)}`,
    breaker === undefined ? undefined : `breaker ${breaker}`,
    cache === undefined ? undefined : `cache ${cache}`,
  ];
  return said.map((part) => (part === undefined ? "" : `, ${part}`)).join("");
}

function planLines(plan: Plan, verbose: boolean): Line[] {
  const shown = verbose ? plan : plan.filter((item) => item.action !== "unchanged");
  const items = shown.map(
    (item): Line => ({
      level: item.action === "blocked" ? "bad" : "info",
      word: "plan",
      about: item.step,
      text: oneLine(`${planSigns[item.action]} ${item.title}${detail(item)}`),
    }),
  );
  return [...items, { level: "info", word: "plan", about: "all", text: planText(plan) }];
}

function detail(item: PlanItem): string {
  if (item.reason !== undefined) return `: ${item.reason}`;
  if (item.action !== "update" && item.action !== "adopt") return "";
  return item.changes.length > 0
    ? `: ${item.changes.map((change) => changeText(change, "->", 40)).join(", ")}`
    : "";
}
