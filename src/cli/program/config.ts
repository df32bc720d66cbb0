import { Argument } from "commander";
import { type CommandOptions, schemaFiles } from "../options.ts";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";

/** `testx config …` */
export function configCommands({ command, group }: Define): void {
  const config = group("config", "Look at and check the configuration");
  withExamples(
    config,
    ["testx config validate", "is anything wrong with it?"],
    ["testx config show --origin", "what counts, and who says so"],
  );
  const show = command(config, "config show", "Print the settings in force", (given) => ({
    origin: given.origin === true,
  })).option("--origin", "print where each value comes from");
  withExamples(
    show,
    ["testx config show", "what counts, defaults included"],
    ["testx config show --origin", "and which file or variable says so"],
  );
  withExamples(
    command(
      config,
      "config validate",
      "Check the configuration, reporting every problem",
      () => ({}),
    ),
    ["testx config validate", "all problems at once, with their lines"],
  );
  const schema = command(
    config,
    "config schema",
    "Print the JSON Schema of a configuration file",
    (_, args) => ({ file: args[0] as CommandOptions["config schema"]["file"] }),
  ).addArgument(new Argument("[file]", "which file").choices(schemaFiles).default("sequence"));
  withExamples(
    schema,
    ["testx config schema", "of integration-sequence.json"],
    ["testx config schema retry > retry.schema.json", "of retry-policies.json, for an editor"],
  );
}
