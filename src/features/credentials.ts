import type { Credential, CredentialExchange, Spendable } from "../core/credential.ts";
import type { Emit } from "../core/events.ts";
import { type Failure, fail, failure, rootFailure, TestxError } from "../core/failure.ts";
import type { Fetch, Wire } from "../core/http.ts";
import type { Json } from "../core/json.ts";
import type { Clock } from "../core/ports.ts";
import type { AnyProvider, SecretSpec } from "../core/provider.ts";
import { resolve } from "../core/references.ts";
import type { CredentialSource } from "../core/sequence.ts";
import { Keyring } from "../gateway/keyring.ts";
import { exchangeCredential } from "./exchanges.ts";

type PlainSource = Exclude<CredentialSource, { readonly exchange: string }>;

/** Opens the places that credentials come from; reads nothing yet. */
export interface CredentialOpener {
  open(source: PlainSource): Credential;
  /** `undefined`: what is read there must not be written. */
  spendable(source: PlainSource): Spendable | undefined;
  /** As `ExchangeGiven.sign`. */
  sign(key: string, text: string): string;
}

export interface RingDeps {
  /** Left out: the environment is all there is. */
  readonly credentials?: CredentialOpener | undefined;
  readonly clock: Clock;
  readonly userAgent: string;
  env(name: string): string | undefined;
  readonly secrets: {
    remember(secret: string): void;
    /** What a value of a secret cannot be; `name`: where it came from. */
    wrong(integration: string, spec: SecretSpec, name: string, value: string): Failure | undefined;
  };
}

/** How an integration is reached, for exchanges. */
export interface Reach {
  /** The gateway for calls that the wire knows. */
  fetch(wire: Wire): Fetch;
  url(): string;
}

/** An integration's credentials, and the secret of its provider that they are. */
export interface Ring {
  readonly keyring: Keyring;
  readonly spec: SecretSpec;
  /** Newest first come, newest served: a later run is told of in its own events. */
  reach: Reach;
}

/**
 * Keeps the credentials of each integration, so that what was learnt of them holds for all runs of
 * a process. `undefined` where the environment variable of its provider is all there is.
 * @throws TestxError CREDENTIAL_NOT_TAKEN, CREDENTIAL_EXCHANGE_UNKNOWN, CREDENTIAL_EXCHANGE_INVALID
 */
export function credentialRings(
  deps: RingDeps,
): (
  integration: string,
  provider: AnyProvider,
  configured: readonly CredentialSource[] | undefined,
  reach: Reach,
) => Ring | undefined {
  const rings = new Map<string, Ring>();
  return (integration, provider, configured, reach) => {
    const { credentials: opener } = deps;
    if (opener === undefined) return undefined;
    const known = rings.get(integration);
    if (known !== undefined) {
      known.reach = reach;
      return known;
    }
    const [spec] = provider.secrets;
    if (spec === undefined) {
      if (configured === undefined) return undefined;
      return fail("CREDENTIAL_NOT_TAKEN", `${provider.title} takes no credentials.`);
    }
    const sources = sourcesOf(spec, configured, deps.env);
    if (sources === undefined) return undefined;
    const ring: Ring = {
      spec,
      reach,
      keyring: keyringOf(
        integration,
        provider,
        spec,
        sources,
        { ...deps, opener },
        () => ring.reach,
      ),
    };
    rings.set(integration, ring);
    return ring;
  };
}

/**
 * Where an integration's credentials come from, in order. `undefined`: from its provider's
 * environment variable alone, which needs nothing of all this.
 */
function sourcesOf(
  spec: SecretSpec,
  configured: readonly CredentialSource[] | undefined,
  env: (name: string) => string | undefined,
): readonly CredentialSource[] | undefined {
  if (configured !== undefined) {
    const [first, ...rest] = configured;
    const plain = rest.length === 0 && first !== undefined && "env" in first;
    return plain && first.env === spec.env ? undefined : configured;
  }
  // As Docker and Kubernetes hand over secrets.
  const file = env(`${spec.env}_FILE`);
  if (file === undefined) return undefined;
  return env(spec.env) === undefined ? [{ file }] : [{ env: spec.env }, { file }];
}

type OpenDeps = RingDeps & { readonly opener: CredentialOpener };

/** The credentials of an integration, in the order of its sources. */
function keyringOf(
  integration: string,
  provider: AnyProvider,
  spec: SecretSpec,
  sources: readonly CredentialSource[],
  deps: OpenDeps,
  reach: () => Reach,
): Keyring {
  const names = new Set<string>();
  return new Keyring(
    sources.map((source) => {
      const credential =
        "exchange" in source ? exchanged(source, provider, deps, reach) : deps.opener.open(source);
      const { name } = credential;
      const own = names.has(name) ? `${name} (${names.size + 1} in the list)` : name;
      names.add(own);
      return sound({ ...credential, name: own }, (value) =>
        deps.secrets.wrong(integration, spec, own, value),
      );
    }),
  );
}

type ExchangeSource = Extract<CredentialSource, { readonly exchange: string }>;

function exchanged(
  source: ExchangeSource,
  provider: AnyProvider,
  deps: OpenDeps,
  reach: () => Reach,
): Credential {
  const name = `the exchange ${source.exchange}`;
  const exchange = exchangeOf(source, provider);
  const parts: Record<string, Credential> = {};
  for (const part of exchange.parts) {
    const from = source.secrets[part];
    if (from === undefined || "exchange" in from) {
      fail("CREDENTIAL_EXCHANGE_INVALID", `${name} needs the secret ${part}.`);
    }
    // What is spent is read where it is kept, at the moment when it is.
    if (part !== exchange.spends) parts[part] = deps.opener.open(from);
  }
  const kept = exchange.spends === undefined ? undefined : source.secrets[exchange.spends];
  return exchangeCredential({
    ...{ name, exchange, parts, userAgent: deps.userAgent, clock: deps.clock },
    settings: () => settingsOf(source, exchange, name, deps),
    spent: kept === undefined || "exchange" in kept ? undefined : deps.opener.spendable(kept),
    fetch: () => reach().fetch(exchange.wire),
    url: () => reach().url(),
    remember: deps.secrets.remember,
    sign: deps.opener.sign,
  });
}

function exchangeOf(
  { exchange }: ExchangeSource,
  { title, exchanges = {} }: AnyProvider,
): CredentialExchange {
  const found = Object.hasOwn(exchanges, exchange) ? exchanges[exchange] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(exchanges);
  const known = names.length === 0 ? "It has none." : `It has: ${names.join(", ")}.`;
  return fail("CREDENTIAL_EXCHANGE_UNKNOWN", `${title} has no exchange ${exchange}. ${known}`);
}

async function settingsOf(
  { with: written }: ExchangeSource,
  { settings }: CredentialExchange,
  name: string,
  { env }: RingDeps,
): Promise<unknown> {
  const missing: string[] = [];
  const { value } = resolve(written, (parts): Json | undefined => {
    const found = parts[0] === "env" ? env(parts.slice(1).join(".")) : undefined;
    if (found === undefined) missing.push(parts.slice(1).join("."));
    return found ?? "";
  });
  if (missing.length > 0) {
    fail("CREDENTIAL_EXCHANGE_INVALID", `${name} refers to ${missing.join(", ")}, not set.`);
  }
  const result = await settings["~standard"].validate(value);
  if (!result.issues) return result.value;
  const list = result.issues.map(({ message, path = [] }) =>
    [path.map((part) => String(typeof part === "object" ? part.key : part)).join("."), message]
      .filter((text) => text !== "")
      .join(": "),
  );
  return fail("CREDENTIAL_EXCHANGE_INVALID", `${name} is not valid: ${list.join("; ")}.`);
}

/** Refuses values that can be no credential, before they are sent. */
function sound(credential: Credential, wrong: (value: string) => Failure | undefined): Credential {
  let last: string | undefined;
  const checked = (value: string): string => {
    if (value === last) return value;
    const problem = wrong(value);
    if (problem !== undefined) throw new TestxError(problem);
    last = value;
    return value;
  };
  return {
    ...credential,
    read(anew) {
      const value = credential.read(anew);
      return typeof value === "string" ? checked(value) : value.then(checked);
    },
  };
}

/**
 * Puts the first usable one in place; sends nothing. Gives what the SDK is to be made with.
 * @throws TestxError with the problems of all, when none can be used
 */
export async function openRing(ring: Ring, integration: string, emit: Emit): Promise<string> {
  try {
    return await ring.keyring.open((from, to, reason) => {
      // One that is not set was not meant to be used this time.
      if (reason === "SECRET_MISSING") return;
      emit({ type: "credential.rotated", integration, from, to, reason });
    });
  } catch (error) {
    if (rootFailure(error) === undefined) throw error;
    throw new RingError(problemsOf(ring, integration));
  }
}

/** None of an integration's credentials can be used: one problem for each. */
export class RingError extends TestxError {
  readonly problems: readonly Failure[];

  constructor(problems: readonly Failure[]) {
    super(problems[0] ?? failure("SECRET_MISSING", "There is no credential."));
    this.problems = problems;
  }
}

function problemsOf({ keyring, spec }: Ring, integration: string): readonly Failure[] {
  return keyring.failures.map((found) => {
    if (found.code !== "SECRET_MISSING") return { ...found, integration };
    return {
      ...found,
      integration,
      message: `${found.message} It is to hold the ${spec.title}. ${spec.help}`,
    };
  });
}
