import type { JsonObject } from "../core/json.ts";
import type { Provider, ResourceKind, StateOf } from "../core/provider.ts";
import type { UserPolicy } from "../core/user-policy.ts";

/**
 * A provider, with its types inferred: what `config` validates is what `connect` gets, and what
 * `connect` gives is the client of every kind. Name its file under `providers` of the project's
 * settings, or give it to `createOrchestrator`; and to `providerContract` of `testx/testing`, which
 * tries whether it keeps what testx relies on.
 */
export function defineProvider<C, Client>(provider: Provider<C, Client>): Provider<C, Client> {
  return provider;
}

/**
 * A kind of resource, with its types inferred: the input from its schema, the state from what
 * `read` gives, the client from the type that `read` asks for. Put `input` and `read` before
 * what uses them.
 *
 * ```ts
 * const note = defineKind({
 *   kind: "notes.note",
 *   input: z.strictObject({ title: z.string(), text: z.string() }),
 *   read: async (client: Client, { title }) => client.find(title),
 *   …
 * });
 * ```
 */
export function defineKind<I, S extends StateOf<S> = JsonObject, Client = unknown>(
  kind: ResourceKind<I, S, Client>,
): ResourceKind<I, S, Client> {
  return kind;
}

/**
 * A policy of your own for every call that testx sends, for `policies` in testx.config.ts. Gives
 * what it gets, with its types.
 *
 * ```ts
 * definePolicy({
 *   name: "trace",
 *   stage: "attempt",
 *   integrations: ["github"],
 *   policy: (next) => (url, init, { step }) =>
 *     next(url, { ...init, headers: { ...init.headers, "x-trace": step ?? "none" } }),
 * });
 * ```
 */
export function definePolicy(policy: UserPolicy): UserPolicy {
  return policy;
}
