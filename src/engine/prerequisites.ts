import { type Failure, failure, TestxError } from "../core/failure.ts";
import {
  healthKey,
  healthRecord,
  type Observation,
  withObservation,
} from "../core/health-record.ts";
import { canonical, type Json, type JsonObject } from "../core/json.ts";
import type { Health } from "../core/provider.ts";
import { resolve } from "../core/references.ts";
import { variablesIn } from "../core/secret-variables.ts";
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
  const problems = await lacking(deps, integration, steps);
  if (problems.length > 0) throw new TestxError(together(problems));
  const environment = ([first, ...name]: readonly string[]) =>
    first === "env" ? deps.env(name.join(".")) : undefined;
  const config = resolve(integration.with, environment).value;
  return sessions.session(id, integration.provider, config);
}

/** Every secret and variable that an integration needs and has not. Sends nothing. */
export async function lacking(
  deps: EngineDeps,
  { id, provider, with: settings }: Integration,
  steps: readonly StepSpec[],
): Promise<readonly Failure[]> {
  const variables = missingEnvironment(deps, [settings, ...steps.map((step) => step.with)]);
  return [
    ...(await deps.secretProblems(id, provider)),
    ...variables.map((variable) =>
      failure("ENV_MISSING", `${variable} is not set; ${id} refers to it.`, {
        details: { variable },
      }),
    ),
  ];
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
  const names = new Set(values.flatMap(variablesIn));
  return [...names].filter((name) => deps.env(name) === undefined);
}

export interface Asking {
  /** Whether an earlier answer does not count. */
  readonly anew?: boolean;
  /** Told when an earlier answer counted. */
  remembered?(): void;
}

/**
 * One integration's health; an earlier healthy answer to the same question counts for a while.
 * What is found is recorded as the state of the connection.
 */
export async function checkHealth(
  deps: EngineDeps,
  sessions: Sessions,
  integration: Integration,
  session: Session,
  steps: readonly StepSpec[],
  { anew = false, remembered = () => {} }: Asking = {},
): Promise<Health> {
  const { intervalMs, timeoutMs: _, ...question } = integration.settings.health;
  const digest = deps.digest(canonical([session.identity, question as JsonObject]));
  const key = healthKey(integration.id);
  deps.emit({ type: "health.started", integration: integration.id });
  const started = deps.clock.monotonic();
  const earlier = healthRecord(deps.memo.get(key));
  const known = earlier?.question === digest && !earlier.past ? earlier : undefined;
  const ageMs = known?.asked.status === "healthy" ? deps.clock.now() - known.at : -1;
  const fresh = !anew && known !== undefined && ageMs >= 0 && ageMs < intervalMs;
  if (fresh) remembered();
  const asked = fresh ? known.asked : await askHealth(deps, sessions, integration, session);
  const health = scopesChecked(asked, session, steps);
  const durationMs = deps.clock.monotonic() - started;
  if (!fresh || known.state !== health.status) {
    const { status, account, scopes } = asked;
    const observation = {
      ...{ question: digest, state: health.status },
      ...(fresh ? { at: known.at, latencyMs: known.latencyMs } : {}),
      ...(fresh ? {} : { at: deps.clock.now(), latencyMs: Math.round(durationMs) }),
    };
    const said = { status, ...(account && { account }), ...(scopes && { scopes }) };
    deps.memo.update(key, (now) => {
      const code = health.failure?.code;
      const one = { ...observation, asked: said, code } as Observation;
      return withObservation(healthRecord(now), one) as unknown as Json;
    });
  }
  deps.emit({
    type: "health.finished",
    integration: integration.id,
    health,
    durationMs,
    ...(fresh ? { ageMs } : {}),
  });
  return health;
}

/** Asks now, whatever is known from before. */
export async function askHealth(
  deps: EngineDeps,
  sessions: Sessions,
  integration: Integration,
  session: Session,
): Promise<Health> {
  const { health } = integration.settings;
  const { check = health.url === undefined ? "provider" : "http" } = health;
  const work = (signal: AbortSignal): Promise<Health> =>
    sessions.work(session, "health", { step: "" }, (call) =>
      check === "provider"
        ? session.provider.health(session.client, { ...call, signal })
        : deps.probe(integration.id, health, signal),
    );
  try {
    const health = await inTime(deps, integration, work);
    // What the user has ended is no answer of the service.
    if (health.status === "down") deps.stop.throwIfAborted();
    return health;
  } catch (error) {
    if (!(error instanceof TestxError) || deps.stop.aborted) throw error;
    return { status: "down", message: error.failure.message, failure: error.failure };
  }
}

/** Ends work that takes too long; what is under way then is stopped. */
async function inTime<T>(
  { clock, stop }: Pick<EngineDeps, "clock" | "stop">,
  { id, settings }: Integration,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limitMs = settings.health.timeoutMs;
  if (limitMs === undefined) return work(stop);
  const late = new AbortController();
  const done = new AbortController();
  const message = `${id} gave no answer within ${limitMs / 1000} s.`;
  const parts = { transient: true, integration: id };
  const timer = clock.sleep(limitMs, done.signal).then(() => {
    const error = new TestxError(failure("GATEWAY_TIMEOUT", message, parts));
    late.abort(error);
    throw error;
  });
  try {
    return await Promise.race([work(AbortSignal.any([stop, late.signal])), timer]);
  } finally {
    done.abort();
    timer.catch(() => {});
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
