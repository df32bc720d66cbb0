import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type CheckId, type Finding, findingOf } from "../../core/diagnosis.ts";
import type { Failure } from "../../core/failure.ts";
import type { AnyProvider } from "../../core/provider.ts";
import { variablesIn } from "../../core/secret-variables.ts";
import type { Integration } from "../../core/sequence.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import { suggest } from "../../core/suggest.ts";
import { tokenKind } from "../../core/token-kinds.ts";
import type { Check, Found } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";
import { unloaded } from "./env-file.ts";
import { lyingAbout } from "./lying-about.ts";

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
  const parts: Partial<Finding> = {
    about,
    ...(unset && unsetParts(about, integration, failure, config, deps)),
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

function unsetParts(
  name: string,
  { id, provider }: Integration,
  { code, message }: Failure,
  config: LoadedConfig,
  deps: SecretDeps,
): Pick<Finding, "what" | "evidence" | "fix"> {
  const isSecret = code === "SECRET_MISSING";
  const evidence = isSecret ? [] : places(name, id, config, deps);
  const example = deps.files.look(`${config.project}/.env.example`) !== undefined;
  const told = example ? "command: `.env.example` tells what it is." : "command.";
  const text = isSecret ? helpOf(message) : `Set it in the environment of the ${told}`;
  const meant = meantBy(name, isSecret ? provider : undefined, config, deps);
  if (meant === undefined) return { what: `${name} is not set.`, evidence, fix: { text } };
  return {
    what: `${name} is not set, but ${meant} is: did you mean that?`,
    evidence,
    fix: {
      text: `If ${meant} is what was meant, give it the name ${name}. Else: ${text}`,
      command: `export ${name}="$${meant}"`,
    },
  };
}

/** Where the sequence refers to a variable. */
function places(name: string, id: string, { sequence }: LoadedConfig, deps: SecretDeps): string[] {
  const { file } = sequence;
  const text = deps.files.read(file.startsWith("/") ? file : `${deps.cwd}/${file}`) ?? "";
  const lines = text
    .split("\n")
    .flatMap((line, at) => (line.includes(`\${env.${name}}`) ? [`${file}:${at + 1}`] : []));
  return [`${id} refers to it`, ...lines.slice(0, 3)];
}

/** A variable that is set and that nothing here reads: by its name, or by the token that it holds. */
function meantBy(
  name: string,
  provider: string | undefined,
  config: LoadedConfig,
  deps: SecretDeps,
): string | undefined {
  const { integrations, steps } = config.sequence;
  const written = [...integrations, ...steps].flatMap((one) => variablesIn(one.with));
  const used = new Set([name, ...deps.secrets(config).keys(), ...written]);
  const others = deps.variables.filter(
    (one) => /^[A-Za-z_]\w*$/.test(one) && !used.has(one) && valueIn(one, deps) !== undefined,
  );
  const kindOf = (one: string) => tokenKind(valueIn(one, deps) ?? "");
  const fits = (one: string): boolean => {
    const kind = kindOf(one);
    return provider === undefined
      ? kind === undefined
      : kind === undefined || (kind.service === provider && !kind.unusable);
  };
  const held = provider && others.find((one) => kindOf(one)?.service === provider && fits(one));
  return held || suggest(name, others.filter(fits))[0];
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
