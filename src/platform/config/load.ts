import { isAbsolute, join, relative } from "node:path";
import { fail } from "../../core/failure.ts";
import { isObject, type JsonObject } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { ValidBefore } from "../../core/schema.ts";
import type { Integration, Sequence } from "../../core/sequence.ts";
import type { LoadedConfig, ProviderSource } from "../../core/settings.ts";
import { append, inOrder, type Problem, problemDetails } from "../../core/validate/problem.ts";
import { type CheckedGraph, checkGraph } from "../../core/validate/sequence.ts";
import { cacheUrlOf } from "./cache-url.ts";
import {
  type CheckedDocument,
  checkDocument,
  checkFile,
  problemsIn,
  sectionOf,
} from "./checked.ts";
import type { CredentialEntry } from "./credential-schemas.ts";
import { checkCredentials, credentialSources, credentialVariables } from "./credentials.ts";
import { discover } from "./discover.ts";
import { Environment, type FlagValue, type Given } from "./environment.ts";
import { checkFallbacks } from "./fallback-checks.ts";
import { inProject } from "./home.ts";
import type { Env } from "./inputs.ts";
import { checkNames, type Layers } from "./layers.ts";
import { effectiveValues } from "./origins.ts";
import { ownProviders, standInsOf } from "./own-providers.ts";
import { takePolicies } from "./policies.ts";
import { unreadSettings } from "./project.ts";
import { checkProviders } from "./providers.ts";
import type {
  FallbackSettings,
  HealthSettings,
  ProjectSettings,
  RetrySettings,
  SequenceDocument,
} from "./schemas.ts";
import { type Effective, integrationSettings, switchSettings } from "./settings.ts";

export interface LoadOptions {
  /** Absolute. */
  readonly cwd: string;
  /** `--config`: a folder, a sequence file or a settings file; relative to `cwd`. */
  readonly config?: string | undefined;
  readonly env: Env;
  readonly providers: ProviderSource;
  /** Flags that stand for environment variables and outrank them. */
  readonly flags?: readonly FlagValue[];
  /** The stand-ins are asked themselves, not what the files name in their place. */
  readonly sandbox?: boolean | undefined;
  /** What was found valid before: it is not looked at again. */
  readonly valid?: ValidBefore | undefined;
}

/**
 * Reads the whole configuration and checks it.
 * @throws TestxError CONFIG_NOT_FOUND; CONFIG_INVALID with every problem in `details.problems`
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { cwd } = options;
  const show = (path: string) => shown(cwd, path);
  const places = await discover(cwd, options.config, show);
  const file = (name: string) => join(places.folder, name);
  const read = (role: CheckedDocument["role"], path: string) =>
    checkFile(role, path, show(path), options.valid);
  const taken = takePolicies(places.settings);
  const { settings } = taken;
  const [project, sequence, health, retry, fallback] = await Promise.all([
    settings && checkDocument("project", settings, options.valid),
    read("sequence", places.sequence),
    read("health", file("health-check-config.json")),
    read("retry", file("retry-policies.json")),
    read("fallback", file("fallback-strategies.json")),
  ]);
  if (sequence === undefined)
    return fail("CONFIG_NOT_FOUND", `There is no ${show(places.sequence)}.`);

  const { document } = sequence;
  const entries = members(members(document.value).integrations);
  const named = new Set(Object.values(entries).map((entry) => members(entry).provider));
  const source = ownProviders(settings, places.project, options.providers);
  append(project?.findings ?? [], await source.check(named));
  const env = options.sandbox ? await withStandIns(options.env, source) : options.env;
  const environment = new Environment(env, options.flags ?? []);
  const graph = document.value === undefined ? undefined : checkGraph(document.value);
  const checked = await checkProviders(document.value ?? null, source, env, options);
  append(sequence.findings, graph?.findings ?? []);
  append(sequence.findings, checked.findings);

  const own = (project?.isShaped ? project.document.value : {}) as ProjectSettings;
  const layers = layersOf(own, project, health, retry, fallback);
  append(project?.findings ?? [], taken.check(Object.keys(entries)));
  if (document.value !== undefined) {
    const named = isObject(members(document.value).integrations);
    checkNames(layers, named ? Object.keys(entries) : undefined);
    const after = graph?.findings.length === 0 && sequence.isShaped ? once(graph.after) : undefined;
    const { providers } = checked;
    checkFallbacks({ sections: layers.fallback, document: document.value, providers, after });
  }
  const switches = switchSettings(
    own.switches,
    (key) => settings?.origin(["switches", key]) ?? { kind: "default" },
    environment,
    project && cacheUrlOf(own.cache, project, env),
  );
  const perIntegration = new Map<string, Effective<Integration["settings"]>>();
  for (const [id, entry] of Object.entries(entries)) {
    const { provider: name, required, onFailure, credentials } = members(entry);
    const path = ["integrations", id, "credentials"];
    append(sequence.findings, checkCredentials(credentials, name, path));
    const provider = typeof name === "string" ? checked.providers.get(name) : undefined;
    if (provider === undefined) continue;
    const origin = document.origin(["integrations", id, "onFailure"]);
    const facts = {
      id,
      sandbox: options.sandbox === true,
      provider,
      required: required !== false,
      onFailure: onFailure === undefined ? undefined : { value: onFailure, origin },
      credentials:
        sequence.isShaped && credentials !== undefined
          ? credentialSources(credentials as readonly CredentialEntry[], places.project)
          : undefined,
    };
    const enabled = switches.values.get("fallbackEnabled") as Given;
    perIntegration.set(id, integrationSettings(facts, layers, environment, enabled));
  }

  const documents = [project, sequence, health, retry, fallback];
  const found = documents.filter((item) => item !== undefined);
  const inFiles = found.flatMap(problemsIn);
  const told = new Set(inFiles.map(({ variable }) => variable));
  const elsewhere = environment.problems.filter(({ variable }) => !told.has(variable));
  const problems = inOrder([...inFiles, ...elsewhere]);
  if (problems.length > 0) invalid(problems);

  const state = own.state === undefined ? undefined : inProject(places.project, own.state);
  return {
    project: places.project,
    ...(state === undefined ? {} : { state }),
    sequence: sequenceOf(
      document.file,
      document.value as unknown as SequenceDocument,
      graph as CheckedGraph,
      perIntegration,
    ),
    switches: switches.settings,
    providers: checked.providers,
    source,
    policies: taken.policies,
    origins: effectiveValues({
      sequence: document,
      switches: switches.values,
      state:
        own.state === undefined
          ? undefined
          : { value: own.state, origin: (project as CheckedDocument).document.origin(["state"]) },
      settings: new Map([...perIntegration].map(([id, { values }]) => [id, values])),
      providers: checked.providers,
      environment,
      credentials: [...perIntegration.values()].flatMap(({ settings }) =>
        credentialVariables(settings.credentials ?? []),
      ),
    }),
    // What is named is chosen on purpose.
    unread: () =>
      options.config === undefined
        ? unreadSettings(places.project, places.settings?.path).map(show)
        : [],
    files: [
      ...(settings === undefined
        ? []
        : [{ role: "project" as const, file: settings.file, found: true }]),
      { role: "sequence", file: document.file, found: true },
      { role: "health", file: show(file("health-check-config.json")), found: health !== undefined },
      { role: "retry", file: show(file("retry-policies.json")), found: retry !== undefined },
      {
        role: "fallback",
        file: show(file("fallback-strategies.json")),
        found: fallback !== undefined,
      },
    ],
  };
}

/** What the providers' own stand-ins set, at an address where nothing listens unless they run already. */
async function withStandIns(env: Env, source: ProviderSource): Promise<Env> {
  const services = await standInsOf(source);
  const set = services.map(({ id, environment }) => {
    const nowhere = environment(`http://127.0.0.1/${id}`);
    const isRunning = Object.keys(nowhere).some((name) =>
      env[name]?.match(/^http:\/\/127\.0\.0\.1:\d+(\/.*)$/)?.[1]?.startsWith(`/${id}`),
    );
    return isRunning ? {} : nowhere;
  });
  return Object.assign({}, env, ...set);
}

function layersOf(
  own: ProjectSettings,
  project: CheckedDocument | undefined,
  health: CheckedDocument | undefined,
  retry: CheckedDocument | undefined,
  fallback: CheckedDocument | undefined,
): Layers {
  const whole = <T>(checked: CheckedDocument | undefined) =>
    sectionOf<T>(checked, checked?.document.value as NonNullable<T> | undefined);
  return {
    health: [
      ...sectionOf<HealthSettings>(project, own.health, ["health"]),
      ...whole<HealthSettings>(health),
    ],
    retry: [
      ...sectionOf<RetrySettings>(project, own.retry, ["retry"]),
      ...whole<RetrySettings>(retry),
    ],
    fallback: [
      ...sectionOf<FallbackSettings>(project, own.fallback, ["fallback"]),
      ...whole<FallbackSettings>(fallback),
    ],
  };
}

function sequenceOf(
  file: string,
  document: SequenceDocument,
  graph: CheckedGraph,
  settings: ReadonlyMap<string, Effective<Integration["settings"]>>,
): Sequence {
  const after = graph.after();
  const entries = Object.entries(document.integrations);
  return {
    file,
    integrations: entries.map(([id, entry]) => ({
      id,
      provider: entry.provider,
      dependsOn: entry.dependsOn ?? [],
      required: entry.required ?? true,
      with: (entry.with ?? {}) as JsonObject,
      settings: (settings.get(id) as Effective<Integration["settings"]>).settings,
    })),
    steps: entries.flatMap(([id, entry]) =>
      Object.entries(entry.steps ?? {}).map(([name, step]) => ({
        id: `${id}.${name}`,
        integration: id,
        kind: `${entry.provider}.${step.kind}`,
        with: (step.with ?? {}) as JsonObject,
        after: after.get(`${id}.${name}`) ?? [],
        ...(step.ignore === undefined ? {} : { ignore: step.ignore }),
      })),
    ),
  };
}

/** A file with more mistakes than this is not what it should be; nobody reads them all. */
const mostProblems = 1_000;

export function invalid(problems: readonly Problem[]): never {
  const files = [...new Set(problems.map(({ file, variable }) => file ?? variable ?? ""))];
  const isMore = problems.length > mostProblems;
  const many = `There are ${isMore ? `more than ${mostProblems}` : problems.length} mistakes`;
  const count = problems.length === 1 ? "There is a mistake" : many;
  const more = files.length > 3 ? ` and ${files.length - 3} more` : "";
  return fail("CONFIG_INVALID", `${count} in ${files.slice(0, 3).join(", ")}${more}.`, {
    details: problemDetails(problems.slice(0, mostProblems)),
  });
}

/** Relative to the working directory for what lies inside it, absolute for the rest. */
export function shown(cwd: string, path: string): string {
  const inside = relative(cwd, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

function members(value: unknown): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}
