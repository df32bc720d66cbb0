import * as z from "zod";
import { fail } from "../../core/failure.ts";
import { once } from "../../core/once.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change, Residue } from "../../core/step.ts";
import type { Client } from "./client.ts";
import { compare, withChanges } from "./compare.ts";
import { elsewhere, nameIn, place, sameName, scope, split } from "./inputs.ts";
import { absentIfMissing, list, send } from "./request.ts";
import { gone, isLooking, sharedList, sought } from "./shared.ts";
import {
  configure,
  foreign,
  type HookData,
  set,
  sorted,
  stateOf,
  type WebhookState,
} from "./webhook-settings.ts";

const input = once(() =>
  z.strictObject({
    ...place(),
    url: z
      .url({ protocol: /^https?$/ })
      .describe("Where GitHub sends the events: what it is found by."),
    events: z
      .array(z.string().regex(/^(\*|[a-z_]+)$/, "must be the name of an event, like pull_request"))
      .min(1)
      .optional()
      .describe("Names of events, or * for all. A new webhook gets push when left out."),
    contentType: z
      .enum(["json", "form"])
      .optional()
      .describe("A new webhook gets json when left out."),
    secret: z
      .string()
      .min(1)
      .optional()
      .meta({ writeOnly: true })
      .describe(
        "What GitHub signs its deliveries with; take it from the environment: ${env.NAME}.",
      ),
    overwrite: z
      .boolean()
      .optional()
      .describe("Replace a secret that testx did not set. The earlier one cannot be brought back."),
    insecureSsl: z
      .boolean()
      .optional()
      .describe("Deliver without checking the certificate. Not advised."),
    active: z.boolean().optional().describe("Whether events are sent. A new webhook is active."),
  }),
);
type Input = z.infer<ReturnType<typeof input>>;

export const webhook: ResourceKind<Input, WebhookState, Client> = {
  kind: "github.webhook",
  input: lazySchema(input),
  secrets: ["secret"],
  title: (input) => `webhook to ${hostOf(input.url)}${elsewhere(input)}`,
  identity: ["repository", "url"],
  fields: [
    "repository",
    "id",
    "url",
    "target",
    "events",
    "contentType",
    "insecureSsl",
    "active",
    "secret",
    "secretHidden",
  ],
  key: (input) => `${scope(input)}webhook ${input.url}`,
  scopes: ["repository_hooks=write"],

  async read(client, input, call) {
    const repository = nameIn(client, input);
    const all = await webhooks(client, call, repository);
    const known = receiptOf(call, repository);
    const there = pick(all, input.url, known?.id);
    const found = sought(call, repository, all, there, ({ target }) => target === input.url);
    if (!found) return undefined;
    const same = found.id === known?.id ? known : undefined;
    const digest = client.digests.get(String(found.id)) ?? same?.secret;
    const state = stateOf(client, repository, found, digest ?? foreign, same?.secretHidden);
    if (found.id !== known?.id && isLooking(call)) mayOverwrite(state, input);
    return state;
  },

  changes: (input, now, call) => [
    ...changes(input, now),
    ...(input.secret === undefined ? [] : compare(now, { secret: call.digest(input.secret) })),
  ],

  async apply(client, input, now, call) {
    const repository = nameIn(client, input);
    const { secret } = input;
    const digest = secret === undefined ? foreign : call.digest(secret);
    if (now === undefined) {
      const made = await send(client, call, "POST /repos/{owner}/{repo}/hooks", {
        ...split(repository),
        name: "web",
        config: {
          url: input.url,
          content_type: input.contentType ?? "json",
          insecure_ssl: input.insecureSsl ? "1" : "0",
          ...(secret === undefined ? {} : { secret }),
        },
        ...(input.events === undefined ? {} : { events: sorted(input.events) }),
        ...(input.active === undefined ? {} : { active: input.active }),
      });
      if (secret !== undefined) client.digests.set(String(made.id), digest);
      const hidden = secret !== undefined && !made.config.secret;
      return stateOf(client, repository, made, digest, hidden);
    }
    const own = receiptOf(call, repository)?.id === now.id || client.settled.has(call.operation);
    if (!own) mayOverwrite(now, input);
    const left = await set(client, call, now, withChanges(now, changes(input, now)));
    if (secret === undefined || left.secret === digest) return left;
    await configure(client, call, now, { secret });
    client.digests.set(String(now.id), digest);
    return { ...left, secret: digest };
  },

  async ours(client, _now, call) {
    client.settled.add(call.operation);
    return true;
  },

  async undo(client, target, now, call) {
    if (target === undefined) {
      const at = { ...split(now.repository), hook_id: now.id };
      await gone(send(client, call, "DELETE /repos/{owner}/{repo}/hooks/{hook_id}", at));
      return [];
    }
    const left = await absentIfMissing(set(client, call, now, target));
    if (left === undefined || left.secret === target.secret) return [];
    if (target.secret !== null) return [secretLost(now)];
    await gone(configure(client, call, now, { secret: "" }));
    client.digests.delete(String(now.id));
    return [];
  },
};

function webhooks(client: Client, call: Call, repository: string): Promise<HookData[]> {
  return sharedList(client, call, { repository, what: "webhooks" }, () =>
    list(
      client,
      call,
      "GET /repos/{owner}/{repo}/hooks",
      { ...split(repository), per_page: 100 },
      (data) => data,
    ),
  );
}

function changes(input: Input, now: WebhookState): Change[] {
  return compare(now, {
    target: input.url,
    events: input.events && sorted(input.events),
    contentType: input.contentType,
    insecureSsl: input.insecureSsl,
    active: input.active,
  });
}

function mayOverwrite(now: WebhookState, input: Input): void {
  if (now.secret !== foreign || input.secret === undefined || input.overwrite) return;
  fail(
    "GITHUB_SECRET_EXISTS",
    `The webhook to ${hostOf(now.target)} in ${now.repository} has a secret that testx did not set.`,
    { details: { repository: now.repository, webhook: now.id } },
  );
}

function secretLost(now: WebhookState): Residue {
  return {
    what: `the earlier secret of the webhook to ${hostOf(now.target)} in ${now.repository}`,
    why: "GitHub never shows a webhook's secret, so testx could not keep it",
    fix: "Set the secret again in the webhook's settings.",
    url: now.url,
  };
}

function receiptOf(call: Call, repository: string): WebhookState | undefined {
  const receipt = call.receipt as WebhookState | undefined;
  return receipt !== undefined && sameName(receipt.repository, repository) ? receipt : undefined;
}

/** Several webhooks may have one URL: the one testx knows, else the oldest. */
function pick(
  all: readonly HookData[],
  url: string,
  known: number | undefined,
): HookData | undefined {
  const matching = all.filter(({ config }) => config.url === url).sort((a, b) => a.id - b.id);
  return matching.find(({ id }) => id === known) ?? matching[0];
}

/** The rest of a webhook's address is often a secret of its own. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an address known later";
}
