import type { CheckId } from "../../core/diagnosis.ts";
import { isLoopback } from "../../core/web-address.ts";

/** Where an integration's calls go. */
export interface Endpoint {
  readonly integration: string;
  readonly url: string;
  /** The environment variable that moves it. */
  readonly variable?: string;
  /** That variable has moved it to another host. */
  readonly moved?: boolean;
  readonly required: boolean;
}

/** One place on the network, and who depends on it. */
export interface Host {
  /** Names the checks: the first integration that uses it. */
  readonly id: string;
  readonly integrations: readonly string[];
  readonly url: URL;
  /** The environment variables that move it. */
  readonly variables: readonly string[];
  /** On this machine: it says nothing of the network. */
  readonly local: boolean;
  /** One of the integrations is: without it, setup fails. */
  readonly required: boolean;
}

export type Layer = "dns" | "tcp" | "tls" | "http";
const layers: readonly Layer[] = ["dns", "tcp", "tls", "http"];

export function hostsOf(endpoints: readonly Endpoint[]): Host[] {
  const usable = endpoints.filter(({ url }) => URL.canParse(url));
  const taken = new Set<string>();
  return [...Map.groupBy(usable, ({ url }) => new URL(url).origin).values()].map((all) => {
    const [{ integration, url }] = all as [Endpoint];
    const variables = [...new Set(all.flatMap(({ variable }) => variable ?? []))];
    const parsed = new URL(url);
    // Where an integration's health is asked elsewhere than its API.
    const id = taken.has(integration) ? `${integration}.health` : integration;
    taken.add(id);
    return {
      id,
      integrations: [...new Set(all.map((one) => one.integration))],
      url: parsed,
      local: isLoopback(parsed.hostname),
      required: all.some((one) => one.required),
      variables,
    };
  });
}

/** The port of an address, which need not be written. */
export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === "https:" ? 443 : 80));
}

export function checkId(host: Host, layer: Layer): CheckId {
  return `network.${host.id}.${layer}`;
}

/** The layers that can be looked at from here: through a proxy only the last. */
export function layersOf(host: Host, proxied: boolean): readonly Layer[] {
  if (proxied) return ["http"];
  return layers.filter((layer) => layer !== "tls" || host.url.protocol === "https:");
}
