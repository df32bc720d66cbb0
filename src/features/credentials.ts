import type { Credential } from "../core/credential.ts";
import type { Emit } from "../core/events.ts";
import { type Failure, fail, failure, rootFailure, TestxError } from "../core/failure.ts";
import type { AnyProvider, SecretSpec } from "../core/provider.ts";
import type { CredentialSource } from "../core/sequence.ts";
import { Keyring } from "../gateway/keyring.ts";
import { exchanged, type OpenDeps, type Reach, type RingDeps } from "./credential-sources.ts";

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
export function sourcesOf(
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
