import type { Catalogue } from "./entry.ts";

export const httpErrors: Catalogue = {
  HTTP_CHECK_FAILED: {
    what: "A checked address answered, but not as expected.",
    why: "The service is not well, another status or body is normal for it, or something between here and there answered in its place.",
    next: "Open the address. If what it answers is right, correct `expectedStatus`, `contains` or `matches` of the step.",
    exit: 1,
  },
  HTTP_CHECK_UNREACHABLE: {
    what: "A checked address gave no answer.",
    why: "The service is down, the name is wrong, or the network between here and there is.",
    next: "Try `curl -v` on the address, then run the command again.",
    exit: 1,
  },
  HTTP_CHECK_INTERRUPTED: {
    what: "A check was stopped before an answer came.",
    why: "The run was interrupted or its time was up.",
    next: "Run the command again.",
    exit: 130,
  },
  HTTP_URL_REFUSED: {
    what: "testx does not send requests to this address.",
    why: "It is not http or https, carries a user name or password, or is, or its name leads to, a link-local or cloud metadata address, which hands out credentials.",
    next: "Give the service's own http or https address, without a user name or password.",
    exit: 2,
  },
};
