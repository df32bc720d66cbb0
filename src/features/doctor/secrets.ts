import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type CheckId, type Finding, findingOf } from "../../core/diagnosis.ts";
import type { Failure } from "../../core/failure.ts";
import type { AnyProvider } from "../../core/provider.ts";
import type { Integration } from "../../core/sequence.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import { noToken, type TokenKind, tokenKind } from "../../core/token-kinds.ts";
import type { Check, Found } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";
import { lyingAbout } from "./lying-about.ts";

export function secretsCheckId(integration: string): CheckId {
  return `secrets.${integration}`;
}

interface SecretDeps
  extends Pick<DoctorDeps, "cwd" | "env" | "files" | "git" | "sandbox" | "secrets"> {
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
        const kinds = provider ? wrongKinds(integration, provider, deps) : [];
        const told = new Set(kinds.map(({ about }) => about));
        const problems = await deps.missing(integration.id);
        const lacking = problems.map((problem) => missingFinding(integration, problem));
        const findings = [...kinds, ...lacking.filter(({ about }) => !told.has(about))];
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
    run: async (found) => envFile(sequence.integrations, found, deps),
  };
  if (deps.sandbox) return present;
  return [file, ...present, ...lyingAbout(config, deps)];
}

const entryOf = (code: string) => catalogue[code];

function missingFinding(integration: Integration, failure: Failure): Finding {
  const { env, variable } = failure.details ?? {};
  const about = String(env ?? variable ?? integration.id);
  const unset = failure.code === "ENV_MISSING" || failure.code === "SECRET_MISSING";
  const parts: Partial<Finding> = {
    about,
    ...(unset && { what: `${about} is not set.` }),
    ...(failure.code === "ENV_MISSING" && {
      evidence: [`${integration.id} refers to it`],
      fix: { text: "Set it in the environment of the command: `.env.example` tells what it is." },
    }),
    ...(failure.code === "SECRET_MISSING" && {
      evidence: [],
      fix: { text: helpOf(failure.message) },
    }),
  };
  const finding = findingOf(secretsCheckId(integration.id), failure, entryOf(failure.code), parts);
  // Setup goes on without what nobody has configured here.
  if (integration.required || !unset) return finding;
  const { prerequisite: _, ...rest } = finding;
  const what = `${integration.id} is left out: ${about} is not set, and nothing requires it.`;
  return { ...rest, severity: "note", what };
}

/** `SLACK_BOT_TOKEN (Slack bot token) is not set. Create …`: what to do is what follows. */
function helpOf(message: string): string {
  const help = message.slice(message.indexOf(" is not set. ") + " is not set. ".length);
  return message.includes(" is not set. ") ? help : "Make the secret and set the variable.";
}

function valueIn(env: string, deps: SecretDeps): string | undefined {
  const value = deps.env(env)?.trim();
  return value === undefined || value === "" ? undefined : value;
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

/** A token of another service, or of a kind that no app can call with. */
function wrongKinds(
  { id, provider: service, settings }: Integration,
  provider: AnyProvider,
  deps: SecretDeps,
): Finding[] {
  if (settings.credentials !== undefined) return [];
  return provider.secrets.flatMap(({ env, title, help }): Finding[] => {
    const value = valueIn(env, deps);
    if (value === undefined) return [];
    const base = { check: secretsCheckId(id), about: env } as const;
    const none = noToken(value);
    if (none !== undefined) {
      const code = "SECRET_MALFORMED";
      const what = `${env} (${title}) ${none}.`;
      const parts = { ...base, code, what, severity: "error", prerequisite: true } as const;
      const alone = /quote|Bearer|repeats/.test(none);
      const text = alone ? `Set ${env} to the token alone, as the service shows it.` : help;
      return [{ ...parts, evidence: [], fix: { text } }];
    }
    const kind = tokenKind(value);
    const known = service === "slack" || service === "github" || service === "notion";
    if (kind === undefined || !known) return [];
    const foreign = kind.service !== service;
    if (!foreign && !kind.unusable) return userToken(base, kind, help, id);
    const what = foreign
      ? `${env} holds what looks like ${kind.what}, which ${provider.title} does not know.`
      : `${env} holds ${kind.what}, with which testx cannot call ${provider.title}.`;
    const seen = `it begins with ${kind.start}`;
    const finding = { code: "SECRET_WRONG_KIND", severity: "error", prerequisite: true } as const;
    return [{ ...base, ...finding, what, evidence: [seen], fix: { text: help } }];
  });
}

/** It may do, for a server of one's own; where it does not, this is why. */
function userToken(
  base: Pick<Finding, "check" | "about">,
  { start, what: kind }: TokenKind,
  help: string,
  id: string,
): Finding[] {
  if (!/^xox(?:e\.xox)?[pa]-/.test(start)) return [];
  const what = `${base.about} holds ${kind}: testx would act as that person, not as a bot.`;
  const explains = [{ checks: ["services."], about: [id] }];
  const parts = { code: "SECRET_WRONG_KIND", severity: "warning", explains } as const;
  const evidence = [`it begins with ${start}, a bot's token with xoxb-`];
  return [{ ...base, ...parts, what, evidence, fix: { text: help }, prerequisite: true }];
}

/** Nothing reads `.env` by itself: what stands only there is not set. */
function envFile(integrations: readonly Integration[], found: Found, { cwd, files }: SecretDeps) {
  const unset = new Set(
    integrations
      .flatMap(({ id }) => found(secretsCheckId(id)) ?? [])
      .filter(({ code }) => code === "SECRET_MISSING" || code === "ENV_MISSING")
      .flatMap(({ about }) => about ?? []),
  );
  for (const name of [".env", ".env.local"]) {
    const text = files.read(`${cwd}/${name}`);
    if (text === undefined) continue;
    const named = text
      .split(/\r?\n/)
      .flatMap((line) => /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*\S/.exec(line)?.[1] ?? []);
    const there = named.filter((variable) => unset.has(variable));
    if (there.length === 0)
      return { evidence: [`${name} sets nothing that is missing`], findings: [] };
    const [first] = there;
    const many = there.length === 1 ? `${first} stands` : `${there.length} variables stand`;
    const finding: Finding = {
      ...{ code: "ENV_FILE_UNUSED", severity: "error", check: "secrets.env-file", about: name },
      what: `${many} in ${name}, but testx was started without them.`,
      evidence: [`set there, and not here: ${there.join(", ")}`],
      fix: {
        text: `Nothing reads ${name} by itself: load it into the shell, then run the command again.`,
        command: `set -a; . ./${name}; set +a`,
      },
      prerequisite: true,
      explains: [{ codes: ["SECRET_MISSING", "ENV_MISSING"], about: there }],
    };
    return { evidence: [], findings: [finding] };
  }
  return { evidence: ["none"], findings: [] };
}
