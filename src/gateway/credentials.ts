import type { Emit } from "../core/events.ts";
import { type Failure, rootFailure, TestxError } from "../core/failure.ts";
import type { JudgedReply, Operation } from "../core/http.ts";
import { BufferedReply } from "../core/reply.ts";
import { callOf, type GatewayCall, type Watcher } from "./call.ts";
import type { End } from "./end.ts";
import type { Keyring, Rotated } from "./keyring.ts";
import type { Policy } from "./policy.ts";

export interface CredentialSettings {
  readonly keyring: Keyring;
  /** The headers that carry a value; names in lower case. */
  headers(value: string): Readonly<Record<string, string>>;
  /** What a reply that refuses the credential comes to, in the provider's own words. */
  refusal?(operation: Operation, reply: JudgedReply): Failure;
}

/** What a call has come to know of the credentials that it was sent with. */
interface Trial {
  value: string;
  /** Those that were refused, and the service's word for it. */
  readonly tried: Set<string>;
  /** How it was refused the last time. */
  end?: End;
}

/**
 * Sends each call with the credential in use. When it is refused, another takes its place and
 * the call goes again: a refused call had no effect, whatever it was. Each value is sent once for
 * a call; when none is left, the call ends with the refusal, which names where they came from.
 */
export function credentials(settings: CredentialSettings, emit: Emit, integration: string): Policy {
  const { keyring } = settings;
  const trials = new WeakMap<GatewayCall, Trial>();
  const rotated: Rotated = (from, to, reason) =>
    emit({ type: "credential.rotated", integration, from, to, reason });
  const watcher: Watcher = {
    ended(call, end) {
      const trial = trials.get(call);
      if (trial === undefined || !call.sent) return;
      const { verdict } = end;
      if (verdict.credential !== true) {
        if (verdict.outcome === "applied") keyring.accepted(trial.value);
        return;
      }
      keyring.refused(trial.value);
      trial.tried.add(trial.value);
      trial.end = end;
      if (keyring.mayHave(trial.tried)) call.mended = true;
      call.instead = refusalOf(settings, call, end);
    },
  };

  return (next) => {
    const send = (url: string | URL, call: GatewayCall, value: string) => {
      const trial = trials.get(call);
      if (trial === undefined) trials.set(call, { value, tried: new Set() });
      else trial.value = value;
      call.override = { ...call.override, ...settings.headers(value) };
      call.instead = undefined;
      return next(url, call);
    };
    /** Another value than those that were refused; throws when there is none. */
    const another = async (call: GatewayCall, { tried, end }: Trial): Promise<string> => {
      const later = await keyring.turn(end?.verdict.reason ?? "refused", rotated);
      const value = await keyring.value();
      if (!tried.has(value)) return value;
      // Better told than the refusal: the service may take it once this is over.
      if (later !== undefined || end === undefined) throw unsent(later, call);
      throw refusalOf(settings, call, end);
    };
    const read = async (call: GatewayCall, value: () => string | Promise<string>) => {
      try {
        return await value();
      } catch (error) {
        const failure = rootFailure(error);
        if (failure === undefined || failure.transient) throw unsent(error, call);
        if (await keyring.pass(failure.code, rotated)) return keyring.value();
        throw unsent(error, call);
      }
    };
    return (url, init) => {
      const call = callOf(init);
      call.watch(watcher);
      const trial = trials.get(call);
      const again = trial?.tried.has(trial.value) === true ? trial : undefined;
      if (again !== undefined) {
        return until(another(call, again), call).then((value) => send(url, call, value));
      }
      let value: string | Promise<string> | undefined;
      try {
        value = keyring.value();
      } catch {
        // `read` finds the same, and looks at the others.
      }
      if (typeof value === "string") return send(url, call, value);
      const asked = value;
      call.delayed = true;
      const found = read(call, () => asked ?? keyring.value());
      return until(found, call).then((value) => send(url, call, value));
    };
  };
}

/** What the caller is told when no credential is left. */
function refusalOf(settings: CredentialSettings, call: GatewayCall, end: End): TestxError {
  const { reply, status } = end;
  const from = `Credentials tried: ${settings.keyring.told.join(", ")}.`;
  const known =
    reply instanceof BufferedReply && settings.refusal !== undefined
      ? settings.refusal(call.operation, {
          status: reply.status,
          headers: reply.headers,
          text: reply.peek(),
        })
      : call.failure("CREDENTIAL_REFUSED", `the credential was refused (${end.verdict.reason}).`, {
          ...(status !== undefined && { status }),
        });
  return new TestxError({
    ...known,
    message: `${known.message} ${from}`,
    integration: call.integration,
    requestId: known.requestId ?? call.requestId,
    details: { ...known.details, credentials: settings.keyring.told },
  });
}

/** A call that has no credential was not sent, whatever became of the exchange. */
function unsent(error: unknown, call: GatewayCall): unknown {
  const failure = rootFailure(error);
  if (failure === undefined) return error;
  return new TestxError(
    { ...failure, outcome: "not-applied", integration: call.integration },
    { cause: error },
  );
}

/** Waits no longer than the call may. */
function until<T>(work: Promise<T>, call: GatewayCall): Promise<T> {
  const { signal } = call;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(call.cancellation("not-applied"));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
