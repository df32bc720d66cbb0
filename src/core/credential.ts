import type { Fetch, Wire } from "./http.ts";
import type { Clock } from "./ports.ts";
import type { Schema } from "./schema.ts";

/** One way to a token: a variable, a file, a command, an exchange. */
export interface Credential {
  /** For people and logs: `SLACK_BOT_TOKEN`, `the file .secrets/slack`. Never a value. */
  readonly name: string;
  /** Whether reading it anew may give another value, and what that costs. */
  readonly renewal: "free" | "costly" | "none";
  /**
   * The value. One that is at hand comes without a promise.
   * @param anew do not rely on what was read before: it was refused
   * @throws TestxError CREDENTIAL_…, SECRET_MISSING
   */
  read(anew: boolean): string | Promise<string>;
  /**
   * Whether it can be read at all; sends nothing. Gives the value, or what an SDK may be given in
   * its place until it is first needed. Left out: `read` sends nothing either.
   */
  check?(): string | Promise<string>;
  /** What stands for it in digests, where its value changes with every reading. */
  constant?(): string | Promise<string>;
}

/** The value of a part that a service takes only once, where it is kept. */
export interface Spendable {
  /** What is kept there now: the part, and the token that it was last exchanged for. */
  read(): Spent;
  /**
   * Makes sure that a new value can be kept, before the old one is spent.
   * @throws TestxError CREDENTIAL_NOT_STORED
   */
  prepare(): {
    /** Durable when it returns. @throws TestxError CREDENTIAL_NOT_STORED */
    keep(next: Spent): void;
    drop(): void;
  };
}

export interface Spent {
  readonly part: string;
  readonly token?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** What a service gives for a key or a refresh token. */
export interface Exchanged {
  readonly token: string;
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly expiresAt: number;
  /** The new value of the part that was spent. */
  readonly next?: string;
}

/** How a service exchanges something lasting for a token that expires. */
export interface CredentialExchange {
  /** What stands in its `with`. */
  readonly settings: Schema<unknown>;
  /** The secrets it needs, by name. */
  readonly parts: readonly string[];
  /**
   * The part that the service takes only once, giving another for the next time: it must come
   * from a file with `"store": true`, which testx may write.
   */
  readonly spends?: string;
  /** What the SDK is made with until there is a token; never sent. */
  readonly placeholder: string;
  readonly wire: Wire;
  /** Whether the parts can be right. Sends nothing. @throws TestxError CREDENTIAL_KEY_INVALID */
  check?(given: Pick<ExchangeGiven, "parts" | "sign">): void;
  /** @throws TestxError CREDENTIAL_EXCHANGE_REFUSED, CREDENTIAL_REFRESH_LOST, GATEWAY_… */
  run(given: ExchangeGiven): Promise<Exchanged>;
}

/** What an exchange works with. */
export interface ExchangeGiven {
  /** `with`, as `settings` gave it back. */
  readonly settings: unknown;
  readonly parts: Readonly<Record<string, string>>;
  readonly fetch: Fetch;
  /** Base URL of the API. */
  readonly url: string;
  readonly userAgent: string;
  readonly clock: Pick<Clock, "now">;
  /** Told every secret as soon as it is known, to redact it. */
  remember(secret: string): void;
  /**
   * RS256 (RSA with SHA-256) of a text, as base64url; the key in PEM format.
   * @throws TestxError CREDENTIAL_KEY_INVALID
   */
  sign(key: string, text: string): string;
}
