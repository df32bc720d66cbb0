import * as z from "zod";
import { once } from "../../core/once.ts";
import { duration, period } from "./duration.ts";

const count = (least: number, most: number) => z.int().min(least).max(most);
const ms = (most: number) => count(0, most);
const operationName = once(() =>
  z
    .string()
    .regex(/\S/, "A pattern of names of operations, such as chat.* or POST /repos/*, is not empty"),
);

const retryValues = once(() => ({
  maxAttempts: count(1, 20)
    .optional()
    .describe("How often a call is sent at most, the first included."),
  baseDelayMs: ms(600_000).optional().describe("The wait before the second attempt."),
  maxDelayMs: ms(3_600_000).optional().describe("No wait is longer than this."),
  strategy: z
    .enum(["fixed", "linear", "exponential", "full-jitter", "decorrelated-jitter"])
    .optional()
    .describe("How the waits grow. Default: full-jitter."),
}));
const presetName = once(() => z.string().min(1));

const operation = once(() =>
  z.union([
    presetName().describe("The name of a preset."),
    z.strictObject({
      preset: presetName().optional().describe("The values not given here come from this preset."),
      ...retryValues(),
    }),
  ]),
);

const timeouts = once(() =>
  z
    .strictObject({
      connectMs: count(1, 600_000).optional().describe("To reach the service."),
      totalMs: count(1, 3_600_000).optional().describe("For a whole call, retries included."),
      settleMs: ms(600_000)
        .optional()
        .describe(
          "How long the service may still carry out a write after the connection was lost; testx waits this long before it looks whether to send again.",
        ),
    })
    .describe("How long things may take."),
);

const rateLimit = once(() =>
  z.strictObject({
    id: z
      .string()
      .regex(/^[A-Za-z][\w -]{0,63}$/, "A limit's name is letters, digits, spaces, - and _")
      .optional()
      .describe("Its name; one that the provider has as well replaces it. Default: requests."),
    requests: count(1, 10_000_000).describe("So many at most,"),
    per: period().describe('in any time of this length: "1s", "1m", "1h", or milliseconds.'),
    burst: count(1, 10_000_000)
      .optional()
      .describe("So many of them at once. Default: a tenth, at least one."),
  }),
);

const breaker = once(() =>
  z
    .strictObject({
      enabled: z.boolean().optional().describe("False: it never opens by itself. Default: true."),
      consecutive: count(1, 10_000)
        .optional()
        .describe("So many failures in a row open it. Default: 5."),
      ratio: z
        .number()
        .gt(0)
        .max(1)
        .optional()
        .describe("This share of failures within windowMs opens it. Default: 0.5."),
      minimum: count(1, 10_000)
        .optional()
        .describe("The share counts only from so many calls on. Default: 5."),
      windowMs: count(1, 86_400_000).optional().describe("Default: 30000."),
      openMs: count(1, 86_400_000)
        .optional()
        .describe("How long it stays open before one call is let through to try. Default: 30000."),
    })
    .describe("When calls to a failing service are stopped for a while."),
);

const bulkhead = once(() =>
  z
    .strictObject({
      reads: count(1, 1_000)
        .optional()
        .describe("How many reads at once. Default: the provider's."),
      writes: count(1, 1_000)
        .optional()
        .describe("How many writes at once. Default: the provider's."),
      queue: count(0, 1_000_000)
        .optional()
        .describe("How many calls may wait for their turn. Default: 1000."),
    })
    .describe("How many calls may be under way at once."),
);

const cache = once(() =>
  z
    .strictObject({
      enabled: z.boolean().optional().describe("False: every read is asked anew. Default: true."),
      ttl: z
        .record(z.string().min(1), duration())
        .optional()
        .describe('How long answers count, by kind of thing: { "repository": "1h" }.'),
      revalidate: duration()
        .optional()
        .describe("How long past that an answer may stand in while a new one is fetched."),
    })
    .describe("How long answers of reads are kept."),
);

const budget = once(() =>
  z
    .strictObject({
      ratio: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe("Retries a run may add, as a share of its calls. Default: 0.1."),
      free: count(0, 10_000).optional().describe("The first retries of a run, which do not count."),
    })
    .describe("How many retries a whole run may send."),
);

const policy = once(() =>
  z.union([
    presetName().describe("The name of a preset."),
    z.strictObject({
      preset: presetName().optional().describe("The values not given here come from this preset."),
      ...retryValues(),
      operations: z
        .record(operationName(), operation())
        .optional()
        .describe(
          "For operations by name, such as chat.postMessage, chat.* or POST /repos/*; the first that fits counts.",
        ),
      budget: budget().optional(),
      timeouts: timeouts().optional(),
      rateLimits: z
        .array(rateLimit())
        .min(1)
        .optional()
        .describe("How many requests the service takes in a time. Default: the provider's."),
      breaker: breaker().optional(),
      bulkhead: bulkhead().optional(),
      cache: cache().optional(),
    }),
  ]),
);

/** What stands in retry-policies.json, and under `retry` in the project's settings. */
export const retry = once(() => ({
  presets: z
    .record(z.string(), z.strictObject(retryValues()))
    .optional()
    .describe("Named sets of values; QUICK, STANDARD, AGGRESSIVE and RATE_LIMITED are built in."),
  default: policy().optional().describe("For all integrations."),
  integrations: z
    .record(z.string(), policy())
    .optional()
    .describe("For one integration, by its name."),
}));
