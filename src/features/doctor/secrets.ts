import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type CheckId, type Finding, type Fix, findingOf } from "../../core/diagnosis.ts";
import type { Failure } from "../../core/failure.ts";
import type { AnyProvider } from "../../core/provider.ts";
import { quoted } from "../../core/quoted.ts";
import type { CredentialSource, Integration } from "../../core/sequence.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import { tokenKind } from "../../core/token-kinds.ts";
import type { Check, Found } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";
import { unloaded } from "./env-file.ts";
import { lyingAbout } from "./lying-about.ts";
import { unsetParts, valueIn } from "./unset.ts";

export function secretsCheckId(integration: string): CheckId {
  return `secrets.${integration}`;
}

interface SecretDeps
  extends Pick<
    DoctorDeps,
    "cwd" | "env" | "files" | "folder" | "git" | "sandbox" | "secrets" | "variables"
  > {
  /** What an integration lacks, a failure for each thing. */
  missing(integration: string): Promise<readonly Failure[]>;
}

/** Present, of the right kind, and not lying about. */
export function secretChecks(config: LoadedConfig, deps: SecretDeps): Check[] {
  const { sequence, providers } = config;
  const present = sequence.integrations.map(
    (integration): Check => ({
      id: secretsCheckId(integration.id),
      title: integration.id,
      async run() {
        const provider = providers.get(integration.provider);
        const people = provider ? userTokens(integration, provider, deps) : [];
        const problems = await deps.missing(integration.id);
        const lacking = problems.map((problem) =>
          missingFinding(integration, problem, config, deps),
        );
        const findings = [...people, ...lacking];
        const held = provider ? heldKinds(integration, provider, deps) : [];
        const set = held.length === 0 ? ["complete"] : held;
        return { evidence: problems.length === 0 ? set : [], findings };
      },
    }),
  );
  const file: Check = {
    id: "secrets.env-file",
    title: ".env",
    after: sequence.integrations.map(({ id }) => secretsCheckId(id)),
    run: async (found) => unloaded(unsetIn(sequence.integrations, found), config.project, deps),
  };
  if (deps.sandbox) return present;
  return [file, ...present, ...lyingAbout(config, deps)];
}

const entryOf = (code: string) => catalogue[code];

function missingFinding(
  integration: Integration,
  failure: Failure,
  config: LoadedConfig,
  deps: SecretDeps,
): Finding {
  const { env, variable, make, seen } = failure.details ?? {};
  const about = String(env ?? variable ?? integration.id);
  const unset = failure.code === "ENV_MISSING" || failure.code === "SECRET_MISSING";
  const fix = commandFix(failure, integration, config.project, deps.cwd);
  const parts: Partial<Finding> = {
    about,
    ...(fix && { fix }),
    ...(unset && unsetParts(about, integration, failure, config, deps)),
    ...(failure.code === "CREDENTIAL_FILE_UNREADABLE" && tokenAsPath(integration, config, deps)),
    // Of what the value is in place of a token.
    ...(typeof make === "string" && { fix: { text: make }, details: { env: about } }),
    ...(typeof seen === "string" && { evidence: [seen] }),
  };
  const finding = findingOf(secretsCheckId(integration.id), failure, entryOf(failure.code), parts);
  // Setup goes on without what nobody has configured here.
  if (integration.required || !unset) return finding;
  const { prerequisite: _, ...rest } = finding;
  const what = `${integration.id} is left out: ${about} is not set, and nothing requires it.`;
  return { ...rest, severity: "note", what };
}

/** The variable for a file's path has what the file should have. */
function tokenAsPath(
  { provider, settings }: Integration,
  { providers }: LoadedConfig,
  deps: SecretDeps,
): Pick<Finding, "about" | "what" | "fix"> | undefined {
  if (settings.credentials !== undefined) return undefined;
  const all = providers.get(provider)?.secrets ?? [];
  const meant = all.find(({ env }) => tokenKind(valueIn(`${env}_FILE`, deps) ?? "") !== undefined);
  if (meant === undefined) return undefined;
  const about = `${meant.env}_FILE`;
  return {
    about,
    what: `${about} holds a token, and not the path of a file with one.`,
    fix: {
      text: `Put the token into ${meant.env}.`,
      command: `export ${meant.env}="$${about}"; unset ${about}`,
    },
  };
}

/** Of a command that gives no credential: it says why to whoever runs it, and to nobody else. */
function commandFix(
  { code, details }: Failure,
  { settings }: Integration,
  project: string,
  cwd: string,
): Fix | undefined {
  const named = (settings.credentials ?? [])
    .flatMap(commandsIn)
    .find(([program]) => details?.source === `the command ${program}`);
  if (named === undefined) return undefined;
  const there = project === cwd ? "" : `cd ${quoted(project)} && `;
  const command = `${there}${named.map(quoted).join(" ")}`;
  if (code === "CREDENTIAL_EMPTY") {
    return {
      text: "Run it yourself: what it prints must be the credential, and is nothing.",
      command,
    };
  }
  return {
    text: "Run it yourself, and see what it says: testx shows nothing of that, which may hold secrets.",
    command: `${command} > /dev/null`,
  };
}

/** Those of an exchange's parts too. */
function commandsIn(source: CredentialSource): (readonly string[])[] {
  if ("exchange" in source) return Object.values(source.secrets).flatMap(commandsIn);
  return "command" in source ? [source.command] : [];
}

function heldKinds({ settings }: Integration, provider: AnyProvider, deps: SecretDeps): string[] {
  if (settings.credentials !== undefined) {
    const many = settings.credentials.length;
    return [many === 1 ? "1 source of credentials" : `${many} sources of credentials`];
  }
  return provider.secrets.flatMap(({ env }) => {
    const value = valueIn(env, deps);
    const kind = value === undefined || deps.sandbox ? undefined : tokenKind(value)?.what;
    return value === undefined ? [] : [`${env}: ${kind ?? "set"}`];
  });
}

/** It may do, for a server of one's own; where it does not, this is why. */
function userTokens(
  { id, settings }: Integration,
  provider: AnyProvider,
  deps: SecretDeps,
): Finding[] {
  if (settings.credentials !== undefined) return [];
  return provider.secrets.flatMap(({ env, help }): Finding[] => {
    const { start = "", what: kind, service } = tokenKind(valueIn(env, deps) ?? "") ?? {};
    if (service !== provider.id || !/^xox(?:e\.xox)?[pa]-/.test(start)) return [];
    const explains = [{ checks: ["services."], about: [id] }];
    return [
      {
        ...{ code: "SECRET_WRONG_KIND", severity: "warning", about: env },
        ...{ check: secretsCheckId(id), explains, prerequisite: true },
        what: `${env} holds ${kind}: testx would act as that person, not as a bot.`,
        evidence: [`it begins with ${start}, a bot's token with xoxb-`],
        fix: { text: help },
      },
    ];
  });
}

/** The variables that somebody should set. */
function unsetIn(integrations: readonly Integration[], found: Found): ReadonlySet<string> {
  return new Set(
    integrations
      .flatMap(({ id }) => found(secretsCheckId(id)) ?? [])
      .filter(({ code }) => code === "SECRET_MISSING" || code === "ENV_MISSING")
      .flatMap(({ about }) => about ?? []),
  );
}
