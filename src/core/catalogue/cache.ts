import type { Catalogue } from "./entry.ts";

export const cacheErrors: Catalogue = {
  CACHE_DISCARDED: {
    what: "The cache was damaged and has been started afresh.",
    why: "`cache.db` was cut or overwritten, or the disk returned wrong data. It holds only what can be asked again.",
    next: "Nothing needs to be done. If it happens again, check the disk.",
    exit: 5,
  },
  CACHE_IN_MEMORY: {
    what: "The cache on disk cannot be used; testx remembers in memory for this command only.",
    why: "The state folder is read-only, full, or its file system does not support locks.",
    next: "Make the state folder writable, or name another one with `--state DIR`. Until then health checks are repeated each time.",
    exit: 5,
  },
};
