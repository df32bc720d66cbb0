import type { Emit } from "../core/events.ts";
import { type Failure, failure, TestxError } from "../core/failure.ts";
import type { Fetch, Wire } from "../core/http.ts";
import type { JsonObject } from "../core/json.ts";
import { defaultBreaker, defaultRetry } from "../core/policy-defaults.ts";
import type { Clock, Memo, Random, TcpProbe } from "../core/ports.ts";
import type { AnyProvider, Health, SecretSpec } from "../core/provider.ts";
import { configuredLimits, limitsOf } from "../core/rate-limits.ts";
import { BufferedReply, RecordHeaders } from "../core/reply.ts";
import { issuesText, type ValidBefore, validated } from "../core/schema.ts";
import type { IntegrationSettings, Sequence } from "../core/sequence.ts";
import type { UserPolicy } from "../core/user-policy.ts";
import type { EngineDeps, Session } from "../engine/deps.ts";
import type { Answers } from "../gateway/answers.ts";
import type { CredentialSettings } from "../gateway/credentials.ts";
import { createGateway } from "../gateway/gateway.ts";
import { RetryAccount } from "../gateway/retry-budget.ts";
import type { CredentialOpener } from "./credential-sources.ts";
import { credentialRings, openRing, type Ring, RingError } from "./credentials.ts";

export interface ConnectorDeps {
  readonly transport: Fetch;
  readonly clock: Clock;
  readonly random: Random;
  readonly userAgent: string;
  env(name: string): string | undefined;
  provider(id: string): Promise<AnyProvider>;
  readonly secrets: {
    secret(env: string): string | undefined;
    problems(integration: string, specs: readonly SecretSpec[]): readonly Failure[];
    wrong(integration: string, spec: SecretSpec, name: string, value: string): Failure | undefined;
    remember(value: string): void;
    digest(value: string): string;
  };
  /** Where else than from the environment credentials may come. Left out: nowhere. */
  readonly credentials?: CredentialOpener | undefined;
  /** Settings by integration; one that is no longer in the sequence gets its provider's own. */
  readonly sequence: Sequence | undefined;
  readonly tcp: TcpProbe;
  /** Whether the services are local stand-ins, without the limits of those that they stand for. */
  readonly standIns: boolean;
  /** Breakers and buckets. */
  readonly memo: Memo;
  /** Where answers to reads are kept. Left out: they are not. */
  readonly answers?: Answers | undefined;
  /** The user's own, for all integrations. */
  readonly policies?: readonly UserPolicy[] | undefined;
  readonly valid?: ValidBefore | undefined;
}

/** Puts something between an integration's gateway and the network. */
export type Through = (
  transport: Fetch,
  about: { readonly integration: string; readonly provider: AnyProvider; readonly url: string },
) => Fetch;

/** none: what is sent in pretence takes nothing of a limit, and says nothing of a service. */
export type Guards = "breaker and limits" | "none";

/** An integration's secrets as they were found; `first`: the credential of its ring in use. */
interface OpenSecrets {
  readonly problems: readonly Failure[];
  readonly ring?: Ring;
  readonly first?: string;
}

/** Opens integrations: each gets its own gateway, its secrets and its address. */
export function connector(
  deps: ConnectorDeps,
): (
  emit: Emit,
  through?: Through,
  guards?: Guards,
) => Pick<EngineDeps, "connect" | "probe" | "secretProblems"> {
  const settingsOf = (integration: string): IntegrationSettings | undefined =>
    deps.sequence?.integrations.find(({ id }) => id === integration)?.settings;
  const limitsIn = deps.standIns ? configuredLimits : limitsOf;
  /** By run and integration: what it may send again is not more where it has several gateways. */
  const accounts = new WeakMap<Emit, Map<string, RetryAccount>>();
  const accountOf = (emit: Emit, integration: string): RetryAccount => {
    const own = accounts.get(emit) ?? new Map<string, RetryAccount>();
    accounts.set(emit, own);
    const account = own.get(integration) ?? new RetryAccount(settingsOf(integration)?.retry.budget);
    own.set(integration, account);
    return account;
  };
  const gateway = (
    integration: string,
    provider: AnyProvider,
    wire: Wire,
    emit: Emit,
    transport = deps.transport,
    credentials?: CredentialSettings,
    /** Where the service is whose limits and breaker count; left out: none do. */
    guarded?: string,
  ): Fetch => {
    const settings = settingsOf(integration);
    return createGateway({
      integration,
      wire,
      settings: {
        timeouts: settings?.timeouts ?? provider.timeouts,
        retry: settings?.retry ?? defaultRetry,
        concurrency: { ...provider.concurrency, ...settings?.bulkhead },
        cache: settings?.cache,
        ...(guarded !== undefined && {
          breaker: { ...defaultBreaker, ...settings?.breaker },
          limits: limitsIn(provider.limits, settings?.rateLimits),
        }),
      },
      transport,
      clock: deps.clock,
      random: deps.random,
      emit,
      retries: accountOf(emit, integration),
      address: guarded,
      memo: deps.memo,
      // What comes through something else may be made up.
      answers: transport === deps.transport ? deps.answers : undefined,
      policies: deps.policies,
      credentials,
    });
  };

  const rings = credentialRings(deps);
  const ringOf = (integration: string, provider: AnyProvider, emit: Emit): Ring | undefined =>
    rings(integration, provider, settingsOf(integration)?.credentials, {
      fetch: (wire) => gateway(integration, provider, wire, emit),
      url: () => addressOf(provider, integration, deps),
    });
  const openSecrets = async (
    integration: string,
    provider: AnyProvider,
    emit: Emit,
  ): Promise<OpenSecrets> => {
    const { secrets } = deps;
    try {
      const ring = ringOf(integration, provider, emit);
      if (ring === undefined) return { problems: secrets.problems(integration, provider.secrets) };
      const first = await openRing(ring, integration, emit);
      return { problems: secrets.problems(integration, provider.secrets.slice(1)), ring, first };
    } catch (error) {
      if (error instanceof RingError) return { problems: error.problems };
      if (error instanceof TestxError) return { problems: [{ ...error.failure, integration }] };
      throw error;
    }
  };

  return (emit, through, guards = "breaker and limits") => ({
    async secretProblems(integration, id) {
      return (await openSecrets(integration, await deps.provider(id), emit)).problems;
    },
    async connect(integration, id, config): Promise<Session> {
      const provider = await deps.provider(id);
      const { problems, ring, first } = await openSecrets(integration, provider, emit);
      const [problem] = problems;
      if (problem) throw new TestxError(problem);
      const valid = await validConfig(provider, integration, config, deps.valid);
      const url = addressOf(provider, integration, deps);
      const transport = through?.(deps.transport, { integration, provider, url });
      const secret = (env: string): string | undefined =>
        ring !== undefined && env === ring.spec.env ? first : deps.secrets.secret(env);
      const sent = ring && credentialSettings(ring, provider);
      const guarded = guards === "none" ? undefined : url;
      const client = await provider.connect(valid, {
        fetch: gateway(integration, provider, provider.wire, emit, transport, sent, guarded),
        url,
        secret,
        userAgent: deps.userAgent,
      });
      const tokens = provider.secrets.map(({ env }) => secret(env) ?? "");
      if (ring) tokens[0] = await ring.keyring.constant();
      const identity = deps.secrets.digest(JSON.stringify([url, config, tokens]));
      return { integration, provider, client, config, identity };
    },
    async probe(integration, health, signal): Promise<Health> {
      const { url = "", host = "", port = 0, expectedStatus } = health;
      const provider = await deps.provider(
        deps.sequence?.integrations.find(({ id }) => id === integration)?.provider ?? "http",
      );
      if (health.check === "tcp") {
        const bracketed = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
        const connect = gateway(integration, provider, tcpWire, emit, overTcp(deps.tcp));
        await connect(`tcp://${bracketed}:${port}`, { method: "CONNECT", signal });
        return { status: "healthy" };
      }
      const fetch = gateway(integration, provider, healthWire(expectedStatus), emit);
      const { status } = await fetch(url, { method: "GET", signal });
      if (status === expectedStatus) return { status: "healthy" };
      const message = `${url} answered ${status} instead of ${expectedStatus}.`;
      return {
        status: "down",
        message,
        failure: failure("HEALTH_CHECK_FAILED", message, { status }),
      };
    },
  });
}

function credentialSettings({ keyring }: Ring, provider: AnyProvider): CredentialSettings {
  const { refusal } = provider;
  return {
    keyring,
    headers: provider.authorization ?? ((value) => ({ authorization: `Bearer ${value}` })),
    ...(refusal && { refusal }),
  };
}

const tcpWire: Wire = {
  body: "any",
  describe: ({ url }) => ({ name: `CONNECT ${url.host}`, write: false, idempotent: true }),
};

/** A connection as a call, so that it is retried, timed and shown like one. */
function overTcp(tcp: TcpProbe): Fetch {
  return async (address, { connectMs = 10_000, signal } = {}) => {
    const url = new URL(String(address));
    const { hostname: host, port } = url;
    await tcp({ host, port: Number(port), connectMs, signal: signal ?? undefined });
    const headers = new RecordHeaders({});
    return new BufferedReply({ status: 200, statusText: "", url: url.href, headers, body: none });
  };
}

const none = new Uint8Array();

/** Any reply with the expected status will do, whatever its body. */
function healthWire(expectedStatus: number): Wire {
  return {
    body: "any",
    describe: ({ method, url }) => ({
      name: `${method} ${url.host}${url.pathname}`,
      write: false,
      idempotent: true,
    }),
    judge: (_, { status }) =>
      status === expectedStatus ? { outcome: "applied", transient: false } : undefined,
  };
}

async function validConfig(
  provider: AnyProvider,
  integration: string,
  config: JsonObject,
  valid: ValidBefore | undefined,
): Promise<unknown> {
  const result = await validated(provider.config, config, valid);
  if (!result.issues) return result.value;
  const text = issuesText(result.issues);
  const message = `The values that ${integration} came to are not valid: ${text}.`;
  throw new TestxError(failure("STEP_INPUT_INVALID", message, { integration }));
}

function addressOf(
  { endpoint }: AnyProvider,
  integration: string,
  deps: Pick<ConnectorDeps, "env">,
): string {
  if (!endpoint) return "";
  const url = deps.env(endpoint.env)?.trim() ?? endpoint.url;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  const message = `${endpoint.env} is not an http or https address.`;
  throw new TestxError(failure("ENV_INVALID", message, { integration }));
}
