import type { Catalogue } from "./entry.ts";

/** Limits and breakers, and what is remembered of them. */
export const guardErrors: Catalogue = {
  GATEWAY_LIMITED: {
    what: "A call would have had to wait longer for its turn than it has time, so it was not sent.",
    why: "A rate limit of the service, or a lower one of your own, is used up for now: by this command, by earlier ones on the same state folder, or because the service asked to wait. Nothing was sent.",
    next: "Wait as long as the message says and run the command again; it goes on where it stopped. If the service allows you more, raise the integration's `rateLimits`.",
    exit: 1,
  },
  BREAKER_OPEN: {
    what: "A service failed several times in a row, so for a while testx sends nothing to it.",
    why: "The integration's breaker is open: the service, or the way to it, was down a moment ago, perhaps for an earlier command on the same state folder, or somebody has opened it with `testx breakers open`. Nothing was sent.",
    next: "`testx breakers` shows why and until when. Wait, or run `testx breakers reset NAME` when you know that the service is back.",
    exit: 1,
  },
  BREAKER_UNKNOWN: {
    what: "There is no integration of that name.",
    why: "Neither the configuration nor what testx remembers has one that is called so.",
    next: "`testx breakers` lists them.",
    exit: 2,
  },
  MEMO_DISCARDED: {
    what: "What testx remembered of limits and breakers was damaged and has been started afresh.",
    why: "`gateway.db` was cut or overwritten, or the disk returned wrong data. It holds only what the next calls show again.",
    next: "Nothing needs to be done. A breaker that was held open or closed by hand has to be set again.",
    exit: 5,
  },
  MEMO_IN_MEMORY: {
    what: "What testx knows of limits and breakers cannot be kept on disk; it holds for this command only.",
    why: "The state folder is read-only, full, or its file system does not support locks.",
    next: "Make the state folder writable, or name another one with `--state DIR`. Until then several commands together may ask more of a service than its limits allow.",
    exit: 5,
  },
};
