import { Command, Option } from "commander";
import { logLevels } from "../core/log.ts";
import type { Invocation } from "./options.ts";
import { breakerCommands } from "./program/breakers.ts";
import { cacheCommands } from "./program/cache.ts";
import { configCommands } from "./program/config.ts";
import { deferredCommands } from "./program/deferred.ts";
import { type Define, defining } from "./program/define.ts";
import { withExamples } from "./program/examples.ts";
import { completionCommand, doctorCommand, explainCommand } from "./program/helping.ts";
import { layout } from "./program/layout.ts";
import * as looking from "./program/looking.ts";
import { sandboxCommands } from "./program/sandbox.ts";
import * as settingUp from "./program/setting-up.ts";
import { simulateCommand } from "./program/simulate.ts";
import { dashboardCommand, historyCommands } from "./program/watching.ts";

/**
 * The command tree. `chosen` is told which command the arguments name, with its options.
 * `settings` are those of the program; its commands take them over.
 */
export function programFor(
  chosen: (invocation: Invocation) => void,
  settings: (program: Command) => void = () => {},
): Command {
  const program = new Command("testx");
  settings(program);
  program
    .description(
      "Sets up a team's Slack, Notion and GitHub in dependency order, survives outages and crashes, and can undo what it did.",
    )
    .usage("<command> [options]")
    .configureHelp(layout)
    .helpOption("-h, --help", "show help")
    .option("--json", "print JSON only on standard output")
    .option("--config <path>", "folder or file of the configuration")
    .option("--state <dir>", "folder for testx's memory (default: .testx in the project)")
    .option("--sandbox", "use local stand-ins for all services")
    .addOption(new Option("-q, --quiet", "print results and errors only").conflicts("verbose"))
    .option("-v, --verbose", "print every call that is made")
    .option("--no-color", "print without colors")
    .option("--log <file>", "append everything that happens to this file, one JSON a line")
    .addOption(
      new Option("--log-level <level>", "leave out of it what matters less").choices(logLevels),
    )
    .option("-V, --version", "print the version");
  const define = defining(program, chosen);

  program.commandsGroup("Set up and undo:");
  settingUp.initCommand(define, program);
  settingUp.planCommand(define, program);
  settingUp.setupCommand(define, program);
  settingUp.syncCommand(define, program);
  settingUp.rollbackCommand(define, program);

  program.commandsGroup("Look:");
  looking.statusCommand(define, program);
  looking.driftCommand(define, program);
  dashboardCommand(define, program);
  historyCommands(define, program);
  integrationCommands(define);

  program.commandsGroup("Mend:");
  doctorCommand(define, program);
  explainCommand(define, program);
  deferredCommands(define);
  breakerCommands(define, program);
  cacheCommands(define);

  program.commandsGroup("Try without an account:");
  simulateCommand(define, program);
  sandboxCommands(define);

  program.commandsGroup("Configure:");
  configCommands(define);
  completionCommand(define, program);
  program.helpCommand("help [command]", "Show help for a command");

  return withExamples(
    program,
    ["testx init", "write a starter configuration"],
    ["testx setup --sandbox", "try it without an account"],
    ["testx plan", "see what setup would do"],
    ["testx setup", "do it"],
    ["testx rollback", "undo it"],
  );
}

/** `testx integrations …`; setup, plan and others are short for what is in here. */
function integrationCommands(define: Define): void {
  const integrations = define.group(
    "integrations",
    "Health, outputs, list, graph, metrics; and by their full names plan, setup, sync, rollback, status and drift",
  );
  integrations.commandsGroup("Set up and undo:");
  settingUp.planCommand(define, integrations);
  settingUp.setupCommand(define, integrations);
  settingUp.syncCommand(define, integrations);
  settingUp.rollbackCommand(define, integrations);
  integrations.commandsGroup("Look:");
  looking.statusCommand(define, integrations);
  looking.driftCommand(define, integrations);
  looking.healthCommand(define, integrations);
  looking.outputsCommand(define, integrations);
  looking.listCommand(define, integrations);
  looking.graphCommand(define, integrations);
  looking.metricsCommand(define, integrations);
  withExamples(
    integrations,
    ["testx integrations setup --sandbox", "try it without an account"],
    ["testx integrations health", "is everything up?"],
  );
}
