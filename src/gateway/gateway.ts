import type { Emit } from "../core/events.ts";
import type { Fetch, Wire } from "../core/http.ts";
import { memoryMemo } from "../core/memory-memo.ts";
import type { Clock, Memo, Random } from "../core/ports.ts";
import type { ProviderLimit } from "../core/provider.ts";
import type { BreakerSettings, ResponseCacheSettings, Timeouts } from "../core/sequence.ts";
import type { UserPolicy } from "../core/user-policy.ts";
import type { Answers } from "./answers.ts";
import { attempt } from "./attempt.ts";
import { begin } from "./begin.ts";
import { breaker } from "./breaker.ts";
import { bulkhead, type Concurrency } from "./bulkhead.ts";
import { responseCache } from "./cache.ts";
import { classifier } from "./classify.ts";
import { type CredentialSettings, credentials } from "./credentials.ts";
import { deadline } from "./deadline.ts";
import { identify } from "./identify.ts";
import { limit } from "./limit.ts";
import { observer } from "./observe.ts";
import { compose, type Policy } from "./policy.ts";
import { retry } from "./retry.ts";
import type { RetryAccount } from "./retry-budget.ts";
import type { RetrySettings } from "./retry-policies.ts";
import { userPolicies } from "./user-policy.ts";

export interface GatewayOptions {
  readonly integration: string;
  readonly wire: Wire;
  readonly settings: {
    readonly timeouts: Pick<Timeouts, "totalMs"> & Partial<Timeouts>;
    readonly retry: RetrySettings;
    readonly concurrency: Concurrency;
    readonly cache?: Partial<ResponseCacheSettings> | undefined;
    /** Left out: there is no breaker. */
    readonly breaker?: BreakerSettings | undefined;
    /** Left out: there is no rate limit, not even where the service asks to wait. */
    readonly limits?: readonly ProviderLimit[] | undefined;
  };
  /** Sends one request, follows nothing, reads the body whole; throws `WireError`. */
  readonly transport: Fetch;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  /** Base URL of the service; what is known of its breaker holds there only. */
  readonly address?: string | undefined;
  /** Of an integration that has several gateways. Left out: one of its own. */
  readonly retries?: RetryAccount | undefined;
  /** Breakers and buckets, shared with other processes. Left out: it knows what it sees itself. */
  readonly memo?: Memo | undefined;
  /** Where answers to reads are kept. Left out: they are not. */
  readonly answers?: Answers | undefined;
  /** Left out: the SDK's own one, for all calls. */
  readonly credentials?: CredentialSettings | undefined;
  /** The user's own; those for other integrations are passed over. */
  readonly policies?: readonly UserPolicy[] | undefined;
}

/**
 * The one resilient fetch of an integration, for its SDK. Replies are whole and not redirects;
 * everything else is thrown as a `TestxError` whose failure says applied, not applied or
 * unknown. From the outside in:
 *
 * - begin: who calls, and may it still
 * - the user's policies of stage "call"
 * - response cache: whether an earlier answer will do, or can be confirmed
 * - bulkhead: how many at once; waiting here does not use up the deadline
 * - deadline: over everything below, waits included
 * - retry: what may be sent again, and when. It asks the classifier how an attempt ended, and
 *   tells the observer
 * - breaker: nothing for a service that is down
 * - rate limit: not more than the service takes
 * - the user's policies of stage "attempt"
 * - credentials: sends each call with the one in use, and puts another in place of a refused one
 * - attempt: counts what is really sent
 * - identify: each attempt gets an id
 */
export function createGateway(options: GatewayOptions): Fetch {
  const { integration, wire, settings, transport, clock, random, emit } = options;
  const { policies = [] } = options;
  const seen = observer(emit, clock);
  return compose(
    [
      begin(integration, wire, settings.timeouts.connectMs),
      ...userPolicies(policies, "call", integration, seen),
      ...cached(options),
      bulkhead(settings.concurrency, seen),
      deadline(settings.timeouts.totalMs, clock),
      retry({
        settings: settings.retry,
        classifier: classifier(wire, clock),
        observer: seen,
        clock,
        random,
        account: options.retries,
      }),
      ...guarded(options),
      ...userPolicies(policies, "attempt", integration, seen),
      ...(options.credentials ? [credentials(options.credentials, emit, integration)] : []),
      attempt(seen),
      identify(integration, random),
    ],
    transport,
  );
}

function cached(options: GatewayOptions): Policy[] {
  const { wire, settings, answers, clock, emit, credentials: sent } = options;
  if (answers === undefined) return [];
  const { cache } = settings;
  return [responseCache({ wire, settings: cache, answers, clock, emit, credentials: sent })];
}

function guarded(options: GatewayOptions): Policy[] {
  const { integration, settings, clock, emit, memo = memoryMemo(), address = "" } = options;
  const { timeouts, breaker: breaking, limits } = settings;
  const deps = { integration, memo, clock, emit };
  return [
    ...(breaking
      ? [breaker({ ...deps, address, settings: breaking, probeMs: timeouts.totalMs })]
      : []),
    ...(limits ? [limit(limits, deps)] : []),
  ];
}
