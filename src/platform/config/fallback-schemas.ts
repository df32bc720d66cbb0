import * as z from "zod";
import { once } from "../../core/once.ts";

const meanings =
  "fail: undo this run. skip: go on without it. defer: write later. cache: use what is known.";

/** A strategy that needs nothing more. */
export const plainFallback = once(() =>
  z.enum(["fail", "skip", "defer", "cache"]).describe(meanings),
);

const value = once(() =>
  z
    .record(z.string(), z.unknown())
    .describe(
      "For default: what later steps get in place of the receipt; ${env.NAME} and ${integration.step.field} may stand in it.",
    ),
);

const withValue = {
  strategy: once(() =>
    z
      .enum(["fail", "skip", "defer", "cache", "default"])
      .describe(`${meanings} default: go on with a fixed value.`),
  ),
};

const rule = once(() =>
  z.union([
    plainFallback(),
    z.strictObject({ strategy: withValue.strategy(), value: value().optional() }),
  ]),
);

const perIntegration = once(() =>
  z.union([
    plainFallback(),
    z.strictObject({
      strategy: withValue.strategy().optional(),
      value: value().optional(),
      steps: z
        .record(z.string(), rule())
        .optional()
        .describe("For one step, by its name; it outranks kinds."),
      kinds: z
        .record(z.string(), rule())
        .optional()
        .describe("For all steps of a kind: channel, page, label."),
    }),
  ]),
);

/** What stands in fallback-strategies.json, and under `fallback` in the project's settings. */
export const fallbacks = once(() => ({
  default: z
    .strictObject({ required: plainFallback().optional(), optional: plainFallback().optional() })
    .optional()
    .describe("For required and for optional integrations."),
  integrations: z
    .record(z.string(), perIntegration())
    .optional()
    .describe("For one integration, by its name."),
}));
