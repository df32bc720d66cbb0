import type { CheckOutcome, Explains, Finding, Fix } from "../../core/diagnosis.ts";
import type { ProbeError } from "../../core/probes.ts";
import { quoted } from "../../core/quoted.ts";
import { checkId, type Host, type Layer } from "./hosts.ts";

/** It may be no more than slow, or only here: what its API says decides. */
export function slow(host: Host, error: ProbeError): CheckOutcome {
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

/** As where the first of several DNS servers is dead: each connection waits so long. */
export function slowName(host: Host, ms: number): Finding {
  const seconds = (ms / 1000).toFixed(1);
  return finding(host, "dns", {
    ...{ code: "DNS_SLOW", severity: "warning" },
    what: `It takes ${seconds} s until ${host.url.hostname} is resolved.`,
    evidence: [`${host.url.hostname} was resolved in ${seconds} s`],
    fix: { text: slowNameAdvice, command: "cat /etc/resolv.conf" },
    explains: [{ checks: ["network.", "services.", "drift."], codes: ["GATEWAY_TIMEOUT"] }],
  });
}

export const slowNameAdvice =
  "Look at this machine's DNS servers: the first of them seems not to answer, as after a VPN that is gone.";

/** A failure to look, with the system's word for it. */
export function told({ message, code }: ProbeError): string {
  return code === "unknown" || message.includes(code) ? message : `${message} (${code})`;
}

/** Cut by whoever took the connection, or by something on the way. */
const cut: ReadonlySet<string> = new Set(["ECONNRESET", "ECONNABORTED", "EPIPE"]);

export function unreachable(
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
    const text = `Look whether the name is spelt right, and the network up, or the VPN that knows it.${moved(host)}`;
    return finding(host, layer, { code: "HOST_UNRESOLVED", what, evidence, fix: { text } });
  }
  if (failed === "proxy") {
    const what = `The proxy gives no connection to ${name}.`;
    const fix = { text: proxyAdvice(code) };
    return finding(host, layer, { code: "HOST_PROXY_REFUSED", what, evidence, fix });
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
  evidence.push(...ledTo(host, addresses));
  if (unrouted.has(code) && addresses.length > 0 && addresses.every((ip) => ip.includes(":"))) {
    evidence.push("it has IPv6 addresses only, and this machine has no way to IPv6");
  }
  const [address] = addresses;
  if (!host.local && addresses.length > 0 && addresses.every((ip) => here.test(ip))) {
    const what = `The name ${hostname} leads to this machine, which ${refused}.`;
    const text = `Look into the hosts file, and at what filters DNS: something puts ${address} in the place of ${hostname}.${moved(host)}`;
    const fix = { text, command: `grep -n ${quoted(hostname)} /etc/hosts` };
    const found = { code: "HOST_UNREACHABLE", what, evidence, fix };
    const filtered = addresses.every((ip) => sinkholes.has(ip));
    return finding(host, layer, { ...found, ...(filtered && { details: { leads: "here" } }) });
  }
  const network = addresses.some((ip) => inside.test(ip))
    ? "the VPN that leads into its network"
    : "the network";
  const fix: Fix = {
    text: host.local
      ? `Start what should listen on ${name}, or correct its address.${moved(host)}`
      : `Look at ${network}, the firewall and the service's status page.${moved(host)}`,
  };
  const what = `${name} ${refused}.`;
  return finding(host, layer, { code: "HOST_UNREACHABLE", what, evidence, fix });
}

/** Addresses of this machine, and of networks that only those within reach. */
const here = /^(127\.|0\.0\.0\.0$|::1?$)/;
const inside = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][\da-f]{2}:)/i;

/** What blockers and the hosts file put in the place of what they take away. */
const sinkholes: ReadonlySet<string> = new Set(["127.0.0.1", "0.0.0.0", "::1", "::"]);

/** Where a name leads that may be meant to lead elsewhere. */
export function ledTo({ url: { hostname }, local }: Host, addresses: readonly string[]): string[] {
  const strange = !local && addresses.some((ip) => here.test(ip) || inside.test(ip));
  return strange && !addresses.includes(hostname) ? [`${hostname} is ${addresses.join(", ")}`] : [];
}

function proxyAdvice(code: string): string {
  if (code === "HTTP 407") return "Put a user and password into the proxy's address that it takes.";
  if (code.startsWith("HTTP 5")) {
    return "Ask whoever runs the proxy: it seems not to reach what it is asked for.";
  }
  return code.startsWith("HTTP ")
    ? "Ask whoever runs the proxy to let this through."
    : "Look whether the proxy's address is right: what is there does not work as a proxy.";
}

/** No way to an address of its kind. */
const unrouted: ReadonlySet<string> = new Set(["ENETUNREACH", "EADDRNOTAVAIL", "EHOSTUNREACH"]);

/** Machines in a cloud get their credentials there; testx sends nothing to it. */
export function forbidden(host: Host): Finding {
  const what = `${host.url.host} is, or leads to, a link-local or cloud metadata address.`;
  const text = `Correct the address: \`testx config show --origin\` says where it comes from.${moved(host)}`;
  return finding(host, "dns", { code: "HTTP_URL_REFUSED", what, evidence: [], fix: { text } });
}

function moved({ variables }: Host): string {
  return variables.length === 0 ? "" : ` It can be set with ${variables.join(" and ")}.`;
}

export function untrusted(
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
    const found = { code: "HOST_TLS_EXPIRED", what, evidence: seen, fix: { text } };
    return finding(host, layer, { ...found, details: { reason } });
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
  const cure = certificateCure(name, reason);
  const text =
    cure ??
    "Where a company's proxy issues certificates of its own, name its authority's file in NODE_EXTRA_CA_CERTS; where browsers here trust it, NODE_OPTIONS=--use-system-ca will do.";
  const found = { code: "HOST_TLS_UNTRUSTED", what, evidence: seen, fix: { text } };
  return finding(host, layer, { ...found, ...(cure && { details: { reason } }) });
}

/** What helps where the certificate itself is wrong, and not only whom this machine trusts. */
function certificateCure(name: string, reason: string): string | undefined {
  if (/KEY_TOO_SMALL|MD_TOO_WEAK|INVALID_PURPOSE/.test(reason)) {
    return `Whoever runs ${name} must have it made anew: as it is, no program of today takes it.`;
  }
  return /UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT$/.test(reason)
    ? `Whoever runs ${name} must let it send the certificates between its own and its authority's as well; until then put the missing one into a file that NODE_EXTRA_CA_CERTS names, and so with the authority's own where something on this network issued it.`
    : undefined;
}

/** A certificate that ends within this time is told of. */
export const soonMs = 14 * 86_400_000;

type Parts = Omit<Finding, "check" | "severity"> & Partial<Pick<Finding, "severity">>;

export function expiring(
  host: Host,
  validTo: number,
  days: number,
  evidence: readonly string[],
): Finding {
  const { host: name } = host.url;
  const what = `The certificate of ${name} is valid for ${days} more days only.`;
  const text = `Whoever runs ${name} must renew it before ${day(validTo)}.`;
  const soon = { code: "HOST_TLS_EXPIRING", severity: "warning", what, fix: { text } } as const;
  return finding(host, "tls", { ...soon, evidence, explains: [] });
}

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

/** Whether a finding about a host says that it cannot be used. */
export function isLost({ code }: Finding): boolean {
  return !["HOST_TLS_EXPIRING", "GATEWAY_TIMEOUT", "DNS_SLOW"].includes(code);
}

function consequences({ integrations }: Host): Explains {
  return { checks: ["services.", "drift.", "breakers."], about: integrations };
}

export function day(ms: number): string {
  return Number.isNaN(ms) ? "an unknown day" : new Date(ms).toISOString().slice(0, 10);
}
