import type { Catalogue } from "./entry.ts";

/** Of testx in a program. */
export const libraryErrors: Catalogue = {
  LIBRARY_BAD_OPTION: {
    what: "A program gave testx something that it cannot use.",
    why: "An option is misspelt, of the wrong kind, or names a folder that is not there. Nothing was read or sent.",
    next: "Correct the call; docs/library.md lists the options, and the types that come with the package tell editors of them.",
    exit: 2,
  },
};
