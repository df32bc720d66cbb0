import type { Subject } from "./bench.ts";

/** One promise that every kind of every provider keeps. */
export interface Property {
  readonly name: string;
  /** Why it says nothing about this kind; `undefined`: it applies. */
  readonly exempt?: (subject: Subject) => string | undefined;
  /** Throws when it is broken. */
  check(subject: Subject): Promise<void>;
}

export function writes(subject: Subject): string | undefined {
  return subject.kind.readOnly ? "it only looks" : undefined;
}

export function reversible(subject: Subject): string | undefined {
  if (typeof subject.kind.undo === "string") return `it cannot be undone: ${subject.kind.undo}`;
  return writes(subject);
}

export function changeable(subject: Subject): string | undefined {
  if (subject.sample.changed === undefined) return "the sample has no `changed`";
  return writes(subject);
}
