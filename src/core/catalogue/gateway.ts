import type { Catalogue } from "./entry.ts";

export const gatewayErrors: Catalogue = {
  GATEWAY_TIMEOUT: {
    what: "A service gave no connection, or no whole reply, in time.",
    why: "The service or the network is slow or down. When the request had been sent, a write may still have taken effect.",
    next: "Run the command again: testx looks first and sends nothing twice. If it is always slow, raise the integration's timeout in retry-policies.json.",
    exit: 1,
  },
  GATEWAY_REFUSED: {
    what: "A service refused the connection.",
    why: "Nothing listens at that address, the network is unreachable, or a firewall is in between. Nothing was sent.",
    next: "Check the service's base URL and your network, then run the command again.",
    exit: 1,
  },
  GATEWAY_DNS: {
    what: "The name of a service could not be resolved.",
    why: "You are offline, the name server does not answer, or the base URL has a typo. Nothing was sent.",
    next: "Check your network and the service's base URL, then run the command again.",
    exit: 1,
  },
  GATEWAY_TLS: {
    what: "A secure connection to a service could not be made.",
    why: "Its certificate is expired, for another name, or signed by an authority this machine does not know, such as a company proxy. Nothing was sent.",
    next: "Check the base URL and the machine's date. Behind a company proxy, point NODE_EXTRA_CA_CERTS to its certificate. Never turn verification off.",
    exit: 1,
  },
  GATEWAY_PROXY: {
    what: "The proxy gave no connection to a service.",
    why: "The proxy named by HTTPS_PROXY or HTTP_PROXY is down, refuses that host, or wants other credentials.",
    next: "Check the proxy variables; list hosts that need no proxy in NO_PROXY.",
    exit: 1,
  },
  GATEWAY_RESET: {
    what: "The connection was cut before a whole reply had come.",
    why: "The service, a proxy or the network closed it. A write may have taken effect.",
    next: "Run the command again: testx looks first and sends nothing twice.",
    exit: 1,
  },
  GATEWAY_UNREADABLE: {
    what: "A service answered with something that is not its API's format.",
    why: "A proxy, a login page or a broken reply stood in for the service, or the base URL points elsewhere. A write may have taken effect.",
    next: "Open the base URL in a browser from this machine and see who answers. Then run the command again: testx looks first and sends nothing twice.",
    exit: 1,
  },
  GATEWAY_UNAVAILABLE: {
    what: "A server error came back, and not from the service's API itself.",
    why: "The service, or what stands in front of it, is down or overloaded. A write may have taken effect.",
    next: "Look at the service's status page and run the command again when it is back.",
    exit: 1,
  },
  GATEWAY_UNSURE: {
    what: "An attempt without an answer was followed by a refusal, so the state is not known.",
    why: "The first attempt may have taken effect, and the refusal may be its consequence.",
    next: "Run the command again: testx looks first and sends nothing twice.",
    exit: 1,
  },
  GATEWAY_TOO_LARGE: {
    what: "A reply was larger than testx reads.",
    why: "The base URL points to something else than the API, or the account holds far more than usual.",
    next: "Check the base URL and run the command again; if it is the right one, please report this.",
    exit: 1,
  },
  GATEWAY_REDIRECTED: {
    what: "A service answered with a redirect, which testx does not follow.",
    why: "The repository or workspace was renamed or moved, or the base URL is not the final one. Following could send a token or a write to a stranger.",
    next: "Put the new name or address into the configuration. Where the message shows a number in place of it, open the old address in a browser: that leads there.",
    exit: 1,
  },
  GATEWAY_TOKEN_LOST: {
    what: "A service says that no token came with the call, though one was sent.",
    why: "Something on the way, most likely a proxy, takes the Authorization header out.",
    next: "Ask whoever runs the proxy to let the header through, or name the service's host in NO_PROXY to go past it.",
    exit: 1,
  },
  GATEWAY_RATE_LIMITED: {
    what: "A service asked to wait longer than the call's time allows, or kept refusing.",
    why: "Too many requests were made with this token or from this address. Nothing was changed by this call.",
    next: "Wait as long as the message says and run the command again; it goes on where it stopped.",
    exit: 1,
  },
  GATEWAY_QUEUE_FULL: {
    what: "Too many calls to a service were waiting for their turn, so one more was not sent.",
    why: "Only so many calls to a service are under way at once and only so many may wait; the service is slow, or very much is asked of it. Nothing was sent.",
    next: "Run the command again; it goes on where it stopped. If it happens often, raise `queue` of the integration's bulkhead.",
    exit: 1,
  },
  POLICY_FAILED: {
    what: "A policy of your own, from testx.config.ts, failed.",
    why: "It threw an error, gave no reply, or did with a call what a policy must not. When it had sent the call before, a write may have taken effect.",
    next: "The message names the policy and what happened: mend it, or take it out of testx.config.ts. What a policy may do is in docs/policies.md.",
    exit: 1,
  },
  GATEWAY_REQUEST_INVALID: {
    what: "A request could not be built.",
    why: "The base URL is not an http or https address, or a header, often the token, holds characters that are not allowed there, such as a line break.",
    next: "Check the base URL and the secret's value for stray characters.",
    exit: 2,
  },
  RUN_INTERRUPTED: {
    what: "The command was stopped.",
    why: "Ctrl-C was pressed, or the process was asked to end.",
    next: "Run the same command again: a setup, rollback or sync goes on where it stopped, and has said then whether there is something of it to undo.",
    exit: 130,
  },
};
