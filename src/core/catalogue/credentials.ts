import type { Catalogue } from "./entry.ts";

export const credentialErrors: Catalogue = {
  CREDENTIAL_FILE_UNREADABLE: {
    what: "A file that a credential is to come from cannot be read.",
    why: "It is not there (yet), its path is another one, or testx's user may not read it.",
    next: "Check the path in the message and who may read it; relative paths in the configuration begin at the project, those in variables where testx was started.",
    exit: 4,
  },
  CREDENTIAL_EMPTY: {
    what: "A file or command that a credential is to come from gave nothing.",
    why: "The file was made without its content, or the command succeeded and printed nothing.",
    next: "Look into the file, or run the command yourself: its standard output must be the credential.",
    exit: 4,
  },
  CREDENTIAL_COMMAND_FAILED: {
    what: "A command that a credential is to come from failed.",
    why: "The program is not installed or not on the PATH, is not signed in, or knows no such entry. What it said is not shown, because it may hold secrets.",
    next: "Run the command of the integration's `credentials` yourself, in the project's folder, and see what it says.",
    exit: 4,
  },
  CREDENTIAL_COMMAND_TIMEOUT: {
    what: "A command that a credential is to come from did not end in time.",
    why: "It waits for an answer that nobody gives (its standard input is closed), or for a service that is slow.",
    next: "Run the command yourself; sign in first, so that it asks nothing.",
    exit: 4,
  },
  CREDENTIAL_REFUSED: {
    what: "A service refused every credential that testx has for it.",
    why: "They are revoked, expired, or of another service. The message names where they came from.",
    next: "Put a valid one where one of them comes from, and run the command again: nothing that was refused had an effect.",
    exit: 4,
  },
  CREDENTIAL_PASSED_OVER: {
    what: "A credential cannot be used, and the next of its list serves in its place.",
    why: "Its file or command gives nothing any more, or the service refuses it, because it is revoked or has expired.",
    next: "Mend it while the other still serves, or take it out of the integration's `credentials`.",
    exit: 1,
  },
  CREDENTIAL_NOT_TAKEN: {
    what: "An integration has credentials, and its provider takes none.",
    why: "What it asks is open to everybody.",
    next: "Take `credentials` out of that integration.",
    exit: 2,
  },
  CREDENTIAL_EXCHANGE_UNKNOWN: {
    what: "A provider has no such exchange for its credentials.",
    why: "The name is misspelt, or belongs to another provider.",
    next: "Use one that the message names.",
    exit: 2,
  },
  CREDENTIAL_EXCHANGE_INVALID: {
    what: "What an exchange of credentials needs is missing or not valid.",
    why: "A setting or a secret of it is left out, or a variable that it refers to is not set.",
    next: "Give what the message names, in the integration's `credentials`.",
    exit: 2,
  },
  CREDENTIAL_KEY_INVALID: {
    what: "A private key cannot be used.",
    why: "It is not the PEM file that was downloaded, was cut or lost its line breaks, or is a public key.",
    next: "Take the private key as the service gave it, `-----BEGIN` and `-----END` lines included.",
    exit: 4,
  },
  CREDENTIAL_EXCHANGE_REFUSED: {
    what: "A service refused to exchange a key or refresh token for an access token.",
    why: "It was revoked, was used before, or belongs to another app or installation.",
    next: "Make a new one where the service lists the app, and put it where testx reads it from.",
    exit: 4,
  },
  CREDENTIAL_REFRESH_LOST: {
    what: "A refresh token was sent, and the reply with its successor was lost.",
    why: "The connection was cut. The service may have spent the token, and nobody knows the next one; it takes the old one for a short time more.",
    next: "Run the command again at once. When the service then refuses the refresh token, install the app again and put the new refresh token into the file.",
    exit: 4,
  },
  CREDENTIAL_NOT_STORABLE: {
    what: "A refresh token that may be used only once has no place where its successor can be kept.",
    why: "Each exchange gives another refresh token, and without it the app has to be installed again. testx keeps secrets nowhere by itself.",
    next: 'Let the refresh token come from a file that testx may write: `{"file": "…", "store": true}`.',
    exit: 2,
  },
  CREDENTIAL_NOT_STORED: {
    what: "The file with a refresh token cannot be replaced.",
    why: "Its folder does not allow it, or the disk is full. testx tries it before it spends the token; only when the disk fails in between is the new one lost.",
    next: "Let testx's user write to the file's folder, and run the command again, at once where the message says that a token is lost.",
    exit: 4,
  },
};
