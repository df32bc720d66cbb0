import { type Failure, failure } from "../core/failure.ts";
import { type HealthRecord, healthKey, healthRecord } from "../core/health-record.ts";
import type { Health } from "../core/provider.ts";
import type { HealthItem } from "../core/results.ts";
import type { Integration } from "../core/sequence.ts";
import { checkHealth, connectAll } from "../engine/prerequisites.ts";
import { Sessions } from "../engine/session.ts";
import { forRun, type SequenceDeps } from "./deps.ts";
import { narrowed } from "./narrowed.ts";

export interface HealthOptions {
  /** Integrations; none: all of them. */
  readonly names: readonly string[];
  /** Ask now, whatever still counts from before. */
  readonly fresh: boolean;
}

/**
 * How the services are. Those whose last healthy answer is older than the interval are asked, and
 * what they say is recorded; offline nobody is. Nothing is written to a service.
 *
 * @throws TestxError INTEGRATION_UNKNOWN
 */
export async function health(deps: SequenceDeps, options: HealthOptions): Promise<HealthItem[]> {
  const sequence = narrowed(deps.sequence, options.names);
  const record = ({ id }: Integration) => healthRecord(deps.memo.get(healthKey(id)));
  const now = () => deps.clock.now();
  if (deps.offline) {
    return sequence.integrations.map((one) => itemOf(one, record(one), now(), { cached: true }));
  }
  const { engine } = forRun(deps, "health");
  const sessions = new Sessions(engine);
  const connected = await connectAll(engine, sessions, sequence);
  const items = await Promise.all(
    sequence.integrations.map(async (integration): Promise<HealthItem> => {
      const { id } = integration;
      const session = connected.sessions.get(id);
      if (session === undefined) {
        const cause = connected.failures.get(id);
        return itemOf(integration, undefined, now(), { cached: false, failure: cause });
      }
      const steps = sequence.steps.filter((step) => step.integration === id);
      let cached = false;
      const found = await checkHealth(engine, sessions, integration, session, steps, {
        anew: options.fresh,
        remembered: () => {
          cached = true;
        },
      });
      return itemOf(integration, record(integration), now(), { cached, found });
    }),
  );
  deps.stop.throwIfAborted();
  return items;
}

interface Seen {
  readonly cached: boolean;
  readonly found?: Health;
  readonly failure?: Failure | undefined;
}

function itemOf(
  { id, provider, required }: Integration,
  record: HealthRecord | undefined,
  now: number,
  { cached, found, failure: cause }: Seen,
): HealthItem {
  const state = found?.status ?? (cause === undefined ? record?.state : undefined) ?? "unknown";
  const why = cause ?? found?.failure ?? unwell(found);
  const account = found?.account ?? record?.asked.account;
  return {
    ...{ integration: id, provider, required, state, cached },
    ...(account === undefined ? {} : { account }),
    ...(record === undefined ? {} : told(record, now)),
    ...(why === undefined ? {} : { failure: why }),
  };
}

function told({ at, since, latencyMs, lastError, changes }: HealthRecord, now: number) {
  const ageMs = Math.max(0, now - at);
  return { checkedAt: at, ageMs, since, latencyMs, changes, ...(lastError && { lastError }) };
}

function unwell(found: Health | undefined): Failure | undefined {
  if (found === undefined || found.status === "healthy") return undefined;
  return failure("HEALTH_CHECK_FAILED", found.message ?? `It is ${found.status}.`);
}
