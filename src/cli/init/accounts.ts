import { TestxError } from "../../core/failure.ts";
import type { AnyProvider, SecretSpec } from "../../core/provider.ts";
import type { HealthItem } from "../../core/results.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import { noToken, strangeIn } from "../../core/token-kinds.ts";
import { judgedToken } from "../../features/doctor/tokens.ts";
import { health } from "../../features/health.ts";
import { passingLine } from "../../render/progress.ts";
import type { Prompts } from "../../render/prompts.ts";
import { symbolsFor } from "../../render/terminal.ts";
import type { Context } from "../context.ts";
import { onKeys } from "../keyboard.ts";
import { type Answers, check, meant, type Service } from "./starter.ts";
import { within } from "./within.ts";

type Values = Readonly<Record<string, string | undefined>>;

/** What a service needs to know beside its token. */
const settings = {
  notion: {
    variable: "NOTION_PARENT_PAGE_ID",
    field: "parentPage",
    message: "Notion page to work under (link or id)",
  },
  github: {
    variable: "GITHUB_REPOSITORY",
    field: "repository",
    message: "GitHub repository (link or owner/name)",
  },
  http: { variable: "ANYKROWD_HEALTH_CHECK_URL", field: "url", message: "Address to check" },
} as const;

/**
 * Asks for tokens one by one, says where to make each, and tries each as it is entered, through
 * the same calls as `testx integrations health`. Nothing is stored.
 * @returns the values that were entered, by variable; `undefined`: the person gave up
 */
export async function askForAccounts(
  prompts: Prompts,
  context: Context,
  folder: string,
  answers: Answers,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { env } = context.io;
  const config = await within(context, { folder, sandbox: false, env }, async (inner) =>
    (await inner.project("config")).config(),
  );
  const entered: Record<string, string> = {};
  for (const { id, provider: name } of config.sequence.integrations) {
    const provider = config.providers.get(name);
    if (provider === undefined) continue;
    prompts.say("step", provider.title);
    const needed = await askSetting(prompts, name as Service, answers, { ...env, ...entered });
    if (needed === undefined) return undefined;
    Object.assign(entered, needed);
    const values = (): Values => ({ ...env, ...entered });
    if (provider.secrets.length === 0) {
      const item = await tried(context, folder, values(), id);
      if (item === undefined) return undefined;
      tell(prompts, item);
      continue;
    }
    for (const spec of provider.secrets) {
      const value = await askSecret(prompts, context, {
        ...{ spec, folder, id, provider, values: values() },
        hint: hintFor(config, id, provider, spec),
      });
      if (value === undefined) return undefined;
      if (value !== "") entered[spec.env] = value;
    }
  }
  return entered;
}

/** `{}`: it is known already, or stays open. */
async function askSetting(
  prompts: Prompts,
  service: Service,
  answers: Answers,
  env: Values,
): Promise<Record<string, string> | undefined> {
  if (service === "slack") return {};
  const { variable, field, message } = settings[service];
  if (env[variable]) return {};
  const known = answers[field];
  if (known !== "") return { [variable]: known };
  const answer = await prompts.ask(message, { initial: "", hint: "later", check: check[field] });
  if (answer === undefined) return undefined;
  if (answer === "") return {};
  return { [variable]: meant[field](answer) };
}

interface Asking {
  readonly spec: SecretSpec;
  readonly hint: string;
  readonly folder: string;
  /** Name of the integration. */
  readonly id: string;
  readonly provider: AnyProvider;
  readonly values: Values;
}

/** Until one works, or the person wants no more: `""`. */
async function askSecret(
  prompts: Prompts,
  context: Context,
  { spec, hint, folder, id, provider, values }: Asking,
): Promise<string | undefined> {
  if (values[spec.env]) {
    prompts.say("info", `${spec.env} is set in the environment.`);
    const item = await tried(context, folder, values, id);
    if (item === undefined) return undefined;
    tell(prompts, item);
    return "";
  }
  prompts.say("info", hint);
  for (;;) {
    const value = await prompts.secret(`${spec.env} (Enter alone: later)`, (text) =>
      problemOf(text, provider, spec),
    );
    if (value === undefined || value === "") return value;
    context.redactor.add([value]);
    const item = await tried(context, folder, { ...values, [spec.env]: value }, id);
    if (item === undefined) return undefined;
    tell(prompts, item);
    if (item.state === "healthy") return value;
    const again = await prompts.confirm("Enter another one?", true);
    if (again === undefined) return undefined;
    if (again) continue;
    const keep = await prompts.confirm("Go on with this one all the same?");
    if (keep === undefined) return undefined;
    return keep ? value : "";
  }
}

/** A token of another service is not shown to this one. */
function problemOf(text: string, provider: AnyProvider, spec: SecretSpec): string | undefined {
  const wrong = noToken(text, provider.id, spec.env);
  if (wrong !== undefined) return `This ${wrong}.`;
  const strange = strangeIn(text);
  if (strange !== undefined) return `It holds what no token has: ${strange}.`;
  return judgedToken(provider, spec, spec.env, text)?.message;
}

/** Where to make a token, and the scopes that the steps of this very sequence need. */
function hintFor(
  { sequence }: LoadedConfig,
  id: string,
  { kinds, id: provider }: AnyProvider,
  { help }: SecretSpec,
): string {
  const steps = sequence.steps.filter(({ integration }) => integration === id);
  const scopes = steps.flatMap((step) => {
    const { scopes = [] } = kinds[step.kind.slice(provider.length + 1)] ?? {};
    return typeof scopes === "function" ? scopes(step.with) : scopes;
  });
  const all = [...new Set(scopes)].sort();
  return all.length === 0 ? help : `${help}\nThese steps need: ${all.join(", ")}.`;
}

/**
 * How the service is with these values; nothing is written to it. What is typed meanwhile is not
 * shown: it may be the next token. `undefined`: the person gave up.
 */
async function tried(
  context: Context,
  folder: string,
  env: Values,
  name: string,
): Promise<HealthItem | undefined> {
  const { err } = context.screen;
  const progress = passingLine(err, context.global);
  const gaveUp = Promise.withResolvers<undefined>();
  const restore = onKeys(context.io.stdin, (keys) => {
    if (keys.includes("\u0003")) gaveUp.resolve(undefined);
  });
  progress.show(`Asking ${name}${symbolsFor(err.terminal).ellipsis}`);
  try {
    return await Promise.race([asked(context, folder, env, name), gaveUp.promise]);
  } finally {
    progress.clear();
    restore();
  }
}

async function asked(
  context: Context,
  folder: string,
  env: Values,
  name: string,
): Promise<HealthItem> {
  return within(context, { folder, sandbox: false, env }, async (inner) => {
    try {
      const project = await inner.project("everything");
      const deps = project.sequenceDeps("testx init", () => {});
      const [item] = await health(deps, { names: [name], fresh: true });
      if (item === undefined) throw new Error(`no answer about ${name}`);
      return item;
    } catch (error) {
      if (!(error instanceof TestxError)) throw error;
      const { failure } = error;
      const about = { integration: name, provider: name, required: true };
      return { ...about, state: "unknown", cached: false, failure };
    }
  });
}

function tell(prompts: Prompts, { state, account, failure }: HealthItem): void {
  const who = account === undefined ? "" : ` as ${account}`;
  if (state === "healthy") {
    prompts.say("good", `It works${who}.`);
    return;
  }
  const [code, message] = [failure?.code ?? "UNHEALTHY", failure?.message ?? `It is ${state}.`];
  prompts.say("bad", `${message}${who && ` Authenticated${who}.`}\n\`testx explain ${code}\``);
}
