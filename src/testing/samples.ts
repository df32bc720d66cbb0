import type { JsonObject } from "../core/json.ts";

/** What the contract suite applies of one provider: inputs that a test account accepts. */
export interface ProviderSamples {
  /** The integration's `with`; a function when it needs what the environment says. */
  readonly config: JsonObject | ((environment: Environment) => JsonObject);
  /** By the kind's short name, as in `provider.kinds`: `channel`. Every kind must have one. */
  readonly kinds: Readonly<Record<string, KindSample>>;
}

/** Addresses, tokens and ids of the account. */
export type Environment = Readonly<Record<string, string>>;

/** States of the steps in `needs`, by their names there. */
export type Receipts = Readonly<Record<string, JsonObject>>;

/** A step's `with`; a function when it needs what the account or other steps say. */
export type SampleInput = JsonObject | ((known: Known) => JsonObject);

/** What is known when an input is made. */
export interface Known {
  readonly environment: Environment;
  readonly receipts: Receipts;
}

/** Inputs of one kind, and what is special about it. */
export interface KindSample {
  /** What has to be there first, applied in this order: a members step needs its channel. */
  readonly needs?: readonly {
    /** Its name in `receipts`. */
    readonly name: string;
    /** Short name of the kind: `channel`. */
    readonly kind: string;
    readonly input: SampleInput;
  }[];
  /** What is applied first. Unless `exists` says otherwise the thing must not be there before. */
  readonly input: SampleInput;
  /** The account has the thing from the start, and `input` changes it: a repository's settings. */
  readonly exists?: boolean;
  /** The same thing (same `key`) with at least one other field. Left out: nothing can change. */
  readonly changed?: SampleInput;
  /** Declared fields that its states have in other circumstances only. */
  readonly seldom?: readonly string[];
  /** Removes the thing as a person would, past testx. */
  deleteByHand?(at: ByHand): Promise<void>;
  /** Changes a field that `changed` does not, as a person would. */
  alterByHand?(at: ByHand): Promise<void>;
  /**
   * What an undo cannot restore: `create` after a create, `update` after an update. Then the
   * undo must name residue; otherwise it must name none and restore the canonical state.
   */
  readonly residue?: readonly ("create" | "update")[];
}

/** What somebody who works past testx needs. */
export interface ByHand extends Known {
  /** The state that was read last. */
  readonly state: JsonObject;
}
