import { describe, expect, it } from "vitest";
import type { GlobalOptions, Invocation } from "../../src/cli/options.ts";
import { parse } from "../../src/cli/parse.ts";

const plain: GlobalOptions = {
  json: false,
  color: true,
  quiet: false,
  verbose: false,
  sandbox: false,
};

type Expected = [string, Invocation["command"], object, Partial<GlobalOptions>?];

const commands: Expected[] = [
  ["integrations setup", "setup", {}],
  ["setup", "setup", {}],
  ["setup --wait 30s", "setup", { wait: 30_000 }],
  ["setup --adopt a.b --adopt=c.d", "setup", { adopt: ["a.b", "c.d"] }],
  ["setup --wait 45", "setup", { wait: 45_000 }],
  ["rollback --wait=1.5m", "rollback", { list: false, dryRun: false, wait: 90_000 }],
  ["rollback --wait 250ms", "rollback", { list: false, dryRun: false, wait: 250 }],
  ["plan --exit-code", "plan", { exitCode: true, calls: false }],
  ["plan --calls --out p.json", "plan", { exitCode: false, calls: true, out: "p.json" }],
  ["setup --plan p.json", "setup", { plan: "p.json" }],
  ["integrations plan", "plan", { exitCode: false, calls: false }],
  ["rollback", "rollback", { list: false, dryRun: false }],
  ["rollback --list --run r1", "rollback", { list: true, run: "r1", dryRun: false }],
  ["integrations rollback --to p1 --dry-run", "rollback", { list: false, to: "p1", dryRun: true }],
  ["drift", "drift", { exitCode: false, ignore: [] }],
  [
    "integrations drift --exit-code --ignore slack.channel --ignore=slack.welcome.text",
    "drift",
    { exitCode: true, ignore: ["slack.channel", "slack.welcome.text"] },
  ],
  ["status", "status", { watch: false }],
  ["integrations status --watch", "status", { watch: true }],
  ["integrations metrics", "metrics", { names: [], since: 86_400_000, prometheus: false }],
  [
    "integrations metrics slack notion --since 90m",
    "metrics",
    { names: ["slack", "notion"], since: 5_400_000, prometheus: false },
  ],
  ["dashboard", "dashboard", {}],
  ["history", "history", { limit: 20 }],
  ["history --limit 3", "history", { limit: 3 }],
  ["history show last", "history show", { run: "last" }],
  [
    "plan --log l.ndjson --log-level=warn",
    "plan",
    { exitCode: false, calls: false },
    { log: "l.ndjson", logLevel: "warn" },
  ],
  ["integrations outputs", "outputs", { format: "env" }],
  ["integrations outputs --format=github", "outputs", { format: "github" }],
  ["history list --limit 3", "history", { limit: 3 }],
  ["breakers", "breakers", {}],
  ["breakers list", "breakers", {}],
  ["deferred", "deferred list", {}],
  ["deferred list", "deferred list", {}],
  ["cache", "cache stats", {}],
  ["breakers reset slack", "breakers reset", { name: "slack" }],
  ["breakers reset --all", "breakers reset", {}],
  ["breakers open slack", "breakers open", { name: "slack" }],
  ["breakers open slack --for 10m", "breakers open", { name: "slack", for: 600_000 }],
  ["breakers close slack", "breakers close", { name: "slack" }],
  ["integrations list", "list", {}],
  ["integrations graph", "graph", { format: "tree" }],
  ["integrations graph --format dot", "graph", { format: "dot" }],
  ["config show --origin", "config show", { origin: true }],
  ["config validate", "config validate", {}],
  ["config schema", "config schema", { file: "sequence" }],
  ["config schema retry", "config schema", { file: "retry" }],
  ["sandbox start", "sandbox start", { port: 0 }],
  ["sandbox start --port 4010 --seed a.json", "sandbox start", { port: 4010, seed: "a.json" }],
  ["sandbox reset", "sandbox reset", {}],
  ["explain GRAPH_CYCLE", "explain", { code: "GRAPH_CYCLE", list: false }],
  ["explain --list", "explain", { list: true }],
  ["completion zsh", "completion", { shell: "zsh" }],
  ["init", "init", { yes: false, force: false, dir: "." }],
  ["init -y --force --dir sub", "init", { yes: true, force: true, dir: "sub" }],
  ["--json --sandbox setup", "setup", {}, { json: true, sandbox: true }],
  ["setup --json --sandbox", "setup", {}, { json: true, sandbox: true }],
  ["integrations --json setup --no-color", "setup", {}, { json: true, color: false }],
  [
    "--config a plan -v --state=b",
    "plan",
    { exitCode: false, calls: false },
    { config: "a", state: "b", verbose: true },
  ],
  ["plan --exit-code -q", "plan", { exitCode: true, calls: false }, { quiet: true }],
];

it.each(commands)("%s", (line, command, options, global = {}) => {
  const parsed = parse(line.split(" "));
  expect(parsed).toEqual({
    kind: "command",
    invocation: { command, options, global: { ...plain, ...global } },
  });
});

describe("what cannot be understood", () => {
  it.each([
    ["setpu", "CLI_UNKNOWN_COMMAND", 'Unknown command "setpu". Did you mean "setup"?'],
    [
      "integrations rolback",
      "CLI_UNKNOWN_COMMAND",
      'Unknown command "rolback". Did you mean "rollback"?',
    ],
    [
      "integratons setup",
      "CLI_UNKNOWN_COMMAND",
      'Unknown command "integratons". Did you mean "integrations"?',
    ],
    [
      "outputs",
      "CLI_UNKNOWN_COMMAND",
      'Unknown command "outputs". Did you mean "integrations outputs"?',
    ],
    [
      "--config setup setpu",
      "CLI_UNKNOWN_COMMAND",
      'Unknown command "setpu". Did you mean "setup"?',
    ],
    ["list", "CLI_UNKNOWN_COMMAND", 'Unknown command "list". Did you mean "integrations list"?'],
    [
      "sandbox halt",
      "CLI_UNKNOWN_COMMAND",
      'Unknown command "halt". `testx sandbox` has start, reset.',
    ],
    ["frobnicate --now", "CLI_UNKNOWN_COMMAND", 'Unknown command "frobnicate".'],
    ["help setpu", "CLI_UNKNOWN_COMMAND", 'Unknown command "setpu". Did you mean "setup"?'],
    ["integrations", "CLI_COMMAND_MISSING", "`testx integrations` needs a command."],
    ["--sandbox", "CLI_COMMAND_MISSING", "`testx` needs a command."],
    [
      "setup --jsn",
      "CLI_UNKNOWN_OPTION",
      'Unknown option "--jsn" for `testx setup`. Did you mean "--json"?',
    ],
    [
      "plan --exitcode",
      "CLI_UNKNOWN_OPTION",
      'Unknown option "--exitcode" for `testx plan`. Did you mean "--exit-code"?',
    ],
    [
      "--sandbo setup",
      "CLI_UNKNOWN_OPTION",
      'Unknown option "--sandbo" for `testx setup`. Did you mean "--sandbox"?',
    ],
    ["stauts --help", "CLI_UNKNOWN_COMMAND", 'Unknown command "stauts". Did you mean "status"?'],
    [
      "help plan now",
      "CLI_UNKNOWN_COMMAND",
      'Unknown command "now". `testx plan` has no commands of its own.',
    ],
    ["version", "CLI_UNKNOWN_COMMAND", 'Unknown command "version". Did you mean "--version"?'],
    [
      "plan --adopt slack.channel",
      "CLI_UNKNOWN_OPTION",
      'Unknown option "--adopt" for `testx plan`. `testx setup` and `testx sync` have it.',
    ],
    [
      "status --format env",
      "CLI_UNKNOWN_OPTION",
      'Unknown option "--format" for `testx status`. `testx integrations outputs` and `testx integrations graph` have it.',
    ],
    [
      "setup --dry-run",
      "CLI_UNKNOWN_OPTION",
      'Unknown option "--dry-run" for `testx setup`. `testx plan` shows what setup would do.',
    ],
    [
      "breakers reset slack --all",
      "CLI_BAD_ARGUMENT",
      "Either name an integration or take --all for all of them.",
    ],
    [
      "simulate --explore 0",
      "CLI_BAD_ARGUMENT",
      "Option '--explore <number>' argument '0' is invalid. It must be a whole number from 1.",
    ],
    [
      "simulate down --explore 3",
      "CLI_BAD_ARGUMENT",
      "--explore makes up its own outages: leave out the names.",
    ],
    [
      "simulate --explore 3 --junit x.xml",
      "CLI_BAD_ARGUMENT",
      "Option '--explore <number>' cannot be used with option '--junit <file>'.",
    ],
    ["setup --json=yes", "CLI_BAD_ARGUMENT", "--json takes no value."],
    ["--sandbox=false plan", "CLI_BAD_ARGUMENT", "--sandbox takes no value."],
    ["--zzzzzzzz", "CLI_UNKNOWN_OPTION", 'Unknown option "--zzzzzzzz".'],
    [
      "setup now",
      "CLI_BAD_ARGUMENT",
      "Too many arguments for 'setup'. Expected 0 arguments but got 1: now.",
    ],
    ["rollback --to", "CLI_BAD_ARGUMENT", "Option '--to <point>' argument missing."],
    [
      "rollback --list --dry-run",
      "CLI_BAD_ARGUMENT",
      "Option '--list' cannot be used with option '--dry-run'.",
    ],
    [
      "setup -qv",
      "CLI_BAD_ARGUMENT",
      "Option '-q, --quiet' cannot be used with option '-v, --verbose'.",
    ],
    [
      "sandbox start --port 70000",
      "CLI_BAD_ARGUMENT",
      "Option '--port <port>' argument '70000' is invalid. It must be a number from 0 to 65535.",
    ],
    [
      "integrations graph --format png",
      "CLI_BAD_ARGUMENT",
      "Option '--format <format>' argument 'png' is invalid. Allowed choices are tree, mermaid, dot, json.",
    ],
    [
      "setup --state ",
      "CLI_BAD_ARGUMENT",
      "Option '--state <dir>' argument '' is invalid. It must name something.",
    ],
    [
      "--config= plan",
      "CLI_BAD_ARGUMENT",
      "Option '--config <path>' argument '' is invalid. It must name something.",
    ],
    ["completion", "CLI_BAD_ARGUMENT", "Missing required argument 'shell'."],
    ["history shwo", "CLI_UNKNOWN_COMMAND", 'Unknown command "shwo". Did you mean "show"?'],
    ["deferred lsit", "CLI_UNKNOWN_COMMAND", 'Unknown command "lsit". Did you mean "list"?'],
    [
      "integrations graph --format mermiad",
      "CLI_BAD_ARGUMENT",
      "Option '--format <format>' argument 'mermiad' is invalid. Allowed choices are tree, mermaid, dot, json. Did you mean \"mermaid\"?",
    ],
    [
      "completion zhs",
      "CLI_BAD_ARGUMENT",
      "The value 'zhs' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish. Did you mean \"zsh\"?",
    ],
  ])("%s", (line, code, message) => {
    const parsed = parse(line.split(" "));
    expect(parsed).toMatchObject({ kind: "usage", failure: { code, message } });
  });

  it("shows the commands of a group that was named without one", () => {
    const parsed = parse(["config"]);
    expect(parsed).toMatchObject({ kind: "usage", help: expect.stringContaining("validate") });
  });
});

describe("help and version", () => {
  it.each(["", "--help", "-h", "help", "help help"])("testx %s", (line) => {
    const parsed = parse(line.split(" ").filter(Boolean));
    expect(parsed).toMatchObject({
      kind: "help",
      text: expect.stringMatching(/^Usage: testx <command>/),
    });
  });

  it.each(["setup --help", "help setup", "--json setup -h", "help integrations setup"])(
    "testx %s tells of the options for every command",
    (line) => {
      const parsed = parse(line.split(" "));
      expect(parsed).toMatchObject({
        kind: "help",
        text: expect.stringMatching(
          /setup \[options\][\s\S]*Options for every command:[\s\S]*--sandbox/,
        ),
      });
    },
  );

  it("fits the terminal", () => {
    const parsed = parse(["--help"], 60);
    const lines = parsed.kind === "help" ? parsed.text.split("\nExamples:")[0]?.split("\n") : [];
    expect(lines?.length).toBeGreaterThan(20);
    for (const line of lines ?? []) expect(line.length).toBeLessThanOrEqual(60);
  });

  it.each(["--version", "-V", "setup --version"])("testx %s", (line) => {
    expect(parse(line.split(" "))).toEqual({ kind: "version" });
  });
});
