import type {
  Credential,
  CredentialExchange,
  Exchanged,
  Spendable,
  Spent,
} from "../core/credential.ts";
import { fail, rootFailure } from "../core/failure.ts";
import type { Fetch } from "../core/http.ts";
import type { Clock } from "../core/ports.ts";
import { within } from "../gateway/context.ts";

/** An exchanged token is not used to its last minute: a call under way must still be in time. */
const marginMs = 300_000;

export interface ExchangeParts {
  readonly name: string;
  readonly exchange: CredentialExchange;
  /** As `exchange.settings` gave them back, or why they cannot be used. */
  settings(): Promise<unknown>;
  /** The secret parts, by name. */
  readonly parts: Readonly<Record<string, Credential>>;
  /** Where the part is kept that each exchange spends. */
  readonly spent: Spendable | undefined;
  /** Made when it is first needed. */
  fetch(): Fetch;
  readonly url: () => string;
  readonly userAgent: string;
  readonly clock: Clock;
  remember(secret: string): void;
  sign(key: string, text: string): string;
}

interface Token {
  readonly value: string;
  /** On the clock's `now`. */
  readonly useUntil: number;
}

/** A token that a service gives for something lasting; it is exchanged anew before it expires. */
export function exchangeCredential(given: ExchangeParts): Credential {
  const { name, exchange, clock, remember } = given;
  let token: Token | undefined;
  let running: Promise<string> | undefined;
  const use = (made: Pick<Exchanged, "token" | "expiresAt">): string => {
    const leftMs = made.expiresAt - clock.now();
    token = { value: made.token, useUntil: made.expiresAt - Math.min(marginMs, leftMs / 2) };
    return made.token;
  };
  const ask = async (parts: Readonly<Record<string, string>>): Promise<Exchanged> => {
    const settings = await given.settings();
    // On behalf of all who wait for it: none of them can stop it halfway.
    const made = await within({}, () =>
      exchange.run({
        ...{ settings, parts, remember, clock, sign: given.sign, userAgent: given.userAgent },
        ...{ fetch: given.fetch(), url: given.url() },
      }),
    );
    remember(made.token);
    return made;
  };
  const spend = async (
    spendable: Spendable,
    which: string,
    parts: Readonly<Record<string, string>>,
  ): Promise<string> => {
    const kept = spendable.read();
    if (isFit(kept, token, clock)) return use(kept);
    const draft = spendable.prepare();
    try {
      const made = await ask({ ...parts, [which]: kept.part });
      keep(draft, { part: made.next ?? kept.part, ...made }, name);
      return use(made);
    } catch (error) {
      draft.drop();
      // Another process may have been faster: then what it got is there.
      const now = spendable.read();
      if (now.part !== kept.part && isFit(now, token, clock)) return use(now);
      throw error;
    }
  };
  const renew = async (): Promise<string> => {
    const parts = await valuesOf(given.parts);
    const { spends } = exchange;
    if (spends !== undefined && given.spent !== undefined) {
      return spend(given.spent, spends, parts);
    }
    return use(await ask(parts));
  };
  return {
    name,
    renewal: "costly",
    read(anew) {
      if (!anew && token !== undefined && clock.now() < token.useUntil) return token.value;
      running ??= renew().finally(() => {
        running = undefined;
      });
      return running;
    },
    async check() {
      await given.settings();
      if (exchange.spends !== undefined) {
        if (given.spent === undefined) {
          fail(
            "CREDENTIAL_NOT_STORABLE",
            `${exchange.spends} of ${name} must come from a file with "store": true: each exchange gives another one, which has to be kept.`,
          );
        }
        given.spent.read();
      }
      exchange.check?.({ parts: await valuesOf(given.parts), sign: given.sign });
      return exchange.placeholder;
    },
    constant: async () => JSON.stringify([name, await given.settings()]),
  };
}

function keep(draft: ReturnType<Spendable["prepare"]>, next: Spent, name: string): void {
  try {
    draft.keep(next);
  } catch (error) {
    const why = rootFailure(error)?.message ?? "";
    fail(
      "CREDENTIAL_NOT_STORED",
      `What ${name} gave in place of the refresh token could not be kept, and is lost: ${why} The service goes on taking the old one for a short time.`,
      {},
      error,
    );
  }
}

/** Whether a kept token may be used: not the one that has just been refused or has run out. */
function isFit(kept: Spent, old: Token | undefined, clock: Clock): kept is Required<Spent> {
  const { token, expiresAt = 0 } = kept;
  return token !== undefined && token !== old?.value && expiresAt - marginMs > clock.now();
}

async function valuesOf(
  parts: Readonly<Record<string, Credential>>,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [part, credential] of Object.entries(parts))
    found[part] = await credential.read(false);
  return found;
}
