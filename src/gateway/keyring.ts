import type { Credential } from "../core/credential.ts";
import { type Failure, rootFailure } from "../core/failure.ts";

/** Told when another credential, or another value of the same one, takes the place of one. */
export type Rotated = (from: string, to: string, reason: string) => void;

/** What takes the place of a credential whose value was replaced where it comes from. */
export const newValue = "its new value";

interface Held {
  readonly credential: Credential;
  /** As it was last read. */
  value?: string;
  /** That value has been refused. */
  refused: boolean;
  /** It was read anew since one of its values was last accepted. */
  renewed: boolean;
  /** Why it could not be read the last time. */
  error?: unknown;
}

/**
 * The credentials of an integration, of which one is in use: the same for all its calls, until it
 * is refused. One that is refused is read anew first, in case it has been rotated; then the next
 * one takes its place.
 */
export class Keyring {
  readonly #held: readonly Held[];
  #at = 0;
  #opened = false;
  /** The name of the one that was refused and has no successor yet. */
  #lost: string | undefined;
  #turning: Promise<unknown> | undefined;

  constructor(credentials: readonly Credential[]) {
    this.#held = credentials.map((credential) => ({ credential, refused: false, renewed: false }));
  }

  /** Names of all, in order, with what is wrong with those that could not be read. */
  get told(): string[] {
    return this.#held.map(({ credential: { name }, error }) => {
      const failure = rootFailure(error);
      return failure === undefined ? name : `${name} (${failure.code})`;
    });
  }

  /** Why those that could not be read could not. */
  get failures(): Failure[] {
    return this.#held.flatMap(({ error }) => rootFailure(error) ?? []);
  }

  /**
   * Puts the first that can be read in place; sends nothing.
   * @throws what the first of them threw, when none can be read
   */
  async open(rotated: Rotated): Promise<string> {
    if (this.#opened) {
      try {
        return await sendable(this.#current.credential);
      } catch (error) {
        this.#current.error = error;
      }
    }
    for (const [at, held] of this.#held.entries()) {
      const { credential } = held;
      try {
        const value = await sendable(credential);
        this.#opened = true;
        if (this.#held[0]?.error !== undefined) this.#lost = this.#held[0].credential.name;
        this.#place(at, rootFailure(this.#held[0]?.error)?.code ?? "", rotated);
        return value;
      } catch (error) {
        held.error = error;
        if (rootFailure(error)?.code === "RUN_INTERRUPTED") throw error;
      }
    }
    throw this.#held[0]?.error;
  }

  /** What stands for the one in use in digests. */
  async constant(): Promise<string> {
    const { credential } = this.#current;
    return `${credential.name} ${await (credential.constant?.() ?? credential.read(false))}`;
  }

  /** The value to send; without a promise where it is at hand. Throws as `Credential.read`. */
  value(): string | Promise<string> {
    const held = this.#current;
    const value = held.credential.read(false);
    return typeof value === "string" ? note(held, value) : value.then((it) => note(held, it));
  }

  accepted(value: string): void {
    const held = this.#current;
    if (held.value !== value) return;
    held.refused = false;
    held.renewed = false;
    this.#lost = undefined;
  }

  refused(value: string): void {
    for (const held of this.#held) {
      if (held.value !== value || held.refused) continue;
      held.refused = true;
      if (held === this.#current) this.#lost = held.credential.name;
    }
  }

  /** Whether there is another value than those that a call has tried, or may be one. */
  mayHave(tried: ReadonlySet<string>): boolean {
    return this.#held.some((held) => {
      const { credential, value } = held;
      if (value !== undefined && !held.refused) return !tried.has(value);
      if (credential.renewal === "costly") return value === undefined || mayRenew(held);
      // Read at once: most are what they were.
      try {
        const now = credential.read(true);
        if (typeof now === "string") note(held, now);
        return !held.refused && !tried.has(held.value ?? "");
      } catch (error) {
        held.error = error;
        return false;
      }
    });
  }

  /**
   * Looks for one that has not been refused, beginning with the one in use. Calls that are
   * refused together look together. Gives what kept one from being read that may work later.
   */
  turn(reason: string, rotated: Rotated): Promise<unknown> {
    this.#turning ??= this.#turn(reason, rotated).finally(() => {
      this.#turning = undefined;
    });
    return this.#turning;
  }

  async #turn(reason: string, rotated: Rotated): Promise<unknown> {
    const count = this.#held.length;
    const start = this.#at;
    let later: unknown;
    for (let step = 0; step < count; step++) {
      const at = (start + step) % count;
      const held = this.#held[at]!;
      if (held.refused && !mayRenew(held)) continue;
      try {
        const anew = held.refused;
        if (anew && held.credential.renewal === "costly") held.renewed = true;
        note(held, await held.credential.read(anew));
      } catch (error) {
        held.error = error;
        if (rootFailure(error)?.transient) later ??= error;
        continue;
      }
      if (held.refused) continue;
      this.#place(at, reason, rotated);
      return undefined;
    }
    return later;
  }

  /** The one in use cannot be read any more: whether another can. */
  async pass(reason: string, rotated: Rotated): Promise<boolean> {
    const start = this.#at;
    const from = this.#current.credential.name;
    const count = this.#held.length;
    for (let step = 1; step < count; step++) {
      const at = (start + step) % count;
      const held = this.#held[at]!;
      if (held.refused) continue;
      try {
        note(held, await held.credential.read(false));
        this.#lost = from;
        this.#place(at, reason, rotated);
        return true;
      } catch (error) {
        held.error = error;
      }
    }
    return false;
  }

  get #current(): Held {
    return this.#held[this.#at]!;
  }

  #place(at: number, reason: string, rotated: Rotated): void {
    this.#at = at;
    const held = this.#held[at]!;
    delete held.error;
    const from = this.#lost;
    const to = held.credential.name;
    this.#lost = undefined;
    if (from !== undefined) rotated(from, from === to ? newValue : to, reason);
  }
}

function sendable(credential: Credential): string | Promise<string> {
  return credential.check?.() ?? credential.read(false);
}

function note(held: Held, value: string): string {
  if (held.value !== value) {
    held.value = value;
    held.refused = false;
  }
  return value;
}

/** What costs nothing is read as often as it is refused; the rest once for each acceptance. */
function mayRenew({ credential: { renewal }, renewed }: Held): boolean {
  return renewal === "free" || (renewal === "costly" && !renewed);
}
