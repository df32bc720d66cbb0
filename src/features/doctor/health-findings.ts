import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type CheckId, type Finding, type Fix, findingOf } from "../../core/diagnosis.ts";
import { failure } from "../../core/failure.ts";
import type { Health } from "../../core/provider.ts";
import type { Integration } from "../../core/sequence.ts";
import type { Endpoint } from "./hosts.ts";

export function serviceCheckId(integration: string): CheckId {
  return `services.${integration}`;
}

/** `advice`: better than what the catalogue says to do. */
export function healthFindings(
  { id, provider, required, settings }: Integration,
  health: Health,
  advice: string | undefined,
  at: Endpoint | undefined,
): Finding[] {
  if (health.status === "healthy") return [];
  const message = health.message ?? `${id} is ${health.status}.`;
  const cause = health.failure ?? failure("HEALTH_CHECK_FAILED", message);
  const entry = catalogue[cause.code];
  const target = targetOf(settings.health);
  const moved = at?.moved && target === undefined;
  // What a status page says is of the service itself.
  const elsewhere = moved && cause.code.endsWith("_UNAVAILABLE");
  // What a service says of a token or a place stops every write, even where it answers reads.
  const mild = !required || (health.status === "degraded" && entry?.exit !== 4);
  const finding = findingOf(serviceCheckId(id), cause, entry, {
    ...{ about: id, explains: [{ checks: ["drift.", "breakers."], about: [id] }] },
    ...(mild ? { severity: "warning" as const } : {}),
    ...(cause.code === "GATEWAY_TIMEOUT" && { fix: limitFix(settings) }),
    ...(elsewhere ? { fix: { text: `Ask whoever runs ${hostOf(at.url)}, or wait for it.` } } : {}),
    ...(advice && cause.code === "GATEWAY_REDIRECTED" ? { fix: { text: advice } } : {}),
  });
  const { status, requestId } = cause;
  const seen = [
    ...(moved ? [`asked at ${addressOf(at.url)} (${at.variable})`] : []),
    ...(target ? [`asked at ${target}, as \`health\` of ${id} says`] : []),
    ...(status === undefined ? [] : [`HTTP status ${status}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ];
  const evidence = [...finding.evidence, ...seen];
  if (target !== undefined) {
    const text = `Look whether ${target} is what is to be asked: \`testx config show --origin\` says where \`health\` comes from. Else: ${finding.fix.text}`;
    return [{ ...finding, fix: { text }, evidence }];
  }
  // Who answers there may not be the service: then its word means nothing.
  const doubtful =
    moved && !cause.transient && advice === undefined && !ownMistakes.has(cause.code);
  if (!doubtful) return [{ ...finding, evidence }];
  const right = at.variable && meantBy(at.url, provider, cause.code);
  const doubt = `If that is not the address of ${id}${provider === "github" ? ofEnterprise : ""}, correct or unset ${at.variable}. Else: `;
  const command = right ? { command: `export ${at.variable}=${right}` } : {};
  return [
    { ...finding, fix: { ...finding.fix, text: doubt + finding.fix.text, ...command }, evidence },
  ];
}

/** Where the limit is set that an answer did not keep to. */
function limitFix({ health, timeouts }: Integration["settings"]): Fix {
  const { timeoutMs } = health;
  const [limit, file] =
    timeoutMs !== undefined && timeoutMs < timeouts.totalMs
      ? [`Its health check has ${timeoutMs} ms (\`timeoutMs\`)`, "health-check-config.json"]
      : [`Its calls have ${timeouts.totalMs} ms (\`timeouts.totalMs\`)`, "retry-policies.json"];
  return {
    text: `${limit}: if that is less than it needs, raise it in ${file}. Else look at the service and the way to it.`,
  };
}

/** Of code of somebody's own: it, and no other place, is what is wrong. */
const ownMistakes: ReadonlySet<string> = new Set(["PROVIDER_FAILED", "POLICY_FAILED"]);

const ofEnterprise = " (that of a GitHub Enterprise Server is https://HOST/api/v3)";

/** GitHub's address for people in place of the one for programs. */
function meantBy(url: string, provider: string, code: string): string | undefined {
  const { origin, hostname, pathname } = new URL(url);
  const isWeb =
    pathname === "/" && (code === "GATEWAY_UNREADABLE" || code === "GATEWAY_REDIRECTED");
  if (provider !== "github" || !isWeb || hostname.startsWith("api.")) return undefined;
  return /^(www\.)?github\.com$/.test(hostname) ? "https://api.github.com" : `${origin}/api/v3`;
}

/** What is asked in place of the service itself. */
function targetOf(health: Integration["settings"]["health"]): string | undefined {
  const { check, url, host, port } = health;
  if (check === "tcp") return `${host}:${port}`;
  return check === "provider" || url === undefined ? undefined : addressOf(url);
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function addressOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
