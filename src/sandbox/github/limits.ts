import type { SandboxContext, SandboxRequest } from "../../core/stand-in.ts";
import { type Operation, ok } from "./exchange.ts";
import { Refusal } from "./refusal.ts";
import type { GithubState } from "./state.ts";
import { json, type ReplyOf } from "./views.ts";

const hourMs = 3_600_000;

/** Counts the request. @throws Refusal 403 or 429 when GitHub would take no more */
export function limited(
  { path }: SandboxRequest,
  state: GithubState,
  context: SandboxContext,
): void {
  if (path === "/rate_limit") return;
  const { rate, throttle } = state;
  if (context.now() - rate.since >= hourMs) Object.assign(rate, { since: context.now(), used: 0 });
  if (throttle && throttle.times > 0) {
    throttle.times -= 1;
    const { retryAfter, status } = throttle;
    throw new Refusal(
      status,
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      {},
      retryAfter === null ? {} : { "retry-after": String(retryAfter) },
    );
  }
  if (rate.used >= rate.limit) throw new Refusal(403, "API rate limit exceeded for user ID 102.");
  rate.used += 1;
}

export function limitHeaders(
  { rate }: GithubState,
  context: SandboxContext,
): Record<string, string> {
  const { limit, remaining, used, reset } = overview(rate, context.now());
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String(reset),
    "x-ratelimit-resource": "core",
  };
}

function overview({ limit, used, since }: GithubState["rate"], now: number) {
  const reset = Math.ceil(((since === 0 ? now : since) + hourMs) / 1000);
  return { limit, used, remaining: Math.max(0, limit - used), reset };
}

export const rateOperations: readonly Operation[] = [
  {
    method: "GET",
    template: "/rate_limit",
    handle({ state, context }) {
      const core = overview(state.rate, context.now());
      const reply: ReplyOf<"GET /rate_limit"> = { resources: { core, search: core }, rate: core };
      return ok(json(reply));
    },
  },
];
