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
import { named } from "./program/values.ts";
import { dashboardCommand, historyCommands } from "./program/watching.ts";

/**
 * The command tree. `chosen` is told which command the arguments name, with its options.
 * `settings` are those of the program; its commands take them over. `only`: the words of one
 * command; of the others as few as possible are made.
 */
export function programFor(
  chosen: (invocation: Invocation) => void,
  settings: (program: Command) => void = () => {},
  only: readonly string[] = [],
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
    .option("--config <path>", "folder or file of the configuration", named)
    .option("--state <dir>", "folder for testx's memory (default: .testx in the project)", named)
    .option("--sandbox", "use local stand-ins for all services")
    .addOption(new Option("-q, --quiet", "print results and errors only").conflicts("verbose"))
    .option("-v, --verbose", "print every call that is made")
    .option("--no-color", "print without colors")
    .option("--log <file>", "append everything that happens to this file, one JSON a line", named)
    .addOption(
      new Option("--log-level <level>", "leave out of it what matters less").choices(logLevels),
    )
    .option("-V, --version", "print the version");
  const define = defining(program, chosen);
  const offer = offering(define, program, only[0]);

  program.commandsGroup("Set up and undo:");
  offer("init", settingUp.initCommand);
  offer("plan", settingUp.planCommand);
  offer("setup", settingUp.setupCommand);
  offer("sync", settingUp.syncCommand);
  offer("rollback", settingUp.rollbackCommand);

  program.commandsGroup("Look:");
  offer("status", looking.statusCommand);
  offer("drift", looking.driftCommand);
  offer("dashboard", dashboardCommand);
  offer("history", historyCommands);
  offer("integrations", () => integrationCommands(define, only[1]));

  program.commandsGroup("Mend:");
  offer("doctor", doctorCommand);
  offer("explain", explainCommand);
  offer("deferred", deferredCommands);
  offer("breakers", breakerCommands);
  offer("cache", cacheCommands);

  program.commandsGroup("Try without an account:");
  offer("simulate", simulateCommand);
  offer("sandbox", sandboxCommands);

  program.commandsGroup("Configure:");
  offer("config", configCommands);
  offer("completion", completionCommand);
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

/** Adds a command by its name; where `only` one is wanted, that one and no other. */
function offering(define: Define, parent: Command, only: string | undefined) {
  return (name: string, add: (define: Define, parent: Command) => void): void => {
    if (only === undefined || only === name) add(define, parent);
  };
}

/** `testx integrations …`; setup, plan and others are short for what is in here. */
function integrationCommands(define: Define, only: string | undefined): void {
  const integrations = define.group(
    "integrations",
    "Health, outputs, list, graph, metrics; and by their full names plan, setup, sync, rollback, status and drift",
  );
  const offer = offering(define, integrations, only);
  integrations.commandsGroup("Set up and undo:");
  offer("plan", settingUp.planCommand);
  offer("setup", settingUp.setupCommand);
  offer("sync", settingUp.syncCommand);
  offer("rollback", settingUp.rollbackCommand);
  integrations.commandsGroup("Look:");
  offer("status", looking.statusCommand);
  offer("drift", looking.driftCommand);
  offer("health", looking.healthCommand);
  offer("outputs", looking.outputsCommand);
  offer("list", looking.listCommand);
  offer("graph", looking.graphCommand);
  offer("metrics", looking.metricsCommand);
  withExamples(
    integrations,
    ["testx integrations setup --sandbox", "try it without an account"],
    ["testx integrations health", "is everything up?"],
  );
}
