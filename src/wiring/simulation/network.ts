import type { Fetch, FetchInit, Reply } from "../../core/http.ts";
import type { Outages, Struck } from "../../core/outages.ts";
import type { Random } from "../../core/ports.ts";
import { WireError, type WireFault } from "../../core/wire-error.ts";
import { callOf, type GatewayCall } from "../../gateway/call.ts";
import type { VirtualTime } from "../../platform/virtual-time.ts";
import type { Aimed } from "../../sandbox/fault.ts";
import { aimedAt } from "./aim.ts";

/** Told of what the network does with a call, in ms of the simulation. */
export type Wiretap = (about: {
  readonly what: "sent" | "struck" | "arrived" | "landed" | "answered" | "cut";
  readonly call: GatewayCall;
  readonly detail?: string;
}) => void;

export interface NetworkDeps {
  readonly time: VirtualTime;
  /** Sends over real sockets. */
  readonly transport: Fetch;
  /** Prepares the stand-ins for one request. */
  aim(requestId: string, aimed: Aimed): void;
  readonly random: Random;
  readonly tap: Wiretap;
}

/** What decides about the calls of one process of testx. */
export interface Line {
  readonly outages: readonly { readonly of: Outages; readonly since: number }[];
  alive(): boolean;
  die(): void;
}

interface Waiting {
  readonly line: Line;
  readonly call: GatewayCall;
  readonly url: string;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: WireError) => void;
  /** It may have got out: whatever comes, nobody knows. */
  sent: boolean;
  over: boolean;
  /** Ends the real request of one that stalls. */
  hangUp?: () => void;
}

/** How long a call is on its way in calm weather, in ms, each way. */
const usual = { least: 10, most: 40 };

/** Nobody listens on this port of any machine that is not from another time. */
const deaf = "http://127.0.0.1:1";

/**
 * The line between testx and the stand-ins. Calls gather until everything is at rest, are put
 * in an order that does not depend on chance, and travel one at a time: over real sockets, and
 * as long as the virtual time says.
 */
export class Network {
  readonly #deps: NetworkDeps;
  #gathered: Waiting[] = [];
  readonly #hanging = new Set<() => void>();
  /** Requests that the services may still carry out. */
  underWay = 0;

  constructor(deps: NetworkDeps) {
    this.#deps = deps;
  }

  /** The transport of one process of testx. */
  fetch(line: Line): Fetch {
    return (url, init) =>
      new Promise<Reply>((resolve, reject) => {
        const call = callOf(init);
        const one: Waiting = {
          ...{ line, call, url: String(url), sent: false, over: false },
          resolve: (reply) => void (line.alive() && resolve(reply)),
          reject: (error) => void (line.alive() && reject(error)),
        };
        if (!line.alive()) return;
        const stop = (): void => this.#end(one, cut("aborted", one.sent, call.signal.reason));
        if (call.signal.aborted) {
          stop();
          return;
        }
        call.signal.addEventListener("abort", stop, { once: true });
        this.#gathered.push(one);
        this.#deps.time.touch();
      });
  }

  /** Puts what has gathered on its way. */
  depart(): void {
    const all = this.#gathered.filter(({ over, line }) => !over && line.alive());
    this.#gathered = [];
    for (const one of all.sort(inOrder)) this.#depart(one);
  }

  #depart(one: Waiting): void {
    const { time, tap } = this.#deps;
    const { call } = one;
    const struck = this.#strike(one);
    const { blow } = struck;
    tap({ what: "sent", call, detail: struck.by.length === 0 ? "" : (blow?.fault ?? "slowed") });
    const ways = this.#ways(struck);
    const soon = time.now + ways.there;
    const { host, hostname } = new URL(one.url);
    const fails = (at: number, fault: WireFault, sent: boolean, message: string): void => {
      time.at(at, () => this.#end(one, cut(fault, sent, undefined, message)));
    };
    switch (blow?.fault) {
      case "death":
        one.sent = true;
        if (blow.when === "before") one.line.die();
        else this.#travel(one, struck, soon, "dies");
        break;
      case "dns":
        fails(soon, "dns", false, `${hostname} cannot be resolved (ENOTFOUND)`);
        break;
      case "refused":
        time.at(soon, () => this.#real(one, `${deaf}${path(one.url)}`));
        break;
      case "tls":
        time.at(soon, () => this.#real(one, one.url.replace(/^http:/, "https:")));
        break;
      case "unreachable": {
        const after = call.connectMs ?? 10_000;
        const message = `no connection to ${host} within ${after} ms`;
        fails(time.now + after, "connect-timeout", false, message);
        break;
      }
      case "late":
        one.sent = true;
        fails(soon, "reset", true, `the connection to ${host} was cut`);
        this.#travel(one, struck, soon + blow.ms);
        break;
      default:
        one.sent = true;
        this.#travel(one, struck, soon, ways.back);
    }
  }

  #strike({ call, line }: Waiting): Struck {
    const target = {
      integration: call.integration,
      operation: call.operation.name,
      write: call.operation.write,
      step: call.context?.step,
    };
    const all = line.outages.map(({ of, since }) => of.strike(target, this.#deps.time.now - since));
    const blow = all.find((one) => one.blow !== undefined)?.blow;
    return {
      ...(blow && { blow }),
      slow: all.flatMap(({ slow }) => slow),
      skewMs: all.reduce((sum, { skewMs }) => sum + skewMs, 0),
      invisibleMs: Math.max(0, ...all.map(({ invisibleMs }) => invisibleMs)),
      by: all.flatMap(({ by }) => by),
    };
  }

  /** How long it takes there, and from the whole reply's size how long back, in ms. */
  #ways({ slow }: Struck): { there: number; back: (bytes: number) => number } {
    const { random } = this.#deps;
    const draw = (): number => usual.least + Math.floor(random() * (usual.most - usual.least + 1));
    const extra = slow.reduce(
      (sum, { ms = 0, jitterMs = 0 }) => sum + ms + Math.floor(random() * (jitterMs + 1)),
      0,
    );
    const there = draw() + Math.ceil(extra / 2);
    const back = draw() + Math.floor(extra / 2);
    const rates = slow.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []);
    const rate = Math.min(Number.POSITIVE_INFINITY, ...rates);
    return { there, back: (bytes) => back + Math.ceil((bytes * 1000) / rate) };
  }

  /** Lets a request arrive at that time, whether or not anybody still waits for its reply. */
  #travel(
    one: Waiting,
    struck: Struck,
    at: number,
    then: ((bytes: number) => number) | "dies" | undefined = undefined,
  ): void {
    const { time, tap } = this.#deps;
    this.underWay += 1;
    time.at(at, async () => {
      this.underWay -= 1;
      tap({ what: one.over ? "landed" : "arrived", call: one.call });
      const end = await this.#exchange(one, one.url, aimedAt(struck));
      if (then === "dies") one.line.die();
      if (then === "dies" || end === "stalled" || then === undefined || one.over) return;
      if (end instanceof WireError) {
        time.at(time.now + then(0), () => this.#end(one, end));
        return;
      }
      const bytes = end.body === null ? 0 : (end.body as Uint8Array).length;
      time.at(time.now + then(bytes), () => {
        // An answer for which nobody waits any more comes to nobody.
        if (one.over) return;
        tap({ what: "answered", call: one.call, detail: String(end.status) });
        this.#end(one, end);
      });
    });
  }

  /** A connection that fails by itself. */
  async #real(one: Waiting, url: string): Promise<void> {
    const end = await this.#exchange(one, url, undefined);
    if (end !== "stalled") this.#end(one, end);
  }

  #exchange(
    one: Waiting,
    url: string,
    aimed: Aimed | undefined,
  ): Promise<Reply | WireError | "stalled"> {
    const { time, transport, aim } = this.#deps;
    const { method, headers, body, requestId } = one.call;
    return time.during(async () => {
      const stalled = new Promise<"stalled">((resolve) => {
        if (aimed) aim(requestId, { ...aimed, stalled: () => resolve("stalled") });
      });
      const hanging = new AbortController();
      const init: FetchInit = { method, headers, body, signal: hanging.signal };
      const ended = transport(url, init).catch((error: unknown) => {
        if (error instanceof WireError) return error;
        throw error;
      });
      const end = await Promise.race([ended, stalled]);
      if (end !== "stalled") return end;
      const hangUp = (): void => {
        this.#hanging.delete(hangUp);
        hanging.abort("over");
      };
      if (one.over) hangUp();
      else {
        this.#hanging.add(hangUp);
        one.hangUp = hangUp;
      }
      return end;
    });
  }

  /** Ends what still hangs. */
  close(): void {
    for (const hangUp of this.#hanging) hangUp();
  }

  #end(one: Waiting, end: Reply | WireError): void {
    if (one.over) return;
    one.over = true;
    one.hangUp?.();
    const { call } = one;
    if (end instanceof WireError) {
      this.#deps.tap({ what: "cut", call, detail: end.fault });
      one.reject(end);
    } else one.resolve(end);
    this.#deps.time.touch();
  }
}

function cut(fault: WireFault, sent: boolean, cause?: unknown, message: string = fault): WireError {
  return new WireError(fault, message, { sent, cause });
}

function path(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** By what a call is, and only then by when it came. */
function inOrder(a: Waiting, b: Waiting): number {
  const [one, other] = [sortKey(a.call), sortKey(b.call)];
  return one < other ? -1 : one > other ? 1 : 0;
}

function sortKey({ integration, context, operation, request }: GatewayCall): string {
  return [integration, context?.step ?? "", operation.name, request.url.pathname].join("\n");
}
