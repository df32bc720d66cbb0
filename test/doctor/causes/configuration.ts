import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cause, type Patient, sequenceFile } from "./cause.ts";

function closed(folder: string, path: string, after: Patient["after"]): void {
  chmodSync(join(folder, path), 0);
  after(() => chmodSync(join(folder, path), 0o700));
}

function linked(folder: string, path: string, target: string): void {
  rmSync(join(folder, path), { force: true });
  symlinkSync(target, join(folder, path));
}

export const configuration: readonly Cause[] = [
  {
    name: "no configuration at all",
    code: "CONFIG_NOT_FOUND",
    break: ({ folder }) => rmSync(join(folder, "config"), { recursive: true }),
  },
  {
    name: "empty sequence file",
    code: "CONFIG_EMPTY",
    break: ({ edit }) => edit(sequenceFile, () => ""),
  },
  {
    name: "a comma too many",
    code: "CONFIG_BAD_JSON",
    break: ({ edit }) => edit(sequenceFile, (text) => text.replace(/\}\s*$/, "},}")),
  },
  {
    name: "file cut in the middle",
    code: "CONFIG_BAD_JSON",
    break: ({ edit }) => edit(sequenceFile, (text) => text.slice(0, text.length / 2)),
  },
  {
    name: "a list where an object should be",
    code: "CONFIG_WRONG_TYPE",
    break: ({ edit }) => edit(sequenceFile, () => "[]\n"),
  },
  {
    name: "UTF-16",
    code: "CONFIG_NOT_UTF8",
    break: ({ folder }) =>
      writeFileSync(join(folder, sequenceFile), Buffer.from("\ufeff{}", "utf16le")),
  },
  {
    name: "byte order mark",
    code: undefined,
    break: ({ edit }) => edit(sequenceFile, (text) => `\ufeff${text}`),
  },
  {
    name: "key of another version",
    code: "CONFIG_UNKNOWN_KEY",
    break: ({ sequence }) =>
      sequence((value) => Object.assign(value.integrations.slack, { parallel: true })),
  },
  {
    name: "mistyped key",
    code: "CONFIG_UNKNOWN_KEY",
    break: ({ edit }) => edit(sequenceFile, (text) => text.replace('"topic"', '"topicc"')),
  },
  {
    name: "unknown provider",
    code: "CONFIG_UNKNOWN_PROVIDER",
    break: ({ edit }) =>
      edit(sequenceFile, (text) => text.replace('"provider": "github"', '"provider": "gihub"')),
  },
  {
    name: "dependency on what is not there",
    code: "GRAPH_UNKNOWN_DEPENDENCY",
    break: ({ edit }) =>
      edit(sequenceFile, (text) => text.replace('"dependsOn": ["slack"]', '"dependsOn": ["slak"]')),
  },
  {
    name: "dependency cycle",
    code: "GRAPH_CYCLE",
    break: ({ sequence }) => sequence((value) => value.integrations.slack.dependsOn.push("github")),
  },
  {
    name: "reference to a step that is not there",
    code: "REFERENCE_UNKNOWN",
    break: ({ edit }) =>
      edit(sequenceFile, (text) => text.replace("${slack.channel.id}", "${slack.chanel.id}")),
  },
  {
    name: "step that others refer to taken out",
    code: "REFERENCE_UNKNOWN",
    alone: true,
    break: ({ sequence }) => sequence((value) => delete value.integrations.slack.steps.channel),
  },
  {
    name: "references without the dependency",
    code: "REFERENCE_WITHOUT_DEPENDENCY",
    alone: true,
    break: ({ sequence }) =>
      sequence((value) => {
        value.integrations.github.dependsOn = ["slack"];
      }),
  },
  {
    name: "Integrations, with a capital letter",
    code: "CONFIG_UNKNOWN_KEY",
    alone: true,
    break: ({ edit }) =>
      edit(sequenceFile, (text) => text.replace('"integrations"', '"Integrations"')),
  },
  {
    name: "sequence without integrations",
    code: "CONFIG_UNKNOWN_INTEGRATION",
    alone: true,
    break: ({ sequence }) =>
      sequence((value) => {
        value.integrations = {};
      }),
  },
  {
    name: "unknown kind of step",
    code: "CONFIG_UNKNOWN_KIND",
    break: ({ edit }) =>
      edit(sequenceFile, (text) => text.replace('"kind": "milestone"', '"kind": "milestne"')),
  },
  {
    name: "value that no service takes",
    code: "CONFIG_BAD_VALUE",
    break: ({ edit }) => edit(sequenceFile, (text) => text.replace('"0e8a16"', '"green"')),
  },
  {
    name: "broken retry policies",
    code: "CONFIG_BAD_JSON",
    break: ({ edit }) => edit("config/integrations/retry-policies.json", () => "{"),
  },
  {
    name: "token written into the sequence",
    code: "CONFIG_SECRET_IN_FILE",
    break: ({ sequence }) =>
      sequence((value) => {
        value.integrations.github.steps.key = {
          ...{
            kind: "secret",
            with: { name: "KEY", value: "ghp_0123456789abcdefghijABCDEFGHIJ012345" },
          },
        };
      }),
  },
  {
    name: "sequence that may not be read",
    code: "CONFIG_UNREADABLE",
    ordinary: true,
    break: ({ folder, after }) => closed(folder, sequenceFile, after),
  },
  {
    name: "folder of the sequence that may not be entered",
    code: "CONFIG_UNREADABLE",
    alone: true,
    ordinary: true,
    break: ({ folder, after }) => closed(folder, "config/integrations", after),
  },
  {
    name: "working folder that may not be entered",
    code: "CONFIG_UNREADABLE",
    alone: true,
    ordinary: true,
    break: ({ folder, after }) => closed(folder, ".", after),
  },
  {
    name: "folder in place of the sequence",
    code: "CONFIG_UNREADABLE",
    break({ folder }) {
      rmSync(join(folder, sequenceFile));
      mkdirSync(join(folder, sequenceFile));
    },
  },
  {
    name: "sequence that is a link to nothing",
    code: "CONFIG_UNREADABLE",
    alone: true,
    break: ({ folder }) => linked(folder, sequenceFile, "/gone/x.json"),
  },
  {
    name: "sequence that is a link to itself",
    code: "CONFIG_UNREADABLE",
    break: ({ folder }) => linked(folder, sequenceFile, "integration-sequence.json"),
  },
  {
    name: "retry policies that are a link to nothing",
    code: "CONFIG_UNREADABLE",
    alone: true,
    break: ({ folder }) =>
      linked(folder, "config/integrations/retry-policies.json", "/gone/x.json"),
  },
  {
    name: "sequence in other letters",
    code: "CONFIG_NOT_FOUND",
    next: "mv config/integrations/Integration-Sequence.json config/integrations/integration-sequence.json",
    break: ({ folder }) =>
      renameSync(
        join(folder, sequenceFile),
        join(folder, "config/integrations/Integration-Sequence.json"),
      ),
  },
  {
    name: "folder of the sequence in other letters",
    code: "CONFIG_NOT_FOUND",
    next: "mv config/Integrations config/integrations",
    break: ({ folder }) =>
      renameSync(join(folder, "config/integrations"), join(folder, "config/Integrations")),
  },
  {
    name: "--config to nowhere",
    code: "CONFIG_NOT_FOUND",
    args: ["--config", "elsewhere"],
    break: () => {},
  },
  {
    name: "number that is none in a variable",
    code: "CONFIG_ENV_VALUE",
    break: () => ({ INTEGRATION_RETRY_MAX_ATTEMPTS: "often" }),
  },
  {
    name: "no address in a variable that the sequence and testx read",
    code: "CONFIG_ENV_VALUE",
    alone: true,
    break: () => ({ ANYKROWD_HEALTH_CHECK_URL: "not a url" }),
  },
  {
    name: "sequence switched off",
    code: "SEQUENCE_OFF",
    break: () => ({ INTEGRATION_SEQUENCE_ENABLED: "false" }),
  },
  { name: "offline mode", code: "OFFLINE", break: () => ({ OFFLINE_MODE_ENABLED: "true" }) },
];
