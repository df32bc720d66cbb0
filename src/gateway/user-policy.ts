import { AsyncLocalStorage } from "node:async_hooks";
import { fail, TestxError } from "../core/failure.ts";
import { matches } from "../core/glob.ts";
import type { FetchInit, Reply } from "../core/http.ts";
import type {
  PolicyHandler,
  PolicyInfo,
  PolicyInit,
  PolicyNext,
  UserPolicy,
} from "../core/user-policy.ts";
import { callOf, type GatewayCall } from "./call.ts";
import type { Observer } from "./observe.ts";
import { Passage } from "./passage.ts";
import type { Policy } from "./policy.ts";

/** Those for this integration and stage, the outermost first; the order of the list breaks ties. */
export function userPolicies(
  all: readonly UserPolicy[],
  stage: UserPolicy["stage"],
  integration: string,
  observer: Pick<Observer, "refused">,
): Policy[] {
  return all
    .filter((one) => one.stage === stage && (one.integrations?.includes(integration) ?? true))
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((one) => folded(one, integration, observer));
}

function folded(
  spec: UserPolicy,
  integration: string,
  observer: Pick<Observer, "refused">,
): Policy {
  const { name, operations } = spec;
  // `next` is the same for all calls, so that a policy may keep state of its own around them.
  const under = new AsyncLocalStorage<Passage>();
  const concerns = (operation: string): boolean =>
    operations?.some((pattern) => matches(pattern, operation)) ?? true;
  return (next) => {
    const handler = begun(spec, integration, (url: string, init: FetchInit) => {
      const passage = under.getStore();
      if (passage !== undefined) return passage.send(url, init);
      const message = `${integration}: the policy "${name}" called next outside of a call.`;
      return Promise.reject(new TypeError(message));
    });
    const pass = async (url: string | URL, call: GatewayCall): Promise<Reply> => {
      const passage = new Passage(name, call, next, String(url));
      if (spec.stage === "call") call.outlasted = true;
      else call.delayed = true;
      try {
        return await under.run(passage, () => passed(passage, handler, String(url), call));
      } catch (error) {
        // What is refused below has been told there, and an attempt's end is told by retry.
        if (spec.stage === "call" && !passage.called) observer.refused(call, { error });
        throw error;
      }
    };
    return (url, init) => {
      const call = callOf(init);
      return concerns(call.operation.name) ? pass(url, call) : next(url, call);
    };
  };
}

function begun(spec: UserPolicy, integration: string, next: PolicyNext): PolicyHandler {
  let handler: unknown;
  try {
    handler = spec.policy(next);
  } catch (error) {
    refuse(`it threw ${said(error)}`, error);
  }
  if (typeof handler !== "function") refuse("its policy(next) gave no function");
  return handler as PolicyHandler;

  function refuse(what: string, cause?: unknown): never {
    const message = `${integration}: the policy "${spec.name}" failed: ${what}`;
    fail("POLICY_FAILED", message, { integration }, cause);
  }
}

async function passed(
  passage: Passage,
  handler: PolicyHandler,
  url: string,
  call: GatewayCall,
): Promise<Reply> {
  let reply: unknown;
  try {
    reply = await unlessCancelled(passage, call, () =>
      handler(url, initOf(passage, call), infoOf(call)),
    );
  } catch (error) {
    await passage.end();
    if (passage.isFromBelow(error)) throw error;
    const known = testxError(error);
    throw known === undefined
      ? passage.failed(`it threw ${said(error)}`, error)
      : passage.told(known);
  }
  const early = await passage.end();
  if (early !== undefined) throw passage.failed(early);
  if (!isReply(reply)) throw passage.failed("it gave no reply");
  if (call.operation.write && !passage.replied) {
    throw passage.failed("it answered a write itself, of which nobody else knows");
  }
  return reply;
}

/** A policy that does not look at its signal must not keep the call: it is left behind. */
function unlessCancelled<T>(
  passage: Passage,
  call: GatewayCall,
  work: () => Promise<T>,
): Promise<T> {
  const { signal } = call;
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => {
      passage.cancelled().then((error) => {
        // It may be about to end by itself, with more to say.
        setImmediate(reject, error);
      }, reject);
    };
    const release = (): void => signal.removeEventListener("abort", stop);
    signal.addEventListener("abort", stop, { once: true });
    Promise.resolve().then(work).then(resolve, reject).finally(release);
  });
}

/** Own properties, so that `{ ...init }` has them; the signal is made when it is asked for. */
function initOf(passage: Passage, call: GatewayCall): PolicyInit {
  return {
    method: call.method,
    headers: passage.headers,
    body: call.body,
    redirect: "manual",
    get signal() {
      return call.signal;
    },
  };
}

function infoOf({ integration, operation, attempt, context }: GatewayCall): PolicyInfo {
  return {
    integration,
    operation: operation.name,
    write: operation.write,
    attempt: attempt + 1,
    ...(context?.step !== undefined && { step: context.step }),
  };
}

/** One of another copy of testx too: a configuration's `import "testx"` is not the one that runs. */
function testxError(error: unknown): TestxError | undefined {
  if (error instanceof TestxError) return error;
  if (!(error instanceof Error) || error.name !== "TestxError") return undefined;
  const { failure } = error as Partial<TestxError>;
  return typeof failure?.code === "string" ? new TestxError(failure, { cause: error }) : undefined;
}

function isReply(value: unknown): value is Reply {
  const { status, headers, text, clone } = (value ?? {}) as Partial<Reply>;
  return (
    typeof status === "number" &&
    typeof headers?.get === "function" &&
    typeof text === "function" &&
    typeof clone === "function"
  );
}

function said(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
