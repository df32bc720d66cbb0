import { exitCodes } from "../../core/exit-codes.ts";
import { failure, TestxError } from "../../core/failure.ts";
import { problemDetails } from "../../core/validate/problem.ts";
import { validateConfig } from "../../features/config.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import { symbolsFor } from "../../render/terminal.ts";
import { count, hanging } from "../../render/text.ts";
import type { Context } from "../context.ts";

export async function run(_: unknown, context: Context): Promise<number> {
  const { screen, global, redactor } = context;
  const { configReader } = await import("../container.ts");
  const report = await validateConfig(configReader(context));
  if (global.json) {
    writeJson(screen.out, redactor.json({ ...report } as never));
    return report.valid ? exitCodes.done : exitCodes.usage;
  }
  if (!report.valid) {
    const text = `The configuration has ${count(report.problems.length, "problem")}.`;
    const details = problemDetails(report.problems);
    throw new TestxError(failure("CONFIG_INVALID", text, { details }));
  }
  const { integrations, steps, files } = report;
  const found = files.filter((file) => file.found).map(({ file }) => `  ${file}`);
  const { done } = symbolsFor(screen.out.terminal);
  const sizes = `${count(integrations, "integration")}, ${count(steps, "step")}`;
  const { width } = screen.out.terminal;
  const valid = hanging(`${done} `, `The configuration is valid: ${sizes}.`, width);
  writeLines(screen.out, [...valid, ...found]);
  return exitCodes.done;
}
