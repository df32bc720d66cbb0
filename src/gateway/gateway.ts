import type { Emit } from "../core/events.ts";
import type { Fetch, Wire } from "../core/http.ts";
import type { Clock, Random } from "../core/ports.ts";
import type { Timeouts } from "../core/provider.ts";
import type { ResponseCacheSettings } from "../core/sequence.ts";
import type { UserPolicy } from "../core/user-policy.ts";
import { attempt } from "./attempt.ts";
import type { Answers } from "./answers.ts";
import { begin } from "./begin.ts";
import { bulkhead, type Concurrency } from "./bulkhead.ts";
import { responseCache } from "./cache.ts";
import { classifier } from "./classify.ts";
import { deadline } from "./deadline.ts";
import { identify } from "./identify.ts";
import { observer } from "./observe.ts";
import { compose, type Policy } from "./policy.ts";
import { retry } from "./retry.ts";
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
  };
  /** Sends one request, follows nothing, reads the body whole; throws `WireError`. */
  readonly transport: Fetch;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  /** Where answers to reads are kept. Left out: they are not. */
  readonly answers?: Answers | undefined;
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
 * - the user's policies of stage "attempt"
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
      }),
      ...userPolicies(policies, "attempt", integration, seen),
      attempt(seen),
      identify(integration, random),
    ],
    transport,
  );
}

function cached({ wire, settings, answers, clock, emit }: GatewayOptions): Policy[] {
  if (answers === undefined) return [];
  return [responseCache({ wire, settings: settings.cache, answers, clock, emit })];
}
