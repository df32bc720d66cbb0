import type { JsonObject } from "./json.ts";

/**
 * How a call ended, as far as the service's state is concerned.
 * applied: a whole, valid reply came back. not-applied: the service did not act.
 * unknown: it may have acted.
 */
export type Outcome = "applied" | "not-applied" | "unknown";

/** What went wrong, as data. */
export interface Failure {
  /** Key of the error catalogue, for example `SLACK_TOKEN_REVOKED`. */
  readonly code: string;
  /** What happened, with its particulars. One sentence, no secret. */
  readonly message: string;
  readonly outcome: Outcome;
  /** True when the same call may succeed a little later (429, 5xx, network). */
  readonly transient: boolean;
  readonly integration?: string;
  /** HTTP status, where a reply came. */
  readonly status?: number;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  /** Further facts for `--json`: scopes, paths, positions. No secret. */
  readonly details?: JsonObject;
}

/** The error that all of testx throws; anything else that surfaces is a bug. */
export class TestxError extends Error {
  override readonly name = "TestxError";
  /** All that is known of it. */
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }

  /** Key of the error catalogue: `testx explain CODE` tells more. */
  get code(): string {
    return this.failure.code;
  }

  /** Also what another copy of testx has thrown: that of a provider's or a policy's own `import`. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: inherited: for what extends it, it is as usual
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    // biome-ignore lint/complexity/noThisInStatic: as above
    if (this !== TestxError || !(value instanceof Error)) return false;
    return value.name === "TestxError" && typeof (value as TestxError).failure?.code === "string";
  }
}

type FailureParts = Partial<Omit<Failure, "code" | "message">>;

/**
 * A failure, by default of a call that did not take effect (`not-applied`) and that would fail
 * again (not `transient`); `parts` says otherwise.
 */
export function failure(code: string, message: string, parts: FailureParts = {}): Failure {
  return { code, message, outcome: "not-applied", transient: false, ...parts };
}

export function fail(
  code: string,
  message: string,
  parts: FailureParts = {},
  cause?: unknown,
): never {
  throw new TestxError(failure(code, message, parts), cause === undefined ? undefined : { cause });
}

/** Of the modules that testx needs only this one can be switched off. */
export const withoutSqlite = "Node.js was started without SQLite (--no-experimental-sqlite).";

/**
 * The failure behind an error of the operating system (`EIO`, `EMFILE` …) that nothing nearer to it
 * has explained: a disk that fails is no bug of testx.
 */
export function systemFailure(error: unknown): Failure | undefined {
  const { code, syscall, path, permission, resource } = (error ?? {}) as Record<string, unknown>;
  // What Node.js itself refuses, for the options that it was started with.
  if (code === "ERR_ACCESS_DENIED") {
    const what = [permission, resource].filter((part) => typeof part === "string").join(" of ");
    return failure("NODE_LIMITED", `Node.js was started with --permission, and without ${what}.`);
  }
  if (code === "ERR_UNKNOWN_BUILTIN_MODULE") return failure("NODE_LIMITED", withoutSqlite);
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) return undefined;
  if (typeof syscall !== "string") return undefined;
  if (syscall === "uv_cwd") {
    return failure(
      "CLI_FOLDER_GONE",
      "The folder that testx was started in is not there any more.",
    );
  }
  const what = typeof path === "string" ? `${syscall} of ${path}` : syscall;
  return failure("SYSTEM_FAILED", `The operating system refused ${what} (${code}).`);
}

/** What an error is told as: its own failure, one of the operating system, or a bug. */
export function failureOf(error: unknown): Failure {
  const known = error instanceof TestxError ? error.failure : systemFailure(error);
  return known ?? failure("BUG", error instanceof Error ? error.message : String(error));
}

/** Finds the TestxError in a chain of `cause` and `original` (SDKs wrap what fetch throws). */
export function rootFailure(error: unknown): Failure | undefined {
  const seen = new Set<unknown>();
  const queue: unknown[] = [error];
  while (queue.length > 0) {
    const current = queue.shift();
    if (typeof current !== "object" || current === null || seen.has(current)) continue;
    if (current instanceof TestxError) return current.failure;
    seen.add(current);
    const links = current as { cause?: unknown; original?: unknown };
    queue.push(links.cause, links.original);
  }
  return undefined;
}
