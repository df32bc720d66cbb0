import type { Catalogue } from "./entry.ts";

export const observationErrors: Catalogue = {
  LOG_NOT_WRITTEN: {
    what: "The log file named by `--log` or TESTX_LOG cannot be written.",
    why: "Its folder is missing, it belongs to somebody else, or the disk is full.",
    next: "The command itself went on without it. Make the folder or free some space, and look at `ls -ld` of the path.",
    exit: 5,
  },
  METRICS_NOT_KEPT: {
    what: "The figures about this command's calls could not be kept.",
    why: "`metrics.db` in the state folder is locked by another process, or cannot be written.",
    next: "Nothing else is affected; `testx integrations metrics` lacks these calls. Check the state folder's space and permissions when it happens again.",
    exit: 5,
  },
  METRICS_DISCARDED: {
    what: "The stored figures about calls were damaged and are begun anew.",
    why: "`metrics.db` in the state folder was cut, overwritten, or written by something else.",
    next: "Nothing to do. Earlier calls are missing in `testx integrations metrics`; the journal is not affected.",
    exit: 5,
  },
};
