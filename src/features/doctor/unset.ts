import type { Finding } from "../../core/diagnosis.ts";
import type { Failure } from "../../core/failure.ts";
import { variablesIn } from "../../core/secret-variables.ts";
import type { Integration } from "../../core/sequence.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import { suggest } from "../../core/suggest.ts";
import { tokenKind } from "../../core/token-kinds.ts";
import type { DoctorDeps } from "./deps.ts";

type UnsetDeps = Pick<DoctorDeps, "cwd" | "env" | "files" | "secrets" | "variables">;

/** What to tell of a variable that is not set, and that the one is meant that is. */
export function unsetParts(
  name: string,
  { id, provider }: Integration,
  { code, message }: Failure,
  config: LoadedConfig,
  deps: UnsetDeps,
): Pick<Finding, "what" | "evidence" | "fix"> {
  const isSecret = code === "SECRET_MISSING";
  const evidence = isSecret ? [] : places(name, id, config, deps);
  const example = deps.files.look(`${config.project}/.env.example`) !== undefined;
  const told = example ? "command: `.env.example` tells what it is." : "command.";
  const own = isSecret ? helpOf(message) : `Set it in the environment of the ${told}`;
  const text = deps.env("GITHUB_ACTIONS") === "true" ? inWorkflow(name, isSecret, own) : own;
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

/** A workflow hands on none by itself. https://docs.github.com/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions */
function inWorkflow(name: string, isSecret: boolean, otherwise: string): string {
  const step = `Give it to the workflow's step: \`env: { ${name}: "\${{ ${isSecret ? "secrets" : "vars"}.${name} }}" }\`.`;
  const forks = isSecret ? " Where a fork or Dependabot started it, there are no secrets." : "";
  return `${step}${forks} If there is none of that name: ${otherwise}`;
}

/** Where the sequence refers to a variable. */
function places(name: string, id: string, { sequence }: LoadedConfig, deps: UnsetDeps): string[] {
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
  deps: UnsetDeps,
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

export function valueIn(env: string, deps: UnsetDeps): string | undefined {
  const value = deps.env(env)?.trim();
  return value === undefined || value === "" ? undefined : value;
}
