import type { Catalogue } from "./entry.ts";

/** What doctor tells of the network, and of the hosts on it. */
export const networkErrors: Catalogue = {
  NETWORK_PORTAL: {
    what: "A log-in page answers in place of the services.",
    why: "The network wants its users to log in first, and gives its own page for whatever is asked.",
    next: "Open any page in a browser, log in to the network, and run the command again.",
    exit: 1,
  },
  NETWORK_DOWN: {
    what: "No service can be reached.",
    why: "This machine has no network, or a firewall or VPN lets nothing out.",
    next: "Restore the network, then run the command again. Nothing was changed.",
    exit: 1,
  },
  NETWORK_DNS_DOWN: {
    what: "No name can be resolved.",
    why: "This machine has no network, or its DNS servers do not answer.",
    next: "Restore the network or correct the DNS servers, then run the command again.",
    exit: 1,
  },
  NETWORK_INTERCEPTED: {
    what: "The certificates of all services are replaced on the way.",
    why: "A proxy or security product of your company reads secure connections, and issues certificates that Node.js does not know; or a log-in page answers for every name.",
    next: "Ask for the certificate of its authority and name that file in NODE_EXTRA_CA_CERTS. Never switch certificate checks off.",
    exit: 1,
  },
  NETWORK_FILTERED: {
    what: "Connections are taken, but no service answers itself.",
    why: "A firewall, VPN, log-in page or a company's gateway stands between this machine and the services: it drops what is sent, or answers in their place.",
    next: "Log in to the network, or let what filters it pass the addresses of the services.",
    exit: 1,
  },
  PROXY_INVALID: {
    what: "The proxy's address cannot be read.",
    why: "HTTPS_PROXY or HTTP_PROXY holds something that is not an address.",
    next: "Give it the form http://proxy.example:8080, or unset it.",
    exit: 2,
  },
  DNS_SLOW: {
    what: "Names take seconds to be resolved.",
    why: "The first of this machine's DNS servers does not answer, so that each question waits for the next: a VPN that is gone has left it, or it is down.",
    next: "Look at the DNS servers of this machine, in /etc/resolv.conf or the network settings, and take out the one that is dead.",
    exit: 1,
  },
  NETWORK_DNS_FILTERED: {
    what: "The names of all services lead to this machine.",
    why: "The hosts file, an ad blocker or a filtering DNS server puts this machine's address in their place.",
    next: "Look into the hosts file and at what filters DNS, and let the services' names through.",
    exit: 1,
  },
  PROXY_BYPASSED: {
    what: "Services are to be reached without the proxy, and cannot be.",
    why: "NO_PROXY has a name that fits them, such as the end of their names.",
    next: "Take what fits them out of NO_PROXY, then try again.",
    exit: 1,
  },
  PROXY_UNREACHABLE: {
    what: "The proxy cannot be reached.",
    why: "HTTPS_PROXY or HTTP_PROXY names a proxy that is down, or one of another network.",
    next: "Correct or unset the variable, then run the command again.",
    exit: 1,
  },
  PROXY_REFUSED: {
    what: "The proxy lets testx reach no service.",
    why: "It wants a user and password, does not let these services through, or cannot reach them itself.",
    next: "Put user and password into its address, or ask whoever runs it to let the services through.",
    exit: 1,
  },
  PROXY_UNUSED: {
    what: "A proxy is named, but not used.",
    why: "Node.js sends through HTTPS_PROXY and HTTP_PROXY only when NODE_USE_ENV_PROXY is 1.",
    next: "Set NODE_USE_ENV_PROXY=1, or unset the proxy where none is needed.",
    exit: 1,
  },
  HOST_UNRESOLVED: {
    what: "The name of a service cannot be resolved.",
    why: "It is misspelt, or the network's DNS does not know it.",
    next: "Correct the address: `testx config show --origin` says where it comes from.",
    exit: 1,
  },
  HOST_UNREACHABLE: {
    what: "A service takes no connections.",
    why: "Nothing listens at its address, or a firewall stands in between.",
    next: "Correct the address (`testx config show --origin` says where it comes from), or wait until the service is back.",
    exit: 1,
  },
  HOST_PROXY_REFUSED: {
    what: "The proxy gives no connection to a service.",
    why: "It does not let this service through, or cannot reach it itself.",
    next: "Ask whoever runs the proxy, or name the host in NO_PROXY where it can be reached without.",
    exit: 1,
  },
  HOST_NO_TLS: {
    what: "A service speaks no TLS that testx could use at its address.",
    why: "The address begins with https, and at its port there is something that speaks plain HTTP, another protocol or an outdated TLS, or that asks its users for certificates.",
    next: "Correct the address: `testx config show --origin` says where it comes from.",
    exit: 1,
  },
  HOST_TLS_NAME: {
    what: "A service's certificate is for another name.",
    why: "The address names the host otherwise than its certificate does, or something else answers in its place.",
    next: "Correct the address: `testx config show --origin` says where it comes from.",
    exit: 1,
  },
  HOST_TLS_UNTRUSTED: {
    what: "A service's certificate is not trusted.",
    why: "It was issued by an authority that Node.js does not know, or for another name.",
    next: "Correct the address; for an authority of your own, name its file in NODE_EXTRA_CA_CERTS.",
    exit: 1,
  },
  HOST_TLS_EXPIRED: {
    what: "A service's certificate is not valid at this time.",
    why: "It has expired or is not valid yet, or this machine's clock is wrong.",
    next: "Compare the clock with the right time; else whoever runs the service must renew it.",
    exit: 1,
  },
  HOST_TLS_EXPIRING: {
    what: "A service's certificate expires soon.",
    why: "Whoever runs the service has not renewed it yet.",
    next: "Renew it, if the service is yours.",
    exit: 0,
  },
  HOST_NO_REPLY: {
    what: "A service takes connections, but gives no HTTP reply.",
    why: "The address or the port belongs to something else, the service hangs, or a firewall cuts what is sent to it.",
    next: "Correct the address: `testx config show --origin` says where it comes from.",
    exit: 1,
  },
};
