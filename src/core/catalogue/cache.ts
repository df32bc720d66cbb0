import type { Catalogue } from "./entry.ts";

export const cacheErrors: Catalogue = {
  CACHE_DISCARDED: {
    what: "The cache was damaged and has been started afresh.",
    why: "`cache.db` was cut or overwritten, or the disk returned wrong data. It holds only what can be asked again.",
    next: "Nothing needs to be done. If it happens again, check the disk.",
    exit: 5,
  },
  CACHE_IN_MEMORY: {
    what: "The store of the cache cannot be used; testx remembers in memory for this command only.",
    why: "The state folder is read-only, full, or its file system does not support locks; or the Redis at the cache's address does not answer, or the file that it names is damaged or another program's.",
    next: "Make the state folder writable, or name another one with `--state DIR`; start the Redis, or mend `TESTX_CACHE_URL`. Until then services are asked for everything each time.",
    exit: 5,
  },
  CACHE_UNAVAILABLE: {
    what: "The store of the cache cannot be used, and memory must not take its place.",
    why: "`LOCAL_STORAGE_FALLBACK` is false, and the state folder cannot be written, or the Redis at the cache's address does not answer, or the file that it names is damaged or another program's.",
    next: "Make the store usable, as the message says why it is not; or set `LOCAL_STORAGE_FALLBACK=true` to go on without it.",
    exit: 4,
  },
};
