import type { Json } from "../../core/json.ts";
import type { MetricsStore } from "../../core/metrics.ts";
import type { FileProbe } from "../../core/probes.ts";
import { type LoadedConfig, originText } from "../../core/settings.ts";
import { metrics } from "../metrics.ts";
import {
  environmentText,
  masked,
  maskedAt,
  type Variables,
  variableMask,
  withoutPaths,
} from "./bundle-text.ts";
import type { DoctorDeps } from "./deps.ts";

export interface BundleDeps
  extends Variables,
    Pick<DoctorDeps, "runtime" | "journal" | "config" | "clock" | "secrets"> {
  readonly files: FileProbe;
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
 * name of file. Nothing in it is a secret, nor an address that would do as one. What cannot be read is left out, and said so.
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
  const configured = await configFiles(deps);
  const mask = variableMask(
    configured.flatMap((file) => deps.files.read(deps.path(file)) ?? []),
    deps,
  );
  const clean = (text: string): string => withoutPaths(mask(deps.redact(text)));
  const found = new Map<string, string>();
  const missing: string[] = [];
  const add = async (name: string, make: () => Promise<string> | string): Promise<void> => {
    try {
      const text = await make();
      if (text !== "") found.set(name, clean(text));
    } catch (error) {
      missing.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const [name, make] of parts) await add(name, make);
  for (const file of configured) {
    await add(`config/${file.slice(file.lastIndexOf("/") + 1)}`, () => configFile(file, deps));
  }
  if (missing.length > 0) found.set("left-out.txt", clean(`${missing.join("\n")}\n`));
  return found;
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function environment(deps: BundleDeps): Promise<string> {
  const config = await deps.config().catch(() => undefined);
  return environmentText(deps, new Set(config && deps.secrets(config).keys()));
}

function effective({ origins }: LoadedConfig): string {
  return origins
    .map(({ path, value, origin }) => {
      return `${path} = ${JSON.stringify(maskedAt(path, value))}  (${originText(origin)})\n`;
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
  if (log === undefined) return "";
  const text = files.tail(path(log));
  if (text === undefined) throw new Error("it cannot be read");
  return text === "" ? "" : `${text.trimEnd().split("\n").slice(-lastLines).join("\n")}\n`;
}
