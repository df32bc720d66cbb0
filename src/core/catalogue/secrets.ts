import type { Catalogue } from "./entry.ts";

export const secretErrors: Catalogue = {
  SECRET_MISSING: {
    what: "A secret that an integration needs is not set.",
    why: "Its environment variable is absent or blank in the shell that runs testx, and nothing else is said to hold it.",
    next: "Create the token as the message says and export it; one that stands in .env is loaded with `set -a; . ./.env; set +a`, since testx does not read that file by itself. Or put it into a file and the file's path into the variable of the same name with `_FILE` behind it. The integration's `credentials` can name other variables, files, a password manager's command, a GitHub App or a Slack refresh token (docs/credentials.md). Then run the command again; `--sandbox` needs none.",
    exit: 4,
  },
  SECRET_MALFORMED: {
    what: "A secret is set, but cannot be a valid one of its kind.",
    why: "It has another kind's prefix (a user token where a bot token is needed), or was cut or quoted when it was copied.",
    next: "Copy the token again, alone and whole; the message says what is wrong with what is there.",
    exit: 4,
  },
  SECRET_KEY_DAMAGED: {
    what: "The key in the state folder that fingerprints secrets is damaged.",
    why: "The file `key` was edited, cut, or restored wrongly. Without it testx cannot tell whether a secret it wrote has changed.",
    next: "Restore the file `key` from a backup, or delete it: the next setup then writes every secret once more.",
    exit: 4,
  },
};
