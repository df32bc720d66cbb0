import type { Fetch } from "../../src/core/http.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { AnyProvider, Call, Provider } from "../../src/core/provider.ts";
import {
  type RunningSandbox,
  type SandboxOptions,
  startSandbox,
} from "../../src/sandbox/server.ts";
import type { AnyService } from "../../src/sandbox/service.ts";

/** A sandbox with these services, in memory, on a free port. Close it in `afterEach`/`afterAll`. */
export function sandboxOf(
  services: readonly AnyService[],
  options: Partial<SandboxOptions> = {},
): Promise<RunningSandbox> {
  return startSandbox({ services, ...options });
}

export interface ConnectOptions {
  readonly config?: JsonObject;
  /** Replaces or adds variables; `undefined` takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly fetch?: Fetch;
}

/** Connects a provider to a running sandbox as the container would, without the gateway. */
export function connect<Client>(
  // biome-ignore lint/suspicious/noExplicitAny: any configuration will do
  provider: Provider<any, Client>,
  sandbox: Pick<RunningSandbox, "environment">,
  options: ConnectOptions = {},
): Promise<Client> {
  const environment: Record<string, string | undefined> = {
    ...sandbox.environment,
    ...options.environment,
  };
  const { endpoint } = provider as AnyProvider;
  const url = endpoint === undefined ? "" : (environment[endpoint.env] ?? endpoint.url);
  return provider.connect(options.config ?? {}, {
    fetch: options.fetch ?? (globalThis.fetch as unknown as Fetch),
    url,
    secret: (name) => environment[name],
  });
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
    digest: (secret) => `digest-of-${secret.length}`,
    ...parts,
  };
}
