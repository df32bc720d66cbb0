import type { RunEventBody } from "../../src/core/events.ts";
import type { Fetch, FetchInit, Reply, Wire } from "../../src/core/http.ts";
import { BufferedReply, type HeaderRecord, RecordHeaders } from "../../src/core/reply.ts";
import { WireError } from "../../src/core/wire-error.ts";
import { createGateway, type GatewayOptions } from "../../src/gateway/gateway.ts";
import { FakeClock, seeded } from "../support/fake-clock.ts";

export interface Sent {
  readonly url: string;
  readonly init: FetchInit;
  readonly at: number;
}

/** GET reads, PUT and DELETE may be repeated, anything else creates. */
export const wire: Wire = {
  describe: ({ method, url }) => ({
    name: `${method} ${url.pathname}`,
    write: method !== "GET",
    idempotent: ["GET", "PUT", "DELETE"].includes(method),
  }),
};

export function reply(status: number, body: unknown = {}, headers: HeaderRecord = {}): Reply {
  return new BufferedReply({
    status,
    url: "http://service.test/",
    headers: new RecordHeaders(headers),
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export type Answer = Reply | WireError | ((init: FetchInit) => Promise<Reply>);

/** The whole gateway on a fake clock; the transport gives `answers` in turn, the last for ever. */
export function gatewayOn(answers: readonly Answer[], options: Partial<GatewayOptions> = {}) {
  const clock = new FakeClock();
  const events: RunEventBody[] = [];
  const sent: Sent[] = [];
  const transport: Fetch = async (url, init = {}) => {
    sent.push({
      url: String(url),
      init: { ...init, headers: { ...init.headers } as never },
      at: clock.monotonic(),
    });
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    if (typeof answer === "function") return answer(init);
    if (answer instanceof WireError) throw answer;
    if (answer === undefined) throw new Error("no answer");
    return answer;
  };
  const fetch = createGateway({
    integration: "service",
    wire,
    settings: {
      timeouts: { totalMs: 15_000 },
      retry: { maxAttempts: 3, baseDelayMs: 1_000, maxDelayMs: 10_000 },
      concurrency: { reads: 4, writes: 1 },
    },
    transport,
    clock,
    random: seeded(7),
    emit: (event) => events.push(event),
    ...options,
  });
  return { fetch, clock, events, sent };
}

/** Never answers; ends only when it is aborted. */
export function hang(sentBytes = true) {
  return (init: FetchInit): Promise<Reply> =>
    new Promise((_, reject) => {
      const stop = () => reject(new WireError("aborted", "aborted", { sent: sentBytes }));
      if (init.signal?.aborted) stop();
      init.signal?.addEventListener("abort", stop, { once: true });
    });
}

/** What became of a promise, without waiting for it to throw. */
export function outcomeOf(promise: Promise<unknown>): { value?: unknown; error?: unknown } {
  const seen: { value?: unknown; error?: unknown } = {};
  promise.then(
    (value) => {
      seen.value = value;
    },
    (error) => {
      seen.error = error;
    },
  );
  return seen;
}
