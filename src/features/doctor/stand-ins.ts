import { capital } from "../../core/capital.ts";
import { catalogue } from "../../core/catalogue/catalogue.ts";
import type { CheckId, CheckOutcome, Finding } from "../../core/diagnosis.ts";
import type { Integration } from "../../core/sequence.ts";
import { isLoopback } from "../../core/web-address.ts";
import type { Check, Found } from "./checks.ts";
import type { Endpoint } from "./hosts.ts";
import type { Answer, Observed } from "./observed.ts";

export interface StandInDeps {
  /** Those that are asked over the network. */
  readonly integrations: readonly Integration[];
  checkOf(integration: string): CheckId;
  endpoint(integration: string): Endpoint | undefined;
  observed(integration: string): Observed;
}

interface Failing {
  readonly integration: Integration;
  readonly answer: Answer;
}

/** When the same comes in place of every service's answer, it is not the services. */
export function standIns({ integrations, checkOf, endpoint, observed }: StandInDeps): Check {
  return {
    id: "services.together",
    title: "all of them",
    after: integrations.map(({ id }) => checkOf(id)),
    async run(found) {
      const [first] = integrations.map(({ id }) => checkOf(id));
      if (first && integrations.every(({ id }) => found(checkOf(id)) === undefined)) {
        return { ...nothing, skipped: first };
      }
      const lost = lostTokens(integrations, checkOf, found);
      if (lost !== undefined) return lost;
      const replied = integrations.flatMap((integration): Failing[] => {
        const { last: answer } = observed(integration.id);
        return answer === undefined ? [] : [{ integration, answer }];
      });
      const failing = replied.filter(({ integration: { id } }) =>
        found(checkOf(id))?.some(({ severity }) => severity !== "note"),
      );
      const [look, ...more] = new Set(failing.map(({ answer }) => lookOf(answer)));
      if (failing.length < 2 || look === undefined || more.length > 0) return nothing;
      const evidence = failing.map(({ answer }) => told(answer));
      const finding = (parts: Pick<Finding, "code" | "what" | "fix">): CheckOutcome => {
        const severity = failing.some(({ integration }) => integration.required)
          ? "error"
          : "warning";
        const explains = [{ checks: ["services.", "drift.", "clock.", "breakers."] }];
        const base = { severity, check: "services.together", evidence, explains } as const;
        return { evidence, findings: [{ ...base, ...parts }] };
      };
      // Services of one make may well answer alike, and some while others are well.
      const various = new Set(failing.map(({ integration: { provider } }) => provider)).size > 1;
      const everywhere = replied.every((one) => failing.includes(one) || isAside(one, failing));
      const { status, form } = (failing[0] as Failing).answer;
      const isLogIn = look === "log-in page" || (various && look.startsWith(within));
      if ((everywhere && isLogIn) || status === loginRequired || isOnePlace(failing)) {
        const what = "A log-in page answers in place of the services.";
        const text = "Open any page in a browser and log in to the network, then run this again.";
        return finding({ code: "NETWORK_PORTAL", what, fix: { text } });
      }
      if (look === "proxy") {
        const what = "A proxy on the way wants a user and password.";
        const text =
          "Put user and password into the proxy's address, or ask whoever runs it to let the services through.";
        return finding({ code: "PROXY_REFUSED", what, fix: { text } });
      }
      if (look === "elsewhere") {
        const what = "The services answer with redirects to other addresses.";
        const settings = failing.flatMap(({ integration: { id }, answer }) => {
          return movedTo(answer, endpoint(id)) ?? [];
        });
        const text = `${whether(failing)}set ${settings.join(" and ")}.`;
        const fix = { text: capital(settings.length === 0 ? addresses : text) };
        return finding({ code: "GATEWAY_REDIRECTED", what, fix });
      }
      if (!various || !everywhere) return nothing;
      const refused = status < 500 && form !== "page";
      if (refused && !failing.some(({ integration }) => known.has(integration.provider))) {
        return nothing;
      }
      const what = `The same answer comes in place of every service's own: HTTP ${status}.`;
      const text =
        status >= 500
          ? "Ask whoever runs this network's way out: it seems not to reach the services."
          : "Look at what filters the network: a firewall, a VPN, a company's gateway.";
      return finding({ code: "NETWORK_FILTERED", what, fix: { text } });
    },
  };
}

/** What takes the token of several services out is on the way to all of them. */
function lostTokens(
  integrations: readonly Integration[],
  checkOf: StandInDeps["checkOf"],
  found: Found,
): CheckOutcome | undefined {
  const code = "GATEWAY_TOKEN_LOST";
  const all = integrations.flatMap(({ id }) => found(checkOf(id)) ?? []);
  const lost = all.filter((finding) => finding.code === code);
  if (lost.length < 2) return undefined;
  // One that does not tell a missing token from a wrong one was sent its own all the same.
  const codes = [code, ...all.flatMap((one) => one.code.match(/^\w+_TOKEN_INVALID$/)?.[0] ?? [])];
  const evidence = lost.map(({ what }) => what);
  const explains = [{ checks: ["services."], codes }];
  const what = "No token reaches the services: something on the way takes it out.";
  const text = catalogue[code]?.next ?? "";
  const about = { severity: "error", check: "services.together", evidence, explains } as const;
  return { evidence, findings: [{ ...about, code, what, fix: { text } }] };
}

const nothing: CheckOutcome = { evidence: [], findings: [] };

/** Network Authentication Required: https://www.rfc-editor.org/rfc/rfc6585#section-6 */
const loginRequired = 511;

/** What an answer is when it is not the service's own; answers that look alike are equal. */
function lookOf({ asked, status, form, fields, to }: Answer): string | undefined {
  // A log-in has one path, what a service has renamed one for each.
  if (to?.origin === asked.origin) return `${within}${to.pathname}`;
  if (to !== undefined) return isElsewhere(asked, to) ? "elsewhere" : "log-in page";
  if (status === loginRequired || (status < 400 && form === "page")) return "log-in page";
  if (status < 400) return undefined;
  return status === 407 ? "proxy" : `${status} ${form} ${fields.join()}`;
}

const within = "elsewhere within: ";

/** Those of which testx knows that they refuse in other words: any two APIs may refuse alike. */
const known = new Set(["slack", "notion", "github"]);

/** On this machine: it says nothing of the way to the others. */
function isAside({ answer }: Failing, failing: readonly Failing[]): boolean {
  const isHere = (one: Answer) => isLoopback(one.asked.hostname);
  return isHere(answer) && !failing.some((one) => isHere(one.answer));
}

/** The same path at another address; a log-in has a path of its own. */
function isElsewhere(asked: URL, to: URL): boolean {
  return to.origin !== asked.origin && to.pathname === asked.pathname;
}

/** To which all are led, though they are not asked at one. */
function isOnePlace(failing: readonly Failing[]): boolean {
  const hosts = (of: (answer: Answer) => string | undefined) =>
    new Set(failing.map(({ answer }) => of(answer))).size;
  const [first] = failing;
  if (first?.answer.to === undefined || hosts(({ asked }) => asked.host) < 2) return false;
  return hosts(({ to }) => to?.host) === 1;
}

const addresses =
  "correct their addresses: `testx config show --origin` says where they come from.";

function told({ asked, status, form, to }: Answer): string {
  if (to !== undefined) {
    // The path may hold what lets somebody in.
    const there = to.origin === asked.origin ? "another path there" : to.origin;
    return `a redirect from ${asked.origin} to ${there}`;
  }
  const what = { page: "a page of HTML", data: "data", text: "text", nothing: "nothing" }[form];
  return `${what} from ${asked.host}, with status ${status}`;
}

/** What a redirect to another address asks for: `NOTION_API_URL=https://…`. */
function movedTo({ asked, to }: Answer, at: Endpoint | undefined): string | undefined {
  if (to === undefined || at?.variable === undefined || !isElsewhere(asked, to)) return undefined;
  const { pathname } = new URL(at.url);
  return `${at.variable}=${to.origin}${pathname === "/" ? "" : pathname}`;
}

/** What to do about a redirect that changes no more than the address. */
export function redirectAdvice(answer: Answer, at: Endpoint | undefined): string | undefined {
  const setting = movedTo(answer, at);
  if (setting === undefined) return undefined;
  return capital(`${whether([{ answer }])}set ${setting}.`);
}

/** Tokens would be sent there. */
function whether(all: readonly Pick<Failing, "answer">[]): string {
  const strange = all.flatMap(({ answer: { asked, to } }) =>
    to === undefined || to.hostname === asked.hostname ? [] : to.hostname,
  );
  return strange.length === 0 ? "" : `if ${strange.join(" and ")} can be trusted, `;
}
