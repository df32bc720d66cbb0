import { type RunView, type StepView, urlOf } from "./run-view.ts";
import { duration, oneLine } from "./text.ts";
import { cameTo, outcomeText } from "./words.ts";

/** A run as Markdown: for the summary of a GitHub Actions job. */
export function summaryMarkdown(view: RunView): string {
  const { finished } = view;
  if (finished === undefined) return "";
  const took = duration(finished.durationMs);
  const lines = [
    `## testx ${view.command}: ${outcomeText(view.command, finished.outcome)}`,
    "",
    `${cameTo(finished)} in ${took}. Run \`${view.run}\`.`,
  ];
  if (finished.failure !== undefined) {
    lines.push("", `> **${finished.failure.code}** ${cell(finished.failure.message)}`);
  }
  const steps = [...view.steps.values()].filter((step) => step.state !== "waiting");
  if (steps.length > 0) {
    lines.push("", "| Step | What | Result | Time |", "| --- | --- | --- | ---: |");
    for (const step of steps) lines.push(row(step));
  }
  if (finished.residue.length > 0) {
    lines.push("", "### Left behind", "", "| Step | What | Why | What to do |");
    lines.push("| --- | --- | --- | --- |");
    for (const { step, what, why, fix } of finished.residue) {
      lines.push(`| ${[step, what, why, fix].map(cell).join(" | ")} |`);
    }
  }
  return `${lines.join("\n")}\n\n`;
}

function row(step: StepView): string {
  const url = urlOf(step.receipt);
  const title = cell(step.title);
  const result =
    step.state === "done" ? (step.origin ?? "done") : `${step.state} ${step.failure?.code ?? ""}`;
  const linked = url === undefined || step.state !== "done" ? title : `[${title}](<${link(url)}>)`;
  const time = step.durationMs === undefined ? "" : duration(step.durationMs);
  return `| ${cell(step.step)} | ${linked} | ${result.trim()} | ${time} |`;
}

/** Text that stays within its cell and is not taken for Markdown or HTML. */
function cell(text: string): string {
  return oneLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\`*_[\]|~]/g, "\\$&");
}

function link(url: string): string {
  return oneLine(url).replace(/[<>|\s\\]/g, encodeURIComponent);
}
