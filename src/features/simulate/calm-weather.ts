import type { StepResidue } from "../../core/journal.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Receipt } from "../../core/ports.ts";
import type { Sequence } from "../../core/sequence.ts";

/** What the same sequence does when nothing goes wrong: what stories are compared with. */
export interface Calm {
  /** The accounts before, when all is set up (and what its receipts say), and when it is undone. */
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly receipts: readonly Receipt[];
  readonly undone: JsonObject;
  /** How many writes setup sent, by integration; one without any is not in it. */
  readonly writes: Readonly<Record<string, number>>;
  /** How many writes it took to undo all that. */
  readonly undoing: number;
  /** The same things as somebody else might have made them: with other fields. */
  readonly others: Sequence;
  /** Steps of which undoing leaves something behind even so. */
  readonly residue: readonly StepResidue[];
}
