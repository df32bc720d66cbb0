import type { Diagnosis } from "../../core/diagnosis.ts";
import { reportOf, type Treatment } from "../../core/doctor-report.ts";
import { exitCodes } from "../../core/exit-codes.ts";
import { fail, TestxError } from "../../core/failure.ts";
import type { RunCommand } from "../../core/journal.ts";
import { type Cure, curesFor } from "../../features/doctor/fix.ts";
import { treatmentLines } from "../../render/doctor-fix.ts";
import { writeLines } from "../../render/renderer.ts";
import type { OpenDoctor } from "../../wiring/doctor.ts";
import type { Context } from "../context.ts";
import { streamOf } from "../io.ts";
import type { CommandOptions } from "../options.ts";
import { looked } from "./looked.ts";
import { codes, safe, show } from "./show.ts";

type Options = CommandOptions["doctor"];

/**
 * Shows what would be done, asks, does it one by one and looks after each whether it has helped.
 * @throws TestxError CLI_NO_TERMINAL
 */
export async function fix(
  options: Options,
  context: Context,
  open: () => Promise<OpenDoctor>,
): Promise<number> {
  const { screen, global } = context;
  // Opened anew each time: what was opened before has seen the illness.
  const examined = async () => {
    const doctors = await open();
    try {
      const seen = await looked(doctors.deps, options, context);
      const { mender, path, deps } = doctors;
      return { seen, hands: { files: deps.files, mender, path } };
    } finally {
      await doctors.close();
    }
  };
  const look = async (): Promise<Diagnosis> => (await examined()).seen;

  const { seen, hands } = await examined();
  let diagnosis = seen;
  const cures = curesFor(diagnosis, {
    ...hands,
    run: (command) => carriedOut(command, context),
  });
  if (!global.json) writeLines(screen.err, planLines(cures));
  const agreement = cures.length === 0 || (await agreed(options, context));
  if (agreement === undefined) {
    writeLines(screen.err, ["Nothing was changed."]);
    return exitCodes.interrupted;
  }
  if (!agreement) {
    const declined = cures.map((cure) => ({ ...said(cure), outcome: "declined" as const }));
    const report = safe(reportOf(diagnosis, declined), context);
    show(report, context);
    return codes[report.outcome];
  }
  const treatments: Treatment[] = [];
  for (const cure of cures) {
    const { treatment, after } = await treated(cure, diagnosis, look);
    diagnosis = after;
    treatments.push(treatment);
  }
  const report = safe(reportOf(diagnosis, treatments), context);
  if (!global.json) writeLines(screen.err, treatmentLines(treatments, screen.err.terminal));
  show(report, context);
  return codes[report.outcome];
}

function planLines(cures: readonly Cure[]): string[] {
  if (cures.length === 0) return ["There is nothing that testx can mend by itself.", ""];
  return ["This would be done:", ...cures.map(({ text }) => `  ${text}`), ""];
}

function said({ code, about, text }: Cure) {
  return { code, text, ...(about === undefined ? {} : { about }) };
}

/** `undefined`: whoever was asked has gone away. */
async function agreed(
  { yes }: Options,
  { io, global, interruption, screen }: Context,
): Promise<boolean | undefined> {
  if (yes) return true;
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true || global.json) {
    const text = "`testx doctor --fix` asks first, and there is no terminal to ask on: add --yes.";
    fail("CLI_NO_TERMINAL", text);
  }
  const { prompts } = await import("../../render/prompts.ts");
  const streams = { input: io.stdin, output: streamOf(io.stderr), signal: interruption.signal };
  const questions = prompts(streams, screen.err.terminal);
  return questions.confirm("Do this?");
}

async function treated(
  cure: Cure,
  before: Diagnosis,
  look: () => Promise<Diagnosis>,
): Promise<{ readonly treatment: Treatment; readonly after: Diagnosis }> {
  const about = said(cure);
  try {
    const undo = await cure.apply();
    const after = await look();
    const worse = errorsOf(cure, after) > errorsOf(cure, before);
    if (worse && cure.revert) {
      cure.revert();
      const message = "It made things worse, and was taken back.";
      return { treatment: { ...about, outcome: "useless", message }, after: await look() };
    }
    const outcome = isThere(cure, after) ? "done" : "cured";
    return { treatment: { ...about, outcome, undo }, after };
  } catch (error) {
    if (error instanceof TestxError && error.code === "RUN_INTERRUPTED") throw error;
    const message = error instanceof Error ? error.message : String(error);
    return { treatment: { ...about, outcome: "failed", message }, after: await look() };
  }
}

/** Of the same check: what others find may have been hidden before. */
function errorsOf({ check }: Cure, { findings }: Diagnosis): number {
  return findings.filter((one) => one.check === check && one.severity === "error").length;
}

function isThere({ code, check, about }: Cure, { findings }: Diagnosis): boolean {
  return findings.some((one) => one.code === code && one.check === check && one.about === about);
}

/** A command of testx as part of this one: what it prints is beside the result. */
async function carriedOut(command: RunCommand, context: Context): Promise<boolean> {
  const { screen, global } = context;
  const within: Context = {
    ...context,
    project: context.project,
    screen: { ...screen, out: screen.err },
    global: { ...global, json: false },
  };
  const code = await started(command, within);
  return code === exitCodes.done || code === exitCodes.degraded;
}

async function started(command: RunCommand, context: Context): Promise<number> {
  switch (command) {
    case "setup":
      return (await import("../commands/setup.ts")).run({}, context);
    case "sync":
      return (await import("../commands/sync.ts")).run({ watch: false }, context);
    case "rollback":
      return (await import("../commands/rollback.ts")).run({ list: false, dryRun: false }, context);
  }
}
