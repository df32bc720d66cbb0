import type { Catalogue } from "./entry.ts";

export const secretErrors: Catalogue = {
  SECRET_MISSING: {
    what: "A secret that an integration needs is not set.",
    why: "Its environment variable is absent or blank in the shell that runs testx.",
    next: "Create the token as the message says, export it (for example from your password manager), and run the command again. `--sandbox` needs none.",
    exit: 4,
  },
  SECRET_MALFORMED: {
    what: "A secret is set, but cannot be a valid one of its kind.",
    why: "It has another kind's prefix (a user token where a bot token is needed), or was cut or quoted when it was copied.",
    next: "Copy the token again; the message says how it must begin.",
    exit: 4,
  },
  SECRET_KEY_DAMAGED: {
    what: "The key in the state folder that fingerprints secrets is damaged.",
    why: "The file `key` was edited, cut, or restored wrongly. Without it testx cannot tell whether a secret it wrote has changed.",
    next: "Restore the file `key` from a backup, or delete it: the next setup then writes every secret once more.",
    exit: 4,
  },
};
