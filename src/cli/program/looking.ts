import { type Command, Option } from "commander";
import { offlineGiven } from "../offline.ts";
import { type CommandOptions, graphFormats, outputsFormats } from "../options.ts";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";
import { offline } from "./shared.ts";
import { past, several } from "./values.ts";

export function statusCommand({ command }: Define, parent: Command): void {
  const made = command(
    parent,
    "status",
    "Show what is set up, by which run, with links",
    (given) => ({ watch: given.watch === true }),
  )
    .option("--watch", "show it anew whenever it changes, until q or Ctrl-C")
    .addOption(offline());
  withExamples(
    made,
    ["testx status", "what is there, with links"],
    ["testx status --watch", "follow a setup that runs elsewhere"],
  );
}

export function driftCommand({ command }: Define, parent: Command): void {
  const made = command(
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
  withExamples(
    made,
    ["testx drift", "what is no longer as it was set up"],
    ["testx drift --exit-code", "for a nightly job: 3 says that there is some"],
    ["testx drift --ignore slack.channel.topic", "people may change that one"],
  );
}

export function healthCommand({ command }: Define, parent: Command): void {
  const made = command(
    parent,
    "health",
    "Show whether the services are up, since when, and as whom",
    (given, args) => ({
      names: (args as unknown as [string[]])[0],
      fresh: given.fresh === true,
      ...offlineGiven(given),
    }),
  )
    .argument("[integration...]", "only these integrations")
    .addOption(offline().conflicts("fresh"))
    .option("--fresh", "ask now, even if an earlier answer still counts");
  withExamples(
    made,
    ["testx integrations health", "all of them"],
    ["testx integrations health slack --fresh", "ask Slack, now"],
  );
}

export function outputsCommand({ command }: Define, parent: Command): void {
  const made = command(parent, "outputs", "Print ids and links of what is set up", (given) => ({
    format: given.format as CommandOptions["outputs"]["format"],
  }))
    .addOption(
      new Option("--format <format>", "how to print them").choices(outputsFormats).default("env"),
    )
    .addOption(offline());
  withExamples(
    made,
    ["testx integrations outputs > .env.testx", "for a shell: NAME='value'"],
    ["testx integrations outputs --format json", "for a script"],
  );
}

export function listCommand({ command }: Define, parent: Command): void {
  const made = command(parent, "list", "List the integrations and their steps", () => ({}));
  withExamples(made, ["testx integrations list", "what the sequence has, in its order"]);
}

export function graphCommand({ command }: Define, parent: Command): void {
  const made = command(parent, "graph", "Show what depends on what", (given) => ({
    format: given.format as CommandOptions["graph"]["format"],
  })).addOption(
    new Option("--format <format>", "how to print it").choices(graphFormats).default("tree"),
  );
  withExamples(
    made,
    ["testx integrations graph", "as a tree"],
    ["testx integrations graph --format mermaid", "for a README"],
  );
}

export function metricsCommand({ command }: Define, parent: Command): void {
  const made = command(
    parent,
    "metrics",
    "Show how calls went: success, latencies, retries, waits",
    (given, args) => ({
      names: (args[0] as unknown as readonly string[] | undefined) ?? [],
      since: given.since as number,
      prometheus: given.prometheus === true,
    }),
  )
    .argument("[integration...]", "only these integrations")
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
  withExamples(
    made,
    ["testx integrations metrics", "the last day"],
    ["testx integrations metrics notion --since 7d", "one service, a week"],
    ["testx integrations metrics --prometheus", "for node_exporter"],
  );
}
