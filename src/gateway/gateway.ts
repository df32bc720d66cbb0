import type { Emit } from "../core/events.ts";
import type { Fetch, Wire } from "../core/http.ts";
import type { Clock, Random } from "../core/ports.ts";
import type { Timeouts } from "../core/provider.ts";
import { attempt } from "./attempt.ts";
import { begin } from "./begin.ts";
import { bulkhead, type Concurrency } from "./bulkhead.ts";
import { classifier } from "./classify.ts";
import { deadline } from "./deadline.ts";
import { identify } from "./identify.ts";
import { observer } from "./observe.ts";
import { compose } from "./policy.ts";
import { type RetrySettings, retry } from "./retry.ts";

export interface GatewayOptions {
  readonly integration: string;
  readonly wire: Wire;
  readonly settings: {
    readonly timeouts: Pick<Timeouts, "totalMs"> & Partial<Timeouts>;
    readonly retry: RetrySettings;
    readonly concurrency: Concurrency;
  };
  /** Sends one request, follows nothing, reads the body whole; throws `WireError`. */
  readonly transport: Fetch;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
}

/**
 * The one resilient fetch of an integration, for its SDK. Replies are whole and not redirects;
 * everything else is thrown as a `TestxError` whose failure says applied, not applied or
 * unknown. From the outside in:
 *
 * - begin: who calls, and may it still
 * - bulkhead: how many at once; waiting here does not use up the deadline
 * - deadline: over everything below, waits included
 * - retry: what may be sent again, and when. It asks the classifier how an attempt ended, and
 *   tells the observer
 * - attempt: counts what is really sent
 * - identify: each attempt gets an id
 */
export function createGateway(options: GatewayOptions): Fetch {
  const { integration, wire, settings, transport, clock, random, emit } = options;
  const seen = observer(emit, clock);
  return compose(
    [
      begin(integration, wire, settings.timeouts.connectMs),
      bulkhead(settings.concurrency),
      deadline(settings.timeouts.totalMs, clock),
      retry({
        settings: settings.retry,
        classifier: classifier(wire, clock),
        observer: seen,
        clock,
        random,
      }),
      attempt(seen),
      identify(integration, random),
    ],
    transport,
  );
}
