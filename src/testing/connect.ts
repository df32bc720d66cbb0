import { createHmac } from "node:crypto";
import type { RunEventBody } from "../core/events.ts";
import type { Fetch } from "../core/http.ts";
import type { JsonObject } from "../core/json.ts";
import type { AnyProvider, Call, Provider } from "../core/provider.ts";
import { within } from "../gateway/context.ts";
import { createGateway } from "../gateway/gateway.ts";
import { systemClock } from "../platform/clock.ts";
import { createTransport } from "../platform/http.ts";

/** How a provider is connected for a test. */
export interface ConnectOptions {
  /** The integration's `with`. */
  readonly config?: JsonObject;
  /** Secrets and addresses, such as `environment` of a sandbox. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For a whole call, retries included. Default 30,000. */
  readonly totalMs?: number;
  /** Instead of the gateway on the network. */
  readonly fetch?: Fetch;
  /** Told what becomes of each call. */
  readonly emit?: (event: RunEventBody) => void;
}

/** A provider's client, ready for calls. */
export interface Connected<Client> {
  /** What `connect` gave. */
  readonly client: Client;
  /** Runs provider code as the engine does: every call within it knows the signal. */
  run<T>(work: (call: Call) => Promise<T>, parts?: Partial<Call>): Promise<T>;
  /** Closes the connections. */
  close(): void;
}

/**
 * Connects a provider as a command would, through the gateway, but without waiting before a
 * call is sent again. @throws Error when the provider's schema refuses the configuration
 */
export async function connectProvider<Client>(
  // biome-ignore lint/suspicious/noExplicitAny: any configuration will do
  provider: Provider<any, Client>,
  options: ConnectOptions,
): Promise<Connected<Client>> {
  const { environment } = options;
  const transport = createTransport();
  const fetch =
    options.fetch ??
    createGateway({
      integration: provider.id,
      wire: provider.wire,
      settings: {
        timeouts: { totalMs: options.totalMs ?? 30_000 },
        retry: { maxAttempts: 3, baseDelayMs: 0, maxDelayMs: 0 },
        concurrency: provider.concurrency,
      },
      transport,
      clock: systemClock,
      random: Math.random,
      emit: options.emit ?? (() => {}),
    });
  const { endpoint } = provider as AnyProvider;
  const parsed = await provider.config["~standard"].validate(options.config ?? {});
  if (parsed.issues) {
    const problems = parsed.issues.map((issue) => issue.message).join("; ");
    throw new Error(`the configuration of ${provider.id} is not valid: ${problems}`);
  }
  const client = await provider.connect(parsed.value, {
    fetch,
    url: endpoint === undefined ? "" : (environment[endpoint.env] ?? endpoint.url),
    secret: (name) => environment[name],
  });
  return {
    client,
    run: (work, parts) => {
      const call = makeCall(parts);
      return within({ signal: call.signal, step: call.step, operation: call.operation }, () =>
        work(call),
      );
    },
    close: () => transport.close(),
  };
}

/** A call of the step `test.step`; every part can be replaced. `shared` lasts for this call only. */
export function makeCall(parts: Partial<Call> = {}): Call {
  const loads = new Map<string, Promise<unknown>>();
  return {
    signal: new AbortController().signal,
    operation: "0123456789abcdef",
    step: "test.step",
    receipt: undefined,
    shared: <T>(key: string, load: () => Promise<T>): Promise<T> => {
      const known = loads.get(key) ?? load();
      loads.set(key, known);
      return known as Promise<T>;
    },
    digest: (secret) => createHmac("sha256", "contract").update(secret).digest("hex"),
    ...parts,
  };
}
