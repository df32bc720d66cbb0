import * as z from "zod";
import { fail } from "../../core/failure.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import type { Change, Residue } from "../../core/step.ts";
import type { Client } from "./client.ts";
import { compare, differences, withChanges } from "./compare.ts";
import { elsewhere, nameIn, place, sameName, scope, split } from "./inputs.ts";
import { type Data, list, send } from "./request.ts";
import { gone, isLooking, sharedList } from "./shared.ts";

const input = z.strictObject({
  ...place,
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
    .describe("What GitHub signs its deliveries with; take it from the environment: ${env.NAME}."),
  overwrite: z
    .boolean()
    .optional()
    .describe("Replace a secret that testx did not set. The earlier one cannot be brought back."),
  insecureSsl: z
    .boolean()
    .optional()
    .describe("Deliver without checking the certificate. Not advised."),
  active: z.boolean().optional().describe("Whether events are sent. A new webhook is active."),
});
type Input = z.infer<typeof input>;

const foreign = "foreign";

export type WebhookState = {
  repository: string;
  id: number;
  /** Where the events go. */
  target: string;
  /** Sorted. */
  events: string[];
  contentType: string;
  insecureSsl: boolean;
  active: boolean;
  /** Keyed digest of the secret that testx has set; `foreign`: one it did not set; null: none. */
  secret: string | null;
  /** The page with its settings. */
  url: string;
};

export const webhook: ResourceKind<Input, WebhookState, Client> = {
  kind: "github.webhook",
  input,
  title: (input) => `webhook to ${hostOf(input.url)}${elsewhere(input)}`,
  identity: ["repository", "url"],
  key: (input) => `${scope(input)}webhook ${input.url}`,
  scopes: ["repository_hooks=write"],

  async read(client, input, call) {
    const repository = nameIn(client, input);
    const all = await sharedList(client, call, { repository, what: "webhooks" }, () =>
      list(
        client,
        call,
        "GET /repos/{owner}/{repo}/hooks",
        { ...split(repository), per_page: 100 },
        (data) => data,
      ),
    );
    const known = receiptOf(call, repository);
    const found = pick(all, input.url, known?.id);
    if (!found) return undefined;
    const own = found.id === known?.id ? known : undefined;
    const state = stateOf(client, repository, found, own?.secret ?? foreign);
    if (!own && isLooking(call)) mayOverwrite(state, input);
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
      return stateOf(client, repository, made, digest);
    }
    const own = receiptOf(call, repository)?.id === now.id || client.settled.has(call.operation);
    if (!own) mayOverwrite(now, input);
    const wanted = withChanges(now, changes(input, now));
    const fresh = secret !== undefined && now.secret !== digest ? secret : undefined;
    const left = await set(client, call, now, wanted, fresh);
    if (secret === undefined || left.secret !== null) {
      return { ...left, secret: fresh === undefined ? left.secret : digest };
    }
    await configure(client, call, now, { secret });
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
    let left: WebhookState | undefined = now;
    await gone(
      set(
        client,
        call,
        now,
        target,
        target.secret === null && now.secret !== null ? "" : undefined,
      ).then((state) => {
        left = state;
      }),
    );
    return target.secret === null || left.secret === target.secret ? [] : [secretLost(now)];
  },
};

function changes(input: Input, now: WebhookState): Change[] {
  return compare(now, {
    events: input.events && sorted(input.events),
    contentType: input.contentType,
    insecureSsl: input.insecureSsl,
    active: input.active,
  });
}

/**
 * Brings a webhook's settings to `target`; the secret is set when `secret` is given, and taken
 * away when it is empty. Its configuration has an operation of its own: the other one may drop
 * a secret that it is not given.
 */
async function set(
  client: Client,
  call: Call,
  now: WebhookState,
  target: WebhookState,
  secret: string | undefined,
): Promise<WebhookState> {
  const { events, active, contentType, insecureSsl } = differences(now, target);
  let state = now;
  if (events !== undefined || active !== undefined) {
    const changed = await send(client, call, "PATCH /repos/{owner}/{repo}/hooks/{hook_id}", {
      ...split(now.repository),
      hook_id: now.id,
      ...(events === undefined ? {} : { events }),
      ...(active === undefined ? {} : { active }),
    });
    state = stateOf(client, now.repository, changed, now.secret ?? foreign);
  }
  if (contentType !== undefined || insecureSsl !== undefined || secret !== undefined) {
    await configure(client, call, now, {
      ...(contentType === undefined ? {} : { content_type: contentType }),
      ...(insecureSsl === undefined ? {} : { insecure_ssl: insecureSsl ? "1" : "0" }),
      ...(secret === undefined ? {} : { secret }),
    });
    state = {
      ...state,
      contentType: target.contentType,
      insecureSsl: target.insecureSsl,
      secret: secret === undefined ? state.secret : secret === "" ? null : foreign,
    };
  }
  return state;
}

async function configure(
  client: Client,
  call: Call,
  now: WebhookState,
  config: { content_type?: string; insecure_ssl?: string; secret?: string },
): Promise<void> {
  await send(client, call, "PATCH /repos/{owner}/{repo}/hooks/{hook_id}/config", {
    ...split(now.repository),
    hook_id: now.id,
    ...config,
  });
}

function mayOverwrite(now: WebhookState, input: Input): void {
  if (now.secret === null || input.secret === undefined || input.overwrite) return;
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

type HookData = Data<"GET /repos/{owner}/{repo}/hooks">[number];

/** Several webhooks may have one URL: the one testx knows, else the oldest. */
function pick(
  all: readonly HookData[],
  url: string,
  known: number | undefined,
): HookData | undefined {
  const matching = all.filter(({ config }) => config.url === url).sort((a, b) => a.id - b.id);
  return matching.find(({ id }) => id === known) ?? matching[0];
}

function sorted(events: readonly string[]): string[] {
  return [...new Set(events)].sort();
}

/** The rest of a webhook's address is often a secret of its own. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an address known later";
}

function stateOf(client: Client, repository: string, data: HookData, secret: string): WebhookState {
  const { config } = data;
  return {
    repository,
    id: data.id,
    target: config.url ?? "",
    events: sorted(data.events),
    contentType: config.content_type ?? "form",
    insecureSsl: String(config.insecure_ssl ?? "0") === "1",
    active: data.active,
    secret: config.secret ? secret : null,
    url: `${client.web}/${repository}/settings/hooks/${data.id}`,
  };
}
