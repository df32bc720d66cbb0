import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type CheckId, type Finding, findingOf } from "../../core/diagnosis.ts";
import { failure } from "../../core/failure.ts";
import { resolve } from "../../core/references.ts";
import type { Integration, Sequence } from "../../core/sequence.ts";
import type { EngineDeps } from "../../engine/deps.ts";
import { askHealth, scopesOf } from "../../engine/prerequisites.ts";
import { Sessions } from "../../engine/session.ts";
import type { Check } from "./checks.ts";
import { checkId, type Host, layersOf } from "./hosts.ts";
import { secretsCheckId } from "./secrets.ts";

export interface ServiceDeps {
  readonly sequence: Sequence;
  readonly hosts: readonly Host[];
  proxied(host: Host): boolean;
  /** Opened when it is first asked for. */
  engine(): Promise<EngineDeps>;
}

export function serviceCheckId(integration: string): CheckId {
  return `services.${integration}`;
}

/** Reachable, as whom, and with which rights: too few, or more than this sequence needs. */
export function serviceChecks(deps: ServiceDeps): Check[] {
  return deps.sequence.integrations.map((integration) => {
    const { id } = integration;
    const host = deps.hosts.find(({ integrations }) => integrations.includes(id));
    const last = host && layersOf(host, deps.proxied(host)).at(-1);
    return {
      id: serviceCheckId(id),
      title: id,
      needs: [secretsCheckId(id), ...(host && last ? [checkId(host, last)] : [])],
      run: () => lookAt(integration, deps),
    };
  });
}

async function lookAt(integration: Integration, deps: ServiceDeps) {
  const { id } = integration;
  const engine = await deps.engine();
  const sessions = new Sessions(engine);
  const config = resolve(integration.with, (parts) =>
    parts[0] === "env" ? engine.env(parts.slice(1).join(".")) : undefined,
  ).value;
  const session = await sessions.session(id, integration.provider, config);
  const started = engine.clock.monotonic();
  const health = await askHealth(engine, sessions, integration, session);
  const ms = Math.round(engine.clock.monotonic() - started);
  const check = serviceCheckId(id);
  const who = health.account === undefined ? "" : ` as ${health.account}`;
  const evidence = [`${health.status}${who}, in ${ms} ms`];
  const findings: Finding[] = [];
  if (health.status !== "healthy") {
    const message = health.message ?? `${id} is ${health.status}.`;
    const cause = health.failure ?? failure("HEALTH_CHECK_FAILED", message);
    findings.push(
      findingOf(check, cause, catalogue[cause.code], {
        ...{ about: id, explains: [{ checks: ["drift."], about: [id] }] },
        ...(health.status === "degraded" || !integration.required
          ? { severity: "warning" as const }
          : {}),
      }),
    );
  }
  if (health.scopes !== undefined && health.status !== "down") {
    const steps = deps.sequence.steps.filter((step) => step.integration === id);
    const needed = new Set(steps.flatMap((step) => scopesOf(session, step)));
    findings.push(...scopeFindings(id, needed, health.scopes));
    evidence.push(`scopes: ${health.scopes.join(", ") || "none"}`);
  }
  return { evidence, findings };
}

function scopeFindings(id: string, needed: ReadonlySet<string>, has: readonly string[]): Finding[] {
  const check = serviceCheckId(id);
  const missing = [...needed].filter((scope) => !has.includes(scope));
  const excess = has.filter((scope) => !needed.has(scope));
  const found: Finding[] = [];
  if (missing.length > 0) {
    const message = `The token of ${id} lacks ${missing.join(", ")}, which this sequence needs.`;
    const cause = failure("SCOPE_MISSING", message, { details: { missing, has: [...has] } });
    found.push(findingOf(check, cause, catalogue.SCOPE_MISSING, { about: id }));
  }
  if (excess.length > 0) {
    found.push({
      ...{ code: "SCOPE_EXCESS", severity: "note", check, about: id },
      what: `The token of ${id} may do more than this sequence needs.`,
      evidence: [`not needed: ${excess.join(", ")}`],
      fix: { text: "Take what no other use of the token needs out of the app's scopes." },
    });
  }
  return found;
}
