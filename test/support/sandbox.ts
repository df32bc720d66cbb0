import type { Provider } from "../../src/core/provider.ts";
import type { AnyService } from "../../src/core/stand-in.ts";
import {
  type RunningSandbox,
  type SandboxOptions,
  startSandbox,
} from "../../src/sandbox/server.ts";
import { type ConnectOptions, connectProvider } from "../../src/testing/connect.ts";

export { makeCall } from "../../src/testing/connect.ts";

/** A sandbox with these services, in memory, on a free port. Close it in `afterEach`/`afterAll`. */
export function sandboxOf(
  services: readonly AnyService[],
  options: Partial<SandboxOptions> = {},
): Promise<RunningSandbox> {
  return startSandbox({ services, ...options });
}

/**
 * Connects a provider to a running sandbox through the gateway. Variables given replace the
 * sandbox's; `undefined` takes one away.
 */
export async function connect<Client>(
  // biome-ignore lint/suspicious/noExplicitAny: any configuration will do
  provider: Provider<any, Client>,
  sandbox: Pick<RunningSandbox, "environment">,
  options: Partial<ConnectOptions> = {},
): Promise<Client> {
  const environment = { ...sandbox.environment, ...options.environment };
  return (await connectProvider(provider, { ...options, environment })).client;
}
