import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type Finding, findingOf } from "../../core/diagnosis.ts";
import { failure } from "../../core/failure.ts";
import { resolve } from "../../core/references.ts";
import type { Integration, Sequence, StepSpec } from "../../core/sequence.ts";
import type { EngineDeps, Session } from "../../engine/deps.ts";
import { askHealth, scopesOf } from "../../engine/prerequisites.ts";
import type { Sessions } from "../../engine/session.ts";
import type { Check } from "./checks.ts";
import { healthFindings, serviceCheckId } from "./health-findings.ts";
import { day } from "./host-findings.ts";
import { checkId, type Endpoint, type Host, layersOf } from "./hosts.ts";
import type { Observed } from "./observed.ts";
import { secretsCheckId } from "./secrets.ts";
import { redirectAdvice, standIns } from "./stand-ins.ts";

export interface ServiceDeps {
  readonly sequence: Sequence;
  readonly hosts: readonly Host[];
  proxied(host: Host): boolean;
  /** Opened when it is first asked for. */
  engine(): Promise<{ readonly engine: EngineDeps; readonly sessions: Sessions }>;
  endpoint(integration: string): Endpoint | undefined;
  observed(integration: string): Observed;
}

/** Reachable, as whom, and with which rights: too few, or more than this sequence needs. */
export function serviceChecks(deps: ServiceDeps): Check[] {
  const { integrations } = deps.sequence;
  const each = integrations.map((integration): Check => {
    const { id } = integration;
    const lasts = deps.hosts
      .filter((host) => host.integrations.includes(id))
      .map((host) => checkId(host, layersOf(host, deps.proxied(host)).at(-1) ?? "http"));
    return {
      id: serviceCheckId(id),
      title: id,
      about: id,
      needs: [secretsCheckId(id), ...lasts],
      run: () => lookAt(integration, deps),
    };
  });
  if (integrations.length < 2) return each;
  const remote = integrations.filter(({ id }) =>
    deps.hosts.some((host) => host.integrations.includes(id)),
  );
  return [...each, standIns({ ...deps, integrations: remote, checkOf: serviceCheckId })];
}

async function lookAt(integration: Integration, deps: ServiceDeps) {
  const { id } = integration;
  const { engine, sessions } = await deps.engine();
  const session = await sessionOf(integration, engine, sessions);
  const started = engine.clock.monotonic();
  const health = await askHealth(engine, sessions, integration, session);
  const ms = Math.round(engine.clock.monotonic() - started);
  const who = health.account === undefined ? "" : ` as ${health.account}`;
  const evidence = [`${health.status}${who}, in ${ms} ms`];
  const steps = deps.sequence.steps.filter((step) => step.integration === id);
  const observed = deps.observed(id);
  const { last, limit, expiresAt } = observed;
  const advice = last && redirectAdvice(last, deps.endpoint(id));
  const findings = healthFindings(integration, health, advice, deps.endpoint(id));
  // Who is refused for its limit need not be told that little of it is left.
  if (!findings.some(({ code }) => /_LIMIT(ED)?$/.test(code))) {
    findings.push(...limitFindings(id, observed));
  }
  if (expiresAt !== undefined) {
    evidence.push(`its token is valid until ${day(expiresAt)}`);
    if (expiresAt - engine.clock.now() < soonMs) findings.push(expiring(id, expiresAt));
  }
  if (limit) evidence.push(`${limit.left}${limit.of ? ` of ${limit.of}` : ""} calls left`);
  if (health.scopes !== undefined && health.status !== "down") {
    findings.push(...scopeFindings(id, session, steps, health.scopes));
  }
  return { evidence, findings };
}

/** A connected session; a failure to connect is one of the service. */
export async function sessionOf(
  { id, provider, with: written }: Integration,
  engine: EngineDeps,
  sessions: Sessions,
): Promise<Session> {
  const config = resolve(written, (parts) =>
    parts[0] === "env" ? engine.env(parts.slice(1).join(".")) : undefined,
  ).value;
  return sessions.session(id, provider, config);
}

/** A week: time for somebody to make another one. */
const soonMs = 7 * 86_400_000;

function expiring(id: string, at: number): Finding {
  return {
    ...{ code: "TOKEN_EXPIRING", severity: "warning", check: serviceCheckId(id), about: id },
    what: `The token of ${id} expires on ${day(at)}.`,
    evidence: [`valid until ${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`],
    fix: { text: "Make a new one before that, and put it where this one comes from." },
  };
}

/** Fewer than this will not do for a setup. */
const fewCalls = 25;

function limitFindings(id: string, { limit }: Observed): Finding[] {
  if (limit === undefined || limit.left >= fewCalls) return [];
  if (limit.of !== undefined && limit.of <= 2 * fewCalls) return [];
  const until =
    limit.resetAt === undefined
      ? ""
      : ` until ${new Date(limit.resetAt).toISOString().slice(11, 16)} UTC`;
  const calls = limit.left === 1 ? "call is" : "calls are";
  const what = `Only ${limit.left} ${calls} left for ${id}${until}.`;
  const fix = { text: "Wait until then: a setup may need more." };
  const check = serviceCheckId(id);
  const finding = { code: "RATE_LIMIT_LOW", severity: "warning", check, about: id } as const;
  return [{ ...finding, what, evidence: [`${limit.left} of ${limit.of ?? "?"} calls left`], fix }];
}

function scopeFindings(
  id: string,
  session: Session,
  steps: readonly StepSpec[],
  has: readonly string[],
): Finding[] {
  const users = new Map<string, string[]>();
  for (const step of steps) {
    for (const scope of scopesOf(session, step)) {
      users.set(scope, [...(users.get(scope) ?? []), step.id]);
    }
  }
  const check = serviceCheckId(id);
  const missing = [...users.keys()].filter((scope) => !has.includes(scope));
  const excess = has.filter((scope) => !users.has(scope));
  const found: Finding[] = [];
  if (missing.length > 0) {
    const message = `The token of ${id} lacks ${missing.join(", ")}.`;
    const cause = failure("SCOPE_MISSING", message, { details: { missing, has: [...has] } });
    const evidence = missing.map((scope) => `${scope}: for ${users.get(scope)?.join(", ")}`);
    const explains = [{ checks: ["drift."], about: [id] }];
    found.push(findingOf(check, cause, catalogue.SCOPE_MISSING, { about: id, evidence, explains }));
  }
  if (excess.length > 0 && steps.length > 0) {
    found.push({
      ...{ code: "SCOPE_EXCESS", severity: "note", check, about: id },
      what: `The token of ${id} may do more than this sequence needs.`,
      evidence: excess.map((scope) => `not needed: ${scope}`),
      fix: { text: "Take what no other use of the token needs out of the app's scopes." },
    });
  }
  return found;
}
