import type { Random } from "../core/ports.ts";
import { callOf } from "./call.ts";
import type { Policy } from "./policy.ts";

/** Gives every attempt an id of its own in `X-Request-ID`, for logs on both sides. */
export function identify(integration: string, random: Random): Policy {
  const prefix = `${integration.replace(/[^\w.-]/g, "_")}-${letters(random, 10)}-`;
  let count = 0;
  return (next) => (url, init) => {
    const call = callOf(init);
    count += 1;
    call.requestId = prefix + count;
    return next(url, call);
  };
}

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

function letters(random: Random, length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * 36)]).join("");
}
