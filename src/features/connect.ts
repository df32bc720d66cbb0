import type { Emit } from "../core/events.ts";
import { type Failure, failure, TestxError } from "../core/failure.ts";
import type { Fetch, Wire } from "../core/http.ts";
import type { JsonObject } from "../core/json.ts";
import { defaultRetry } from "../core/policy-defaults.ts";
import type { Clock, Random } from "../core/ports.ts";
import type { AnyProvider, Health, SecretSpec } from "../core/provider.ts";
import type { IntegrationSettings, Sequence } from "../core/sequence.ts";
import type { UserPolicy } from "../core/user-policy.ts";
import type { EngineDeps, Session } from "../engine/deps.ts";
import { createGateway } from "../gateway/gateway.ts";

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
    digest(value: string): string;
  };
  /** Settings by integration; one that is no longer in the sequence gets its provider's own. */
  readonly sequence: Sequence | undefined;
  /** The user's own, for all integrations. */
  readonly policies?: readonly UserPolicy[] | undefined;
}

/** Puts something between an integration's gateway and the network. */
export type Through = (
  transport: Fetch,
  about: { readonly integration: string; readonly provider: AnyProvider; readonly url: string },
) => Fetch;

/** Opens integrations: each gets its own gateway, its secrets and its address. */
export function connector(
  deps: ConnectorDeps,
): (emit: Emit, through?: Through) => Pick<EngineDeps, "connect" | "probe" | "secretProblems"> {
  const settingsOf = (integration: string): IntegrationSettings | undefined =>
    deps.sequence?.integrations.find(({ id }) => id === integration)?.settings;
  const gateway = (
    integration: string,
    provider: AnyProvider,
    wire: Wire,
    emit: Emit,
    transport = deps.transport,
  ): Fetch => {
    const settings = settingsOf(integration);
    return createGateway({
      integration,
      wire,
      settings: {
        timeouts: settings?.timeouts ?? provider.timeouts,
        retry: settings?.retry ?? defaultRetry,
        concurrency: { ...provider.concurrency, ...settings?.bulkhead },
      },
      transport,
      clock: deps.clock,
      random: deps.random,
      emit,
      policies: deps.policies,
    });
  };

  const secretProblems = async (integration: string, id: string) =>
    deps.secrets.problems(integration, (await deps.provider(id)).secrets);

  return (emit, through) => ({
    secretProblems,
    async connect(integration, id, config): Promise<Session> {
      const provider = await deps.provider(id);
      const [problem] = await secretProblems(integration, id);
      if (problem) throw new TestxError(problem);
      const valid = await validConfig(provider, integration, config);
      const url = addressOf(provider, integration, deps);
      const transport = through?.(deps.transport, { integration, provider, url });
      const client = await provider.connect(valid, {
        fetch: gateway(integration, provider, provider.wire, emit, transport),
        url,
        secret: deps.secrets.secret,
        userAgent: deps.userAgent,
      });
      const tokens = provider.secrets.map(({ env }) => deps.secrets.secret(env) ?? "");
      const identity = deps.secrets.digest(JSON.stringify([url, config, tokens]));
      return { integration, provider, client, config, identity };
    },
    async probe(integration, url, expectedStatus): Promise<Health> {
      const provider = await deps.provider(
        deps.sequence?.integrations.find(({ id }) => id === integration)?.provider ?? "http",
      );
      const fetch = gateway(integration, provider, healthWire(expectedStatus), emit);
      const { status } = await fetch(url, { method: "GET" });
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
): Promise<unknown> {
  const result = await provider.config["~standard"].validate(config);
  if (!result.issues) return result.value;
  const list = result.issues.map(({ message, path = [] }) => {
    const where = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return where === "" ? message : `${where}: ${message}`;
  });
  const message = `The values that ${integration} came to are not valid: ${list.join("; ")}.`;
  throw new TestxError(failure("STEP_INPUT_INVALID", message, { integration }));
}

function addressOf(
  { endpoint }: AnyProvider,
  integration: string,
  deps: Pick<ConnectorDeps, "env">,
): string {
  if (!endpoint) return "";
  const url = deps.env(endpoint.env) ?? endpoint.url;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  const message = `${endpoint.env} is not an http or https address.`;
  throw new TestxError(failure("ENV_INVALID", message, { integration }));
}
