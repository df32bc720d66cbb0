import type { CheckId, CheckOutcome, Explains, Finding, Fix } from "../../core/diagnosis.ts";
import { type Asked, type NetworkProbe, ProbeError } from "../../core/probes.ts";
import { isLoopback, isMetadataHost, isRefusedAddress } from "../../core/web-address.ts";
import type { Check } from "./checks.ts";

/** Where an integration's calls go. */
export interface Endpoint {
  readonly integration: string;
  readonly url: string;
  /** The environment variable that moves it. */
  readonly variable?: string;
  readonly required: boolean;
}

/** One place on the network, and who depends on it. */
export interface Host {
  /** Names the checks: the first integration that uses it. */
  readonly id: string;
  readonly integrations: readonly string[];
  readonly url: URL;
  readonly variable?: string;
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
    const [{ integration, url, variable }] = all as [Endpoint];
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
      ...(variable === undefined ? {} : { variable }),
    };
  });
}

export function checkId(host: Host, layer: Layer): CheckId {
  return `network.${host.id}.${layer}`;
}

/** The layers that can be looked at from here: through a proxy only the last. */
export function layersOf(host: Host, proxied: boolean): readonly Layer[] {
  if (proxied) return ["http"];
  return layers.filter((layer) => layer !== "tls" || host.url.protocol === "https:");
}

const soonMs = 14 * 86_400_000;

export interface HostDeps {
  readonly host: Host;
  readonly network: NetworkProbe;
  /** One GET of the host's address. */
  ask(host: Host): Promise<Asked>;
  readonly proxied: boolean;
  readonly now: () => number;
}

/** Name, connection, certificate, reply: each looked at only when the one before is fine. */
export function hostChecks({ host, network, ask, proxied, now }: HostDeps): Check[] {
  const { url } = host;
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  let addresses: readonly string[] = [];
  const looks: Readonly<Record<Layer, () => Promise<CheckOutcome>>> = {
    dns: async () => {
      if (isMetadataHost(url.hostname)) return closed([], forbidden(host));
      addresses = await network.resolve(url.hostname.replace(/^\[|\]$/g, ""));
      if (addresses.some(isRefusedAddress)) return closed([], forbidden(host));
      return fine(`${url.hostname} is ${addresses.slice(0, 3).join(", ")}`);
    },
    tcp: async () => {
      const { address, ms } = await network.connect(url.hostname, port);
      return fine(`${address}, port ${port}, in ${Math.round(ms)} ms`);
    },
    tls: async () => {
      const {
        trusted,
        reason = "",
        validTo,
        validFrom,
        subject,
        issuer,
      } = await network.handshake(url.hostname, port);
      const days = Math.floor((validTo - now()) / 86_400_000);
      const evidence = [
        `certificate of ${subject}, issued by ${issuer}`,
        `valid from ${day(validFrom)} to ${day(validTo)}`,
      ];
      if (!trusted) return closed(evidence, untrusted(host, reason, evidence));
      if (validTo - now() > soonMs) return { evidence, findings: [] };
      const what = `The certificate of ${url.host} is valid for ${days} more days only.`;
      const text = `Whoever runs ${url.host} must renew it before ${day(validTo)}.`;
      const soon = { code: "HOST_TLS_EXPIRING", severity: "warning", what, fix: { text } } as const;
      return { evidence, findings: [finding(host, "tls", { ...soon, evidence, explains: [] })] };
    },
    http: async () => {
      const { status, type, ms } = await ask(host);
      return fine(
        `HTTP ${status}${type === undefined ? "" : `, ${type}`}, in ${Math.round(ms)} ms`,
      );
    },
  };
  const all = layersOf(host, proxied);
  return all.map((layer, at) => ({
    id: checkId(host, layer),
    title: `${url.host}: ${titles[layer]}`,
    needs: at === 0 ? [] : [checkId(host, all[at - 1] as Layer)],
    async run() {
      try {
        return await looks[layer]();
      } catch (error) {
        if (!(error instanceof ProbeError)) throw error;
        if (error.layer === "http" && error.code === "ETIMEDOUT") return slow(host, error);
        return closed([], unreachable(host, layer, error, addresses));
      }
    },
  }));
}

const titles: Readonly<Record<Layer, string>> = {
  dns: "name",
  tcp: "connection",
  tls: "certificate",
  http: "reply",
};

function fine(...evidence: string[]): CheckOutcome {
  return { evidence, findings: [] };
}

/** Nothing gets further, however much it matters. */
function closed(evidence: readonly string[], finding: Finding): CheckOutcome {
  return { evidence, findings: [finding], usable: false };
}

/** It may be no more than slow, or only here: what its API says decides. */
function slow(host: Host, error: ProbeError): CheckOutcome {
  const found = finding(host, "http", {
    ...{ code: "GATEWAY_TIMEOUT", severity: "warning", evidence: [told(error)] },
    what: `${host.url.host} takes connections, but its reply did not come while doctor waited.`,
    fix: {
      text: `Where it is not just slow, look whether ${host.url.origin} is the right address.${moved(host)}`,
    },
    explains: [{ ...consequences(host), codes: ["GATEWAY_TIMEOUT"] }],
  });
  return { evidence: found.evidence, findings: [found] };
}

/** A failure to look, with the system's word for it. */
export function told({ message, code }: ProbeError): string {
  return code === "unknown" || message.includes(code) ? message : `${message} (${code})`;
}

/** Cut by whoever took the connection, or by something on the way. */
const cut: ReadonlySet<string> = new Set(["ECONNRESET", "ECONNABORTED", "EPIPE"]);

function unreachable(
  host: Host,
  layer: Layer,
  error: ProbeError,
  addresses: readonly string[],
): Finding {
  const { code, layer: failed } = error;
  const evidence = [told(error)];
  const { host: name, hostname } = host.url;
  if (failed === "dns") {
    const what = `The name ${hostname} cannot be resolved.`;
    const text = `Look whether the name is spelt right and the network is up.${moved(host)}`;
    return finding(host, layer, { code: "HOST_UNRESOLVED", what, evidence, fix: { text } });
  }
  if (failed === "proxy") {
    const what = `The proxy gives no connection to ${name}.`;
    const text = "Look whether the proxy wants a user and password, or lets this service through.";
    return finding(host, layer, { code: "HOST_PROXY_REFUSED", what, evidence, fix: { text } });
  }
  if (failed === "http" || cut.has(code) || (failed === "tls" && code === "ETIMEDOUT")) {
    const how = failed === "tls" ? "does not go on in TLS" : "gives no HTTP reply";
    const what = `${name} takes connections, but ${how}.`;
    const { origin, protocol } = host.url;
    const secure = protocol === "http:" ? ", and should not begin with https://" : "";
    const text = `Look whether ${origin} is the right address${secure}.${moved(host)}`;
    return finding(host, layer, { code: "HOST_NO_REPLY", what, evidence, fix: { text } });
  }
  if (failed === "tls") return untrusted(host, code, evidence, layer);
  const refused = code === "ECONNREFUSED" ? "refuses connections" : "cannot be reached";
  if (unrouted.has(code) && addresses.length > 0 && addresses.every((ip) => ip.includes(":"))) {
    evidence.push("it has IPv6 addresses only, and this machine has no way to IPv6");
  }
  const fix: Fix = {
    text: host.local
      ? `Start what should listen on ${name}, or correct its address.${moved(host)}`
      : `Look at the network, the firewall and the service's status page.${moved(host)}`,
  };
  const what = `${name} ${refused}.`;
  return finding(host, layer, { code: "HOST_UNREACHABLE", what, evidence, fix });
}

/** No way to an address of its kind. */
const unrouted: ReadonlySet<string> = new Set(["ENETUNREACH", "EADDRNOTAVAIL", "EHOSTUNREACH"]);

/** Machines in a cloud get their credentials there; testx sends nothing to it. */
function forbidden(host: Host): Finding {
  const what = `${host.url.host} is, or leads to, a link-local or cloud metadata address.`;
  const text = `Correct the address: \`testx config show --origin\` says where it comes from.${moved(host)}`;
  return finding(host, "dns", { code: "HTTP_URL_REFUSED", what, evidence: [], fix: { text } });
}

function moved({ variable }: Host): string {
  return variable === undefined ? "" : ` It can be set with ${variable}.`;
}

function untrusted(
  host: Host,
  reason: string,
  evidence: readonly string[],
  layer: Layer = "tls",
): Finding {
  const { host: name } = host.url;
  const seen = [...evidence, reason];
  if (reason === "CERT_HAS_EXPIRED" || reason === "CERT_NOT_YET_VALID") {
    const when = reason === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet";
    const what = `The certificate of ${name} ${when}.`;
    const text = "Compare this machine's clock with the right time; else the host must renew it.";
    return finding(host, layer, { code: "HOST_TLS_EXPIRED", what, evidence: seen, fix: { text } });
  }
  if (reason === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const what = `The certificate of ${name} is for another name.`;
    const text = `Correct the address, or look whether something else answers in place of ${name}.`;
    return finding(host, layer, { code: "HOST_TLS_NAME", what, evidence: seen, fix: { text } });
  }
  if (/_ALERT_PROTOCOL_VERSION|_UNSUPPORTED_PROTOCOL|_VERSION_TOO_LOW/.test(reason)) {
    const what = `${name} speaks only an outdated TLS.`;
    const text = `Whoever runs it must let it speak TLS 1.2 or newer; else correct the address.${moved(host)}`;
    return finding(host, layer, { code: "HOST_NO_TLS", what, evidence: seen, fix: { text } });
  }
  if (/_ALERT_/.test(reason)) {
    const what = `${name} refuses secure connections.`;
    const text = `Look whether the address is right, and whether it asks for a certificate of its users, which testx has not.${moved(host)}`;
    return finding(host, layer, { code: "HOST_NO_TLS", what, evidence: seen, fix: { text } });
  }
  if (reason.startsWith("ERR_SSL_") || reason === "EPROTO") {
    const what = `${name} does not speak TLS.`;
    // Elsewhere that would send tokens for everybody on the way to read.
    const wrong = host.local ? "should begin with http://, and the port is" : "and the port are";
    const text = `Look whether the address ${wrong} right.${moved(host)}`;
    return finding(host, layer, { code: "HOST_NO_TLS", what, evidence: seen, fix: { text } });
  }
  const what = `The certificate of ${name} is not trusted.`;
  const text =
    "Where a company's proxy issues certificates of its own, name its authority's file in NODE_EXTRA_CA_CERTS.";
  return finding(host, layer, { code: "HOST_TLS_UNTRUSTED", what, evidence: seen, fix: { text } });
}

type Parts = Omit<Finding, "check" | "severity"> & Partial<Pick<Finding, "severity">>;

/** What is wrong with a host explains what is wrong with everything that lives there. */
function finding(host: Host, layer: Layer, parts: Parts): Finding {
  return {
    severity: host.required ? "error" : "warning",
    check: checkId(host, layer),
    about: host.id,
    explains: [consequences(host)],
    ...parts,
  };
}

function consequences({ integrations }: Host): Explains {
  return { checks: ["services.", "drift.", "breakers."], about: integrations };
}

function day(ms: number): string {
  return Number.isNaN(ms) ? "an unknown day" : new Date(ms).toISOString().slice(0, 10);
}
