import type { Catalogue } from "./entry.ts";

export const sandboxErrors: Catalogue = {
  SANDBOX_STATE_LOCKED: {
    what: "Another process is using this sandbox's state.",
    why: "A sandbox server, or a command with --sandbox, is running on the same state folder.",
    next: "Wait for it or stop it, or give this command its own state folder with --state DIR.",
    exit: 7,
  },
  SANDBOX_STATE_UNREADABLE: {
    what: "The sandbox's state file cannot be read.",
    why: "It is not a sandbox state, was written by a newer testx, is damaged, or its folder may not be entered.",
    next: "Delete the file named in the message: it holds only made-up accounts.",
    exit: 1,
  },
  SANDBOX_STATE_UNWRITABLE: {
    what: "The sandbox's state could not be stored.",
    why: "The disk is full, or the state folder is read-only.",
    next: "Free some space or give another folder with --state DIR, then run the command again.",
    exit: 1,
  },
  SANDBOX_SEED_INVALID: {
    what: "The sandbox's seed does not fit its services.",
    why: "A seed is a JSON object of services (slack, notion, github, anykrowd), each with top-level parts of that service's state.",
    next: "Correct the places named in the message. `curl URL/__sandbox/state?full=1` shows a whole state to copy from.",
    exit: 2,
  },
  SANDBOX_FAULTS_INVALID: {
    what: "The faults to inject are not well-formed.",
    why: "A field is unknown, missing or of the wrong type, or `path` is not a regular expression.",
    next: "Correct the places named in the message.",
    exit: 2,
  },
  SANDBOX_PORT_UNAVAILABLE: {
    what: "The sandbox cannot listen on the port asked for.",
    why: "Another program listens there, or the port may not be used by this account.",
    next: "Choose another one with --port, or leave it out for any free port.",
    exit: 1,
  },
};
