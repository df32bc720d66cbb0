import { type Failure, failure, TestxError } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Health } from "../core/provider.ts";
import { findReferences, resolve } from "../core/references.ts";
import type { Integration, Sequence, StepSpec } from "../core/sequence.ts";
import type { EngineDeps, Session } from "./deps.ts";
import { kindOf, type Sessions } from "./session.ts";

export interface Prerequisites {
  readonly sessions: ReadonlyMap<string, Session>;
  readonly failures: ReadonlyMap<string, Failure>;
}

/**
 * Connects every integration: environment and secrets present, configuration valid. Sends
 * nothing. All that is missing for one integration comes in one failure.
 */
export async function connectAll(
  deps: EngineDeps,
  sessions: Sessions,
  sequence: Sequence,
): Promise<Prerequisites> {
  const opened = new Map<string, Session>();
  const failures = new Map<string, Failure>();
  await Promise.all(
    sequence.integrations.map(async (integration) => {
      const steps = sequence.steps.filter((step) => step.integration === integration.id);
      try {
        opened.set(integration.id, await connect(deps, sessions, integration, steps));
      } catch (error) {
        if (!(error instanceof TestxError)) throw error;
        failures.set(integration.id, { ...error.failure, integration: integration.id });
      }
    }),
  );
  return { sessions: opened, failures };
}

async function connect(
  deps: EngineDeps,
  sessions: Sessions,
  integration: Integration,
  steps: readonly StepSpec[],
): Promise<Session> {
  const { id } = integration;
  const variables = missingEnvironment(deps, [integration.with, ...steps.map((step) => step.with)]);
  const problems = [
    ...(await deps.secretProblems(id, integration.provider)),
    ...variables.map((variable) =>
      failure("ENV_MISSING", `${variable} is not set; ${id} refers to it.`, {
        details: { variable },
      }),
    ),
  ];
  if (problems.length > 0) throw new TestxError(together(problems));
  const config = resolve(integration.with, (parts) => environment(deps, parts)).value;
  return sessions.session(id, integration.provider, config);
}

/**
 * Several causes in one failure: the first one's code, everybody's message, once each. `details`
 * has the messages one by one as `messages`.
 */
export function together(failures: readonly Failure[]): Failure {
  const [first, ...rest] = failures as [Failure, ...Failure[]];
  if (rest.length === 0) return first;
  const causes = failures.flatMap((cause) => causesOf(cause));
  const messages = messagesOf(causes);
  return failure(first.code, messages.join(" "), {
    transient: failures.every(({ transient }) => transient),
    details: {
      messages,
      causes: causes.map(({ code, message, details }) => ({ code, message, ...details })),
    },
    ...(first.integration ? { integration: first.integration } : {}),
  });
}

type Cause = Pick<Failure, "code" | "message" | "integration"> & { details?: JsonObject };

function causesOf(cause: Failure): Cause[] {
  const inner = cause.details?.causes;
  if (!Array.isArray(inner)) return [cause];
  return (inner as JsonObject[]).map(({ code, message, ...details }) => ({
    ...{ code: String(code), message: String(message), details },
    ...(cause.integration ? { integration: cause.integration } : {}),
  }));
}

/** A variable that several integrations refer to is named once. */
function messagesOf(causes: readonly Cause[]): string[] {
  const users = new Map<string, Set<string>>();
  const messages = new Set<string>();
  for (const { message, details, integration } of causes) {
    const variable = details?.variable;
    if (typeof variable !== "string") {
      messages.add(message);
      continue;
    }
    const known = users.get(variable) ?? new Set();
    users.set(variable, known.add(integration ?? "the sequence"));
  }
  return [
    ...messages,
    ...[...users].map(
      ([variable, who]) =>
        `${variable} is not set; the steps of ${[...who].join(", ")} refer to it.`,
    ),
  ];
}

function missingEnvironment(deps: EngineDeps, values: readonly Json[]): string[] {
  const names = values
    .flatMap((value) => findReferences(value))
    .filter(({ parts }) => parts[0] === "env" && environment(deps, parts) === undefined)
    .map(({ parts }) => parts.slice(1).join("."));
  return [...new Set(names)];
}

function environment(deps: EngineDeps, parts: readonly string[]): Json | undefined {
  return parts[0] === "env" ? deps.env(parts.slice(1).join(".")) : undefined;
}

/** One integration's health, from the cache while an earlier healthy result still counts. */
export async function checkHealth(
  deps: EngineDeps,
  sessions: Sessions,
  integration: Integration,
  session: Session,
  steps: readonly StepSpec[],
): Promise<Health> {
  const { health: settings } = integration.settings;
  const question = [session.identity, settings.url ?? "", settings.expectedStatus];
  const key = `health:${integration.id}:${deps.digest(JSON.stringify(question))}`;
  deps.emit({ type: "health.started", integration: integration.id });
  const started = deps.clock.monotonic();
  const cached = settings.intervalMs > 0 ? await deps.cache.get(key) : undefined;
  const earlier = cached as { at: number; health: JsonObject } | undefined;
  const ageMs = earlier ? deps.clock.now() - earlier.at : undefined;
  const fresh = earlier && ageMs !== undefined && ageMs >= 0 && ageMs < settings.intervalMs;
  const asked = fresh
    ? (earlier.health as unknown as Health)
    : await ask(deps, sessions, integration, session);
  if (!fresh && asked.status === "healthy") {
    const kept = { at: deps.clock.now(), health: asked as unknown as JsonObject };
    await deps.cache.set(key, kept, settings.intervalMs);
  }
  const health = scopesChecked(asked, session, steps);
  deps.emit({
    type: "health.finished",
    integration: integration.id,
    health,
    durationMs: deps.clock.monotonic() - started,
    ...(fresh ? { ageMs } : {}),
  });
  return health;
}

async function ask(
  deps: EngineDeps,
  sessions: Sessions,
  integration: Integration,
  session: Session,
): Promise<Health> {
  const { url, expectedStatus } = integration.settings.health;
  try {
    return await sessions.work(session, "health", { step: "" }, (call) =>
      url === undefined
        ? session.provider.health(session.client, call)
        : deps.probe(integration.id, url, expectedStatus),
    );
  } catch (error) {
    if (!(error instanceof TestxError) || deps.stop.aborted) throw error;
    return { status: "down", message: error.failure.message, failure: error.failure };
  }
}

/** What a step's calls need to be allowed, in the service's own words. */
export function scopesOf(session: Session, { kind, with: written }: StepSpec): readonly string[] {
  const { scopes = [] } = kindOf(session.provider, kind);
  return typeof scopes === "function" ? scopes(written) : scopes;
}

function scopesChecked(health: Health, session: Session, steps: readonly StepSpec[]): Health {
  const has = health.scopes;
  if (health.status === "down" || has === undefined) return health;
  const needed = new Set(steps.flatMap((step) => scopesOf(session, step)));
  const missing = [...needed].filter((scope) => !has.includes(scope));
  if (missing.length === 0) return health;
  const message = `The token lacks ${missing.join(", ")}, which this sequence needs.`;
  const details = { missing, has: [...has] };
  return {
    ...health,
    status: "down",
    message,
    failure: failure("SCOPE_MISSING", message, { details }),
  };
}

/** Why an unhealthy integration cannot be used. */
export function healthFailure(integration: string, health: Health): Failure {
  const message = health.message ?? `${integration} is not healthy.`;
  return {
    ...(health.failure ?? failure("HEALTH_CHECK_FAILED", message, { transient: true })),
    integration,
  };
}
