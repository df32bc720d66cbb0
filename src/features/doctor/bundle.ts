import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { MetricsStore } from "../../core/metrics.ts";
import type { FileProbe } from "../../core/probes.ts";
import { type LoadedConfig, originText } from "../../core/settings.ts";
import { metrics } from "../metrics.ts";
import type { DoctorDeps } from "./deps.ts";

export interface BundleDeps extends Pick<DoctorDeps, "runtime" | "journal" | "config" | "clock"> {
  readonly files: FileProbe;
  /** All variables of the environment, by name. */
  readonly variables: readonly string[];
  env(name: string): string | undefined;
  /** Absolute, of a file as the configuration names it. */
  path(file: string): string;
  metrics(): Promise<MetricsStore>;
  /** The log that is being written, if there is one. */
  readonly log: string | undefined;
  /** Takes secrets out of text, in every form. */
  redact(text: string): string;
}

const lastRuns = 3;
const lastLines = 500;
const weekMs = 7 * 86_400_000;

/**
 * What somebody else needs to help: the report, the configuration and what was done lately, by
 * name of file. Nothing in it is a secret. What cannot be read is left out, and said so.
 */
export async function bundleOf(report: Json, deps: BundleDeps): Promise<Map<string, string>> {
  const parts: readonly (readonly [name: string, make: () => Promise<string> | string])[] = [
    ["report.json", () => pretty(report)],
    ["versions.json", () => pretty({ ...deps.runtime })],
    ["environment.txt", () => environment(deps)],
    ["config/effective.txt", async () => effective(await deps.config())],
    ["journal.ndjson", () => journal(deps)],
    ["metrics.json", async () => pretty(figures(await deps.metrics(), deps))],
    ["log.ndjson", () => logTail(deps)],
  ];
  const found = new Map<string, string>();
  const missing: string[] = [];
  const add = async (name: string, make: () => Promise<string> | string): Promise<void> => {
    try {
      const text = await make();
      if (text !== "") found.set(name, deps.redact(text));
    } catch (error) {
      missing.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const [name, make] of parts) await add(name, make);
  for (const file of await configFiles(deps)) {
    await add(`config/${file.slice(file.lastIndexOf("/") + 1)}`, () => configFile(file, deps));
  }
  if (missing.length > 0) found.set("left-out.txt", deps.redact(`${missing.join("\n")}\n`));
  return found;
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Switches of testx and of Node.js; of all others it is enough to know that they are set. */
const plain =
  /^(TESTX_|INTEGRATION_|OFFLINE_|CACHED_|LOCAL_STORAGE_|NODE_|CI$|TERM$|LANG$|LC_|NO_COLOR$|FORCE_COLOR$|GITHUB_REPOSITORY$|NOTION_PARENT_PAGE_ID$)|_(URL|PROXY)$|_proxy$/;
const secretName = /token|secret|password|passwd|credential|authorization|api_?key|private/i;

function environment({ variables, env }: BundleDeps): string {
  return variables
    .toSorted()
    .filter((name) => env(name) !== undefined)
    .map((name) =>
      plain.test(name) && !secretName.test(name)
        ? `${name}=${address(env(name) ?? "")}`
        : `${name} is set`,
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Without who logs in there, and without what may stand in its query. */
function address(value: string): string {
  const url = /^\w+:\/\//.test(value) ? URL.parse(value) : null;
  return url === null ? value : `${url.protocol}//${url.host}${url.pathname}`;
}

function effective({ origins }: LoadedConfig): string {
  return origins
    .map(({ path, value, origin }) => {
      const shown = secretName.test(path) ? masked("", value) : value;
      return `${path} = ${JSON.stringify(shown)}  (${originText(origin)})\n`;
    })
    .join("");
}

const usualFiles = [
  ...["integration-sequence", "health-check-config", "retry-policies", "fallback-strategies"],
].map((name) => `config/integrations/${name}.json`);

/** Those that were read; where they could not be, those that usually are. */
async function configFiles({ config }: BundleDeps): Promise<readonly string[]> {
  try {
    return (await config()).files.filter(({ found }) => found).map(({ file }) => file);
  } catch {
    return usualFiles;
  }
}

function configFile(file: string, { files, path }: BundleDeps): string {
  const text = files.read(path(file))?.replace(/^\uFEFF/, "");
  if (text === undefined) return "";
  try {
    return pretty(masked("", JSON.parse(text) as Json));
  } catch {
    // Not JSON: what in it is a secret cannot be told.
    return "";
  }
}

/** What stands under a name that tells of a secret is masked, references left in place. */
function masked(name: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => masked(name, item));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([key, item]) => [key, masked(key, item)]),
    );
  }
  const known = typeof value !== "string" || /^(set|not set|\$\{[\w.-]+\})$/.test(value);
  return !known && secretName.test(name) ? "***" : value;
}

function journal({ journal: open }: BundleDeps): string {
  const runs = open().runs().slice(-lastRuns);
  return runs
    .flatMap(({ run }) => open().entries(run))
    .map((entry) => `${JSON.stringify(masked("", entry as unknown as Json))}\n`)
    .join("");
}

function figures(store: MetricsStore, { clock }: BundleDeps) {
  const to = clock.now();
  return metrics(store, { names: [], from: to - weekMs, to });
}

function logTail({ log, files, path }: BundleDeps): string {
  const text = log === undefined ? undefined : files.read(path(log));
  return text === undefined ? "" : `${text.trimEnd().split("\n").slice(-lastLines).join("\n")}\n`;
}
