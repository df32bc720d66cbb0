import type { Call } from "../../core/provider.ts";
import type { Client } from "./client.ts";
import { differences } from "./compare.ts";
import { split } from "./inputs.ts";
import { type Data, find, type Parameters, send } from "./request.ts";

/** Stands for a webhook's secret that testx did not set. */
export const foreign = "foreign";

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
  /** The service does not show whether there is a secret, so that the one set is taken to be there. */
  secretHidden?: true;
  /** The page with its settings. */
  url: string;
};

export type HookData = Data<"GET /repos/{owner}/{repo}/hooks">[number];

/**
 * Brings a webhook's settings, its secret apart, to `target`. The configuration is changed by an
 * operation of its own: the other one may drop a secret that it is not given.
 */
export async function set(
  client: Client,
  call: Call,
  now: WebhookState,
  target: WebhookState,
): Promise<WebhookState> {
  const { events, active, target: url, contentType, insecureSsl } = differences(now, target);
  let state = now;
  if (events !== undefined || active !== undefined) {
    const changed = await send(client, call, "PATCH /repos/{owner}/{repo}/hooks/{hook_id}", {
      ...split(now.repository),
      hook_id: now.id,
      ...(events === undefined ? {} : { events }),
      ...(active === undefined ? {} : { active }),
    });
    state = stateOf(client, now.repository, changed, now.secret ?? foreign, now.secretHidden);
  }
  if (url === undefined && contentType === undefined && insecureSsl === undefined) return state;
  await configure(client, call, now, {
    ...(url === undefined ? {} : { url }),
    ...(contentType === undefined ? {} : { content_type: contentType }),
    ...(insecureSsl === undefined ? {} : { insecure_ssl: insecureSsl ? "1" : "0" }),
  });
  const { contentType: type, insecureSsl: insecure } = target;
  return { ...state, target: target.target, contentType: type, insecureSsl: insecure };
}

interface Config {
  url?: string;
  content_type?: string;
  insecure_ssl?: string;
  secret?: string;
}

/** Changes parts of the configuration. An empty secret takes the secret away. */
export async function configure(
  client: Client,
  call: Call,
  now: WebhookState,
  config: Config,
): Promise<void> {
  const at = { ...split(now.repository), hook_id: now.id };
  const route = "PATCH /repos/{owner}/{repo}/hooks/{hook_id}/config";
  // As data: the SDK would take a `url` for the address to call.
  const asked = { ...at, data: config } as Parameters<typeof route>;
  if (await find(client, call, route, asked)) return;
  // Servers that speak GitHub's API do not all have this operation; the other takes it whole.
  await send(client, call, "PATCH /repos/{owner}/{repo}/hooks/{hook_id}", {
    ...at,
    config: {
      url: now.target,
      content_type: now.contentType,
      insecure_ssl: now.insecureSsl ? "1" : "0",
      ...config,
    },
  });
}

export function sorted(events: readonly string[]): string[] {
  return [...new Set(events)].sort();
}

export function stateOf(
  client: Client,
  repository: string,
  data: HookData,
  secret: string,
  hidden = false,
): WebhookState {
  const { config } = data;
  return {
    repository,
    id: data.id,
    target: config.url ?? "",
    events: sorted(data.events),
    contentType: config.content_type ?? "form",
    insecureSsl: String(config.insecure_ssl ?? "0") === "1",
    active: data.active,
    secret: config.secret || hidden ? secret : null,
    ...(hidden ? { secretHidden: true } : {}),
    url: `${client.web}/${repository}/settings/hooks/${data.id}`,
  };
}
