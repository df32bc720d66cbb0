import type { Call } from "../../core/provider.ts";
import type { Client } from "./client.ts";
import { differences } from "./compare.ts";
import { split } from "./inputs.ts";
import { type Data, send } from "./request.ts";

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
  if (contentType === undefined && insecureSsl === undefined) return state;
  await configure(client, call, now, {
    ...(contentType === undefined ? {} : { content_type: contentType }),
    ...(insecureSsl === undefined ? {} : { insecure_ssl: insecureSsl ? "1" : "0" }),
  });
  return { ...state, contentType: target.contentType, insecureSsl: target.insecureSsl };
}

/** An empty secret takes the secret away. */
export async function configure(
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

export function sorted(events: readonly string[]): string[] {
  return [...new Set(events)].sort();
}

export function stateOf(
  client: Client,
  repository: string,
  data: HookData,
  secret: string,
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
    secret: config.secret ? secret : null,
    url: `${client.web}/${repository}/settings/hooks/${data.id}`,
  };
}
