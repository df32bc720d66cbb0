/** One entry of the error catalogue: shown by `testx explain` and in the troubleshooting guide. */
export interface CatalogueEntry {
  /** What happened, in general, one sentence. */
  readonly what: string;
  /** Why it happens: the usual causes. */
  readonly why: string;
  /** What to do next: imperative, concrete, with the command to run where there is one. */
  readonly next: string;
  /** Exit code when this ends a command (design: 1, 2, 4, 5, 6, 7, 130). */
  readonly exit: number;
}

export type Catalogue = Readonly<Record<string, CatalogueEntry>>;
