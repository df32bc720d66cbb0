import { Option } from "commander";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";
import { port } from "./values.ts";

/** `testx sandbox …` */
export function sandboxCommands({ command, group }: Define): void {
  const sandbox = group("sandbox", "Run and reset the local stand-ins for the services");
  withExamples(
    sandbox,
    ["testx setup --sandbox", "starts them by itself"],
    ["testx sandbox start", "for your own tools, until Ctrl-C"],
  );
  const start = command(sandbox, "sandbox start", "Serve the stand-ins until stopped", (given) => ({
    port: given.port as number,
    ...(typeof given.seed === "string" ? { seed: given.seed } : {}),
  }))
    .addOption(
      new Option("--port <port>", "port on 127.0.0.1; 0 takes a free one")
        .argParser(port)
        .default(0),
    )
    .option("--seed <file>", "JSON file with the accounts' contents to start from");
  withExamples(
    start,
    ["testx sandbox start", "until Ctrl-C; prints the addresses and tokens"],
    ["testx sandbox start --port 4010", "always at the same place"],
  );
  withExamples(
    command(sandbox, "sandbox reset", "Forget everything in the sandbox", () => ({})),
    ["testx sandbox reset", "empty accounts, as at first"],
  );
}
