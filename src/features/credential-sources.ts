import type { Credential, CredentialExchange, Spendable } from "../core/credential.ts";
import { type Failure, fail } from "../core/failure.ts";
import type { Fetch, Wire } from "../core/http.ts";
import type { Json } from "../core/json.ts";
import { once } from "../core/once.ts";
import type { Clock } from "../core/ports.ts";
import type { AnyProvider, SecretSpec } from "../core/provider.ts";
import { resolve } from "../core/references.ts";
import { issuesText } from "../core/schema.ts";
import type { CredentialSource } from "../core/sequence.ts";
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

export type OpenDeps = RingDeps & { readonly opener: CredentialOpener };

type ExchangeSource = Extract<CredentialSource, { readonly exchange: string }>;

/**
 * @throws TestxError CREDENTIAL_EXCHANGE_UNKNOWN, CREDENTIAL_EXCHANGE_INVALID
 */
export function exchanged(
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
    settings: once(() => settingsOf(source, exchange, name, deps)),
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
  const text = issuesText(result.issues);
  return fail("CREDENTIAL_EXCHANGE_INVALID", `${name} is not valid: ${text}.`);
}
