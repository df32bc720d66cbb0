import { Argument, type Command, Option } from "commander";
import type { Define } from "./define.ts";
import { type CommandOptions, schemaFiles } from "./options.ts";
import { port } from "./values.ts";

/** `testx config …` */
export function configCommands(command: Define, config: Command): void {
  command(config, "config show", "Print the settings in force", (given) => ({
    origin: given.origin === true,
  })).option("--origin", "print where each value comes from");
  command(
    config,
    "config validate",
    "Check the configuration, reporting every problem",
    () => ({}),
  );
  command(config, "config schema", "Print the JSON Schema of a configuration file", (_, args) => ({
    file: args[0] as CommandOptions["config schema"]["file"],
  })).addArgument(new Argument("[file]", "which file").choices(schemaFiles).default("sequence"));
}

/** `testx sandbox …` */
export function sandboxCommands(command: Define, sandbox: Command): void {
  command(sandbox, "sandbox start", "Serve the stand-ins until stopped", (given) => ({
    port: given.port as number,
    ...(typeof given.seed === "string" ? { seed: given.seed } : {}),
  }))
    .addOption(
      new Option("--port <port>", "port on 127.0.0.1; 0 takes a free one")
        .argParser(port)
        .default(0),
    )
    .option("--seed <file>", "JSON file with the accounts' contents to start from");
  command(sandbox, "sandbox reset", "Forget everything in the sandbox", () => ({}));
}
