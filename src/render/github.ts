import { appendFileSync } from "node:fs";
import type { RunEvent, RunEventBody } from "../core/events.ts";
import type { Failure } from "../core/failure.ts";
import type { RunOutcome } from "../core/journal.ts";
import { problemsOf } from "../core/validate/problem.ts";
import { failureLine } from "./failure-line.ts";
import { linesFor } from "./lines.ts";
import { logLines } from "./log-line.ts";
import { summaryMarkdown } from "./markdown.ts";
import type { PlainOptions } from "./plain.ts";
import { type RunRenderer, type Screen, type Surface, writeLines } from "./renderer.ts";
import { fold, noRun, type RunView } from "./run-view.ts";
import { writeSummary } from "./summary.ts";

/**
 * Plain lines in folding groups, with annotations, and a summary of the job.
 * @param summaryFile `GITHUB_STEP_SUMMARY`
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function githubRenderer(
  screen: Screen,
  options: PlainOptions,
  summaryFile: string | undefined,
): RunRenderer {
  let view = noRun;
  let group: string | undefined;
  let ended = false;

  const enter = (next: string | undefined): void => {
    if (next === group) return;
    if (group !== undefined) screen.err.write("::endgroup::\n");
    if (next !== undefined) screen.err.write(`::group::${escapeData(next)}\n`);
    group = next;
  };
  return {
    event(event) {
      if (ended) return;
      view = fold(view, event);
      const lines = options.quiet ? [] : linesFor(event, options.verbose);
      if (lines.length > 0 && groups[event.type] !== "same") enter(groups[event.type]);
      writeLines(
        screen.err,
        lines.flatMap((line) => logLines(event, line, screen.err.terminal)).map(inert),
      );
      annotate(event, view, screen.err);
      if (event.type !== "run.finished") return;
      enter(undefined);
      ended = true;
      writeSummary(view, screen, inert);
      if (summaryFile) appendSummary(summaryFile, summaryMarkdown(view), screen.err);
    },
    notice(text) {
      if (!ended) writeLines(screen.err, [inert(text)]);
    },
    async close() {
      enter(undefined);
    },
  };
}

/** The group an event's lines belong to; `same`: whichever is open. */
const groups: Readonly<Record<RunEventBody["type"], string | undefined>> = {
  "lock.waiting": undefined,
  "run.started": undefined,
  "health.started": "Health of the services",
  "health.finished": "Health of the services",
  "integration.skipped": "same",
  "plan.ready": "Plan",
  "recovery.settled": "Recovery of an interrupted run",
  "step.started": "Setup",
  "step.finished": "Setup",
  "step.failed": "Setup",
  "step.skipped": "Setup",
  "step.deferred": "Setup",
  "step.cached": "Setup",
  "step.probing": "Setup",
  "step.swept": "Copies",
  "undo.started": "Undo",
  "undo.finished": "Undo",
  "call.finished": "same",
  "call.retrying": "same",
  "call.given-up": "same",
  "call.cached": "same",
  "call.refused": "same",
  "call.waiting": "same",
  "breaker.changed": "same",
  "credential.rotated": "same",
  offline: "same",
  "run.finished": undefined,
};

function annotate(event: RunEvent, view: RunView, surface: Surface): void {
  if (event.type === "step.failed") {
    surface.write(command("error", { title: event.step }, failureLine(event.failure)));
  } else if (event.type === "step.deferred" || event.type === "step.skipped") {
    surface.write(command("warning", { title: event.step }, failureLine(event.failure)));
  } else if (event.type === "run.finished") {
    const failedSteps = [...view.steps.values()].filter(({ state }) => state === "failed");
    if (event.failure !== undefined && failedSteps.length === 0) {
      surface.write(failureAnnotations(event.failure, levels[event.outcome]));
    }
    for (const { step, what, why, fix } of event.residue) {
      surface.write(
        command("warning", { title: `left behind by ${step}` }, `${what}: ${why} ${fix}`),
      );
    }
  }
}

/** Annotations for a failure outside of a run: each problem of a configuration at its line. */
export function failureAnnotations(failure: Failure, level: Level = "error"): string {
  const problems = problemsOf(failure.details);
  if (problems.length === 0) {
    return command(level, { title: failure.code }, failure.message);
  }
  return problems
    .map(({ code, message, file, line, column, suggestion }) => {
      const hint = suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
      return command("error", { file, line, col: column, title: code }, message + hint);
    })
    .join("");
}

type Level = "error" | "warning";
const levels: Readonly<Record<RunOutcome, Level>> = {
  succeeded: "warning",
  degraded: "warning",
  interrupted: "warning",
  "rolled-back": "error",
  "rollback-incomplete": "error",
  failed: "error",
};

type Properties = Readonly<Record<string, string | number | undefined>>;

export function command(name: Level, properties: Properties, message: string): string {
  const list = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name} ${list.join(",")}::${escapeData(message)}\n`;
}

export function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

export function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/**
 * A line that the runner cannot take for a command: `::name::` counts at the beginning of a
 * line, the older `##[name]` anywhere.
 */
export function inert(line: string): string {
  return line.replace(/^(\s*):(?=:)/, "$1:\u200b").replaceAll("##[", "##\u200b[");
}

export function appendSummary(file: string, text: string, surface: Surface): void {
  try {
    appendFileSync(file, text);
  } catch (error) {
    // The run itself is done; a summary that cannot be written must not change how it ended.
    const why = error instanceof Error ? error.message : String(error);
    surface.write(command("warning", { title: "no step summary" }, why));
  }
}
