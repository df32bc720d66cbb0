import * as z from "zod";
import { fail } from "../../core/failure.ts";
import { once } from "../../core/once.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import {
  type Holder,
  holderFields,
  keyOf,
  type SecretData,
  secrets,
  settingsUrl,
  whereOf,
} from "./actions.ts";
import type { Client } from "./client.ts";
import { compare } from "./compare.ts";
import { actionsName, nameIn, sameName, split } from "./inputs.ts";
import { send } from "./request.ts";
import { gone, isLooking } from "./shared.ts";

const input = once(() =>
  z.strictObject({
    ...holderFields(),
    name: actionsName().describe("The secret's name. GitHub keeps it in upper case."),
    value: z
      .string()
      .min(1)
      .max(49_152)
      .meta({ writeOnly: true })
      .describe("Its value; take it from the environment: ${env.NAME}."),
    overwrite: z
      .boolean()
      .optional()
      .describe(
        "Replace a secret that testx did not set. Its earlier value cannot be brought back.",
      ),
  }),
);
type Input = z.infer<ReturnType<typeof input>>;

/** What `digest` says of a value that testx did not set, or that was set again past testx. */
const foreign = "foreign";
const replaced = "replaced";

export type SecretState = {
  repository: string;
  environment: string | null;
  name: string;
  /** Keyed digest of the value that testx has set; `foreign` or `replaced` otherwise. */
  digest: string;
  /** The only version that GitHub shows: it moves when the value is set, and only then. */
  updatedAt: string;
  url: string;
};

export const secret: ResourceKind<Input, SecretState, Client> = {
  kind: "github.secret",
  input: lazySchema(input),
  secrets: ["value"],
  title: (input) => `secret ${input.name.toUpperCase()}${whereOf(input)}`,
  identity: ["repository", "environment", "name"],
  fields: ["repository", "environment", "name", "digest", "updatedAt", "url"],
  key: (input) => keyOf("secret", input),
  scopes: ["secrets=write"],

  async read(client, input, call) {
    const holder = holderOf(client, input);
    const all = await secrets(client, call, holder);
    const found = all.find(({ name }) => sameName(name, input.name));
    if (!found) return undefined;
    const known = receiptOf(call, holder, found);
    const own = client.digests.get(versionOf(holder, found));
    if (!known && own === undefined && isLooking(call)) mayOverwrite(holder, input);
    const kept = known?.updatedAt === found.updated_at ? known.digest : replaced;
    const digest = own ?? (known ? kept : foreign);
    return stateOf(client, holder, found, digest);
  },

  changes: ({ value }, now, call) => compare(now, { digest: call.digest(value) }),

  async apply(client, input, now, call) {
    const holder = holderOf(client, input);
    const own = call.receipt !== undefined || client.settled.has(call.operation);
    if (now?.digest === foreign && !own) mayOverwrite(holder, input);
    const name = input.name.toUpperCase();
    await put(client, call, holder, name, input.value);
    const digest = call.digest(input.value);
    const set = await metadata(client, call, holder, name);
    client.digests.set(versionOf(holder, set), digest);
    return stateOf(client, holder, set, digest);
  },

  async ours(client, _now, call) {
    client.settled.add(call.operation);
    return true;
  },

  async undo(client, target, now, call) {
    if (target === undefined) {
      await gone(remove(client, call, now));
      return [];
    }
    return [
      {
        what: `the earlier value of secret ${now.name} in ${now.environment ?? now.repository}`,
        why: "GitHub never shows a secret's value, so testx could not keep it",
        fix: "Set the value again by hand.",
        url: now.url,
      },
    ];
  },
};

function mayOverwrite(holder: Holder, input: Input): void {
  if (input.overwrite) return;
  const name = input.name.toUpperCase();
  const where = holder.environment === null ? "" : ` of environment ${holder.environment}`;
  fail(
    "GITHUB_SECRET_EXISTS",
    `Secret ${name}${where} in ${holder.repository} exists, and testx did not set it.`,
    { details: { name, ...holder } },
  );
}

/** One version of one secret. */
function versionOf(holder: Holder, { name, updated_at }: SecretData): string {
  return JSON.stringify([holder.repository, holder.environment, name, updated_at]).toLowerCase();
}

/** What testx knows of this very secret. */
function receiptOf(call: Call, holder: Holder, found: SecretData): SecretState | undefined {
  const receipt = call.receipt as SecretState | undefined;
  const same =
    receipt !== undefined &&
    sameName(receipt.repository, holder.repository) &&
    sameName(receipt.environment ?? "", holder.environment ?? "") &&
    sameName(receipt.name, found.name);
  return same ? receipt : undefined;
}

async function put(
  client: Client,
  call: Call,
  holder: Holder,
  name: string,
  value: string,
): Promise<void> {
  const { key, key_id } = await publicKey(client, call, holder);
  const { seal } = await import("./sealed-box.ts");
  const box = seal(new TextEncoder().encode(value), Buffer.from(key, "base64"));
  const body = {
    ...split(holder.repository),
    secret_name: name,
    encrypted_value: Buffer.from(box).toString("base64"),
    key_id,
  };
  if (holder.environment === null) {
    await send(client, call, "PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}", body);
  } else {
    const route = "PUT /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}";
    await send(client, call, route, { ...body, environment_name: holder.environment });
  }
}

function publicKey(client: Client, call: Call, { repository, environment }: Holder) {
  const at = split(repository);
  return call.shared(`public key ${repository} ${environment ?? ""}`, () => {
    if (environment === null) {
      return send(client, call, "GET /repos/{owner}/{repo}/actions/secrets/public-key", at);
    }
    const route = "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key";
    return send(client, call, route, { ...at, environment_name: environment });
  });
}

function metadata(client: Client, call: Call, holder: Holder, name: string): Promise<SecretData> {
  const at = { ...split(holder.repository), secret_name: name };
  if (holder.environment === null) {
    return send(client, call, "GET /repos/{owner}/{repo}/actions/secrets/{secret_name}", at);
  }
  const route = "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}";
  return send(client, call, route, { ...at, environment_name: holder.environment });
}

function remove(client: Client, call: Call, now: SecretState): Promise<unknown> {
  const at = { ...split(now.repository), secret_name: now.name };
  if (now.environment === null) {
    return send(client, call, "DELETE /repos/{owner}/{repo}/actions/secrets/{secret_name}", at);
  }
  const route =
    "DELETE /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}";
  return send(client, call, route, { ...at, environment_name: now.environment });
}

function holderOf(client: Client, input: Input): Holder {
  return { repository: nameIn(client, input), environment: input.environment ?? null };
}

function stateOf(client: Client, holder: Holder, data: SecretData, digest: string): SecretState {
  return {
    ...holder,
    name: data.name.toUpperCase(),
    digest,
    updatedAt: data.updated_at,
    url: settingsUrl(client, holder, "secrets"),
  };
}
