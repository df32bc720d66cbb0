import { Argument, Command, Option } from "commander";
import { logLevels } from "../core/log.ts";
import { breakerCommands } from "./breaker-commands.ts";
import { cacheCommands } from "./cache-commands.ts";
import { deferredCommands, offline, syncCommand } from "./deferred-commands.ts";
import { configCommands, sandboxCommands } from "./local-commands.ts";
import { offlineGiven } from "./offline.ts";
import {
  type CommandName,
  type CommandOptions,
  type GlobalOptions,
  graphFormats,
  type Invocation,
  outputsFormats,
  shells,
} from "./options.ts";
import { simulateCommand } from "./simulate-command.ts";
import { many, past, several, time } from "./values.ts";

const titles: Readonly<Record<string, string>> = {
  "Global Options:": "Options for every command:",
};

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
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: 20,
      styleTitle: (title) => titles[title] ?? title,
    })
    .helpCommand("help [command]", "Show help for a command")
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

  const command = <Name extends CommandName>(
    parent: Command,
    name: Name,
    description: string,
    convert: (given: Record<string, unknown>, args: readonly string[]) => CommandOptions[Name],
  ): Command => {
    const made = parent.command(name.split(" ").at(-1) as string).description(description);
    made.action((...given: unknown[]) => {
      const { config, state, log, logLevel, ...flags } = program.opts();
      const global: GlobalOptions = {
        json: flags.json === true,
        ...(config === undefined ? {} : { config }),
        ...(state === undefined ? {} : { state }),
        ...(log === undefined ? {} : { log }),
        ...(logLevel === undefined ? {} : { logLevel }),
        color: flags.color !== false,
        quiet: flags.quiet === true,
        verbose: flags.verbose === true,
        sandbox: flags.sandbox === true,
      };
      const options = convert(made.opts(), given.slice(0, -2) as string[]);
      chosen({ command: name, options, global } as Invocation);
    });
    return made;
  };
  const group = (name: string, description: string): Command =>
    program.command(name).description(description).usage("<command> [options]").helpCommand(false);

  const wait = (): Option =>
    new Option(
      "--wait <time>",
      "wait so long for another run to end: 30s, 5m; a plain number is seconds",
    ).argParser(time);
  const setup = (parent: Command): Command =>
    command(parent, "setup", "Set up everything that the sequence names", (given) => ({
      ...(typeof given.wait === "number" ? { wait: given.wait } : {}),
      ...(typeof given.plan === "string" ? { plan: given.plan } : {}),
      ...(given.adopt === undefined ? {} : { adopt: given.adopt as string[] }),
      ...offlineGiven(given),
    }))
      .addOption(
        new Option(
          "--adopt <step>",
          "take over what somebody else made where this step was to create its own; all for every step; may be repeated",
        ).argParser(several),
      )
      .option("--plan <file>", "do what this saved plan says, or nothing if it no longer holds")
      .addOption(offline())
      .addOption(wait());
  const plan = (parent: Command): Command =>
    command(parent, "plan", "Show what setup would do, changing nothing", (given) => ({
      exitCode: given.exitCode === true,
      calls: given.calls === true,
      ...(typeof given.out === "string" ? { out: given.out } : {}),
      ...offlineGiven(given),
    }))
      .addOption(offline())
      .option("--exit-code", "exit with 3 when there are changes")
      .option("--calls", "show every write that setup would send, and what it costs")
      .option("--out <file>", "save the plan, for `testx integrations setup --plan`");
  const rollback = (parent: Command): Command =>
    command(parent, "rollback", "Undo what a run did, newest first", (given) => ({
      list: given.list === true,
      ...(typeof given.run === "string" ? { run: given.run } : {}),
      ...(typeof given.to === "string" ? { to: given.to } : {}),
      dryRun: given.dryRun === true,
      ...(typeof given.wait === "number" ? { wait: given.wait } : {}),
    }))
      .addOption(new Option("--list", "list the rollback points").conflicts(["to", "dryRun"]))
      .option("--run <id>", "the run to undo (default: the newest)")
      .option("--to <point>", "undo back to this point, itself included")
      .option("--dry-run", "show what would be undone, changing nothing")
      .addOption(wait().conflicts(["list", "dryRun"]));
  const drift = (parent: Command): Command =>
    command(
      parent,
      "drift",
      "Show what somebody changed or deleted since it was set up",
      (given) => ({
        exitCode: given.exitCode === true,
        ignore: (given.ignore as string[] | undefined) ?? [],
        ...offlineGiven(given),
      }),
    )
      .addOption(offline())
      .option("--exit-code", "exit with 3 when there is drift")
      .addOption(
        new Option(
          "--ignore <step[.field]>",
          "leave out a step or a field of it, such as slack.channel.topic; may be repeated",
        ).argParser(several),
      );
  const status = (parent: Command): Command =>
    command(parent, "status", "Show what is set up, by which run, with links", (given) => ({
      watch: given.watch === true,
    }))
      .option("--watch", "show it anew whenever it changes, until q or Ctrl-C")
      .addOption(offline());

  program.commandsGroup("Commands:");
  const integrations = group("integrations", "Set up, look at and undo the integrations");
  setup(integrations);
  plan(integrations);
  drift(integrations);
  syncCommand(command, integrations, wait);
  rollback(integrations);
  status(integrations);
  command(
    integrations,
    "health",
    "Show whether the services are up, since when, and as whom",
    (given, args) => ({
      names: (args as unknown as [string[]])[0],
      fresh: given.fresh === true,
      ...offlineGiven(given),
    }),
  )
    .argument("[name...]", "only these integrations")
    .addOption(offline().conflicts("fresh"))
    .option("--fresh", "ask now, even if an earlier answer still counts");
  command(integrations, "outputs", "Print ids and links of what is set up", (given) => ({
    format: given.format as CommandOptions["outputs"]["format"],
  }))
    .addOption(
      new Option("--format <format>", "how to print them").choices(outputsFormats).default("env"),
    )
    .addOption(offline());
  command(integrations, "list", "List the integrations and their steps", () => ({}));
  command(integrations, "graph", "Show what depends on what", (given) => ({
    format: given.format as CommandOptions["graph"]["format"],
  })).addOption(
    new Option("--format <format>", "how to print it").choices(graphFormats).default("tree"),
  );

  command(
    integrations,
    "metrics",
    "Show how calls went: success, latencies, retries, waits",
    (given, args) => ({
      names: (args[0] as unknown as readonly string[] | undefined) ?? [],
      since: given.since as number,
      prometheus: given.prometheus === true,
    }),
  )
    .argument("[name...]", "integrations (default: all)")
    .addOption(
      new Option("--since <time>", "how far back: 90m, 24h, 7d")
        .argParser(past)
        .default(86_400_000, "24h"),
    )
    .addOption(
      new Option("--prometheus", "print all since the beginning, for Prometheus").conflicts(
        "since",
      ),
    );

  command(program, "init", "Write a starter configuration", (given) => ({
    yes: given.yes === true,
    force: given.force === true,
    dir: typeof given.dir === "string" ? given.dir : ".",
  }))
    .option("-y, --yes", "take the defaults, ask nothing")
    .option("--force", "replace files that are there already")
    .option("--dir <dir>", "folder of the project (default: this one)");

  command(program, "doctor", "Find out what is wrong, and name the one cause", (_, args) => ({
    integrations: (args as unknown as [string[]])[0],
  })).argument("[integration...]", "only what concerns these");
  command(program, "dashboard", "Show how everything is, as it changes", () => ({}));
  const history = command(
    program,
    "history",
    "List the runs: when, how long, what came of it",
    (given) => ({
      limit: given.limit as number,
    }),
  ).addOption(new Option("--limit <number>", "how many of the newest").argParser(many).default(20));
  history.helpCommand(false);
  command(history, "history show", "Show what a run did, one thing after the other", (_, args) => ({
    run: args[0] as string,
  })).argument("<run>", "the run's id or its beginning, or last");

  simulateCommand(command, program);
  breakerCommands(command, program);

  deferredCommands(command, group("deferred", "What was put off while services were down"));

  cacheCommands(group("cache", "The answers of services that are kept"), command);

  configCommands(command, group("config", "Look at and check the configuration"));
  sandboxCommands(command, group("sandbox", "The local stand-ins for the services"));

  command(program, "explain", "Explain an error code and what to do about it", (given, args) => ({
    ...(args[0] === undefined ? {} : { code: args[0] }),
    list: given.list === true,
  }))
    .argument("[code]", "for example CONFIG_UNKNOWN_KEY")
    .option("--list", "list all codes");
  command(program, "completion", "Print a completion script for a shell", (_, args) => ({
    shell: args[0] as CommandOptions["completion"]["shell"],
  })).addArgument(new Argument("<shell>", "your shell").choices(shells));

  program.addHelpText("after", examples);
  program.commandsGroup("Short for `testx integrations …`:");
  setup(program);
  plan(program);
  drift(program);
  syncCommand(command, program, wait);
  rollback(program);
  status(program);
  return program;
}

const examples = `
Examples:
  testx init                          write a starter configuration
  testx integrations setup --sandbox  try it without an account
  testx integrations plan             see what setup would do
  testx integrations setup            do it
  testx rollback                      undo it
`;
