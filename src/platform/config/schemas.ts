import * as z from "zod";
import { once } from "../../core/once.ts";
import { webAddressProblem } from "../../core/web-address.ts";

/** Names of integrations and steps: references write them between dots. `env` has a meaning of its own. */
const name = once(() =>
  z
    .string()
    .regex(
      /^(?!env$)[A-Za-z][A-Za-z0-9_-]{0,63}$/,
      "A name is letters, digits, - and _, begins with a letter, and is not env.",
    ),
);
const count = (least: number, most: number) => z.int().min(least).max(most);
const day = 86_400_000;
const ms = (most: number) => count(0, most);

const address = once(() =>
  z.string().superRefine((value, context) => {
    const problem = webAddressProblem(value);
    if (problem !== undefined)
      context.addIssue({ code: "custom", message: `The address ${problem}` });
  }),
);

const version = once(() => z.literal(1).describe("The version of this format."));
const $schema = once(() =>
  z.string().optional().describe("Where editors find the schema of this file."),
);
const fallback = once(() =>
  z
    .enum(["fail", "skip", "defer", "cache"])
    .describe(
      "fail: undo this run. skip: go on without it. defer: write later. cache: use what is known.",
    ),
);

const step = once(() =>
  z.strictObject({
    kind: z
      .string()
      .min(1)
      .describe("What to set up: a kind of resource of the integration's provider."),
    dependsOn: z
      .array(z.string().min(1))
      .optional()
      .describe(
        "Steps that come first: short names within the integration, integration.step elsewhere.",
      ),
    with: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("What the resource should be like."),
    ignore: z
      .union([z.literal(true), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe(
        "What is left to others once the resource is there: true for all of it, or names of its fields. Setup does not overwrite that, and drift does not report it.",
      ),
  }),
);

const integration = once(() =>
  z.strictObject({
    provider: z.string().min(1).describe("The service."),
    required: z.boolean().optional().describe("False: setup can do without it. Default: true."),
    dependsOn: z
      .array(z.string().min(1))
      .optional()
      .describe("Integrations that come first, all their steps."),
    onFailure: fallback().optional(),
    with: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Settings of the integration; ${env.NAME} may stand in them."),
    steps: z.record(name(), step()).optional().describe("What to set up, by name."),
  }),
);

const sequence = once(() =>
  z
    .strictObject({
      $schema: $schema(),
      version: version(),
      integrations: z.record(name(), integration()).describe("The services of the team, by name."),
    })
    .describe("What a team needs set up in its services, and in which order."),
);

const healthValues = once(() => ({
  intervalMs: ms(day).optional().describe("How long a healthy result counts."),
  expectedStatus: count(100, 599).optional().describe("The HTTP status of a healthy reply of url."),
  timeoutMs: count(1, 600_000).optional().describe("For the whole check."),
}));
const health = once(() => ({
  defaults: z.strictObject(healthValues()).optional().describe("For all integrations."),
  integrations: z
    .record(
      z.string(),
      z.strictObject({
        ...healthValues(),
        url: address().optional().describe("Asked instead of the provider's own check."),
      }),
    )
    .optional()
    .describe("For one integration, by its name."),
}));

const retryValues = once(() => ({
  maxAttempts: count(1, 20)
    .optional()
    .describe("How often a call is sent at most, the first included."),
  baseDelayMs: ms(600_000).optional().describe("The wait before the second attempt."),
  maxDelayMs: ms(3_600_000).optional().describe("No wait is longer than this."),
}));
const timeoutValues = once(() => ({
  connectMs: count(1, 600_000).optional().describe("To reach the service."),
  totalMs: count(1, 3_600_000).optional().describe("For a whole call, retries included."),
  settleMs: ms(600_000)
    .optional()
    .describe(
      "How long the service may still carry out a write after the connection was lost; testx waits this long before it looks whether to send again.",
    ),
}));
const policy = once(() =>
  z.union([
    z.string().min(1).describe("The name of a preset."),
    z.strictObject({
      preset: z
        .string()
        .min(1)
        .optional()
        .describe("The values not given here come from this preset."),
      ...retryValues(),
      timeouts: z.strictObject(timeoutValues()).optional(),
    }),
  ]),
);
const retry = once(() => ({
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

const fallbacks = once(() => ({
  default: z
    .strictObject({ required: fallback().optional(), optional: fallback().optional() })
    .optional()
    .describe("For required and for optional integrations."),
  integrations: z
    .record(z.string(), fallback())
    .optional()
    .describe("For one integration, by its name."),
}));

const switches = once(() =>
  z
    .strictObject({
      enabled: z.boolean().optional().describe("False: setup does nothing."),
      fallbackEnabled: z.boolean().optional().describe("False: configured fallbacks are not used."),
      offline: z.boolean().optional(),
      cacheRetentionHours: count(0, 87_600).optional(),
      localStorageFallback: z.boolean().optional(),
    })
    .describe("What holds for all integrations alike."),
);

const project = once(() =>
  z
    .strictObject({
      $schema: $schema(),
      config: z
        .string()
        .min(1)
        .optional()
        .describe("The folder of the four files, or the sequence file itself."),
      state: z.string().min(1).optional().describe("The state folder. Default: .testx"),
      health: z.strictObject(health()).optional(),
      retry: z.strictObject(retry()).optional(),
      fallback: z.strictObject(fallbacks()).optional(),
      switches: switches().optional(),
    })
    .describe("Settings of the project: testx.config.*, .testxrc or package.json#testx."),
);

/** The validators of the configuration files, each made when there is such a file. */
export const fileSchemas = {
  sequence,
  health: once(() =>
    z
      .strictObject({ $schema: $schema(), version: version(), ...health() })
      .describe("How integrations are asked whether they are up."),
  ),
  retry: once(() =>
    z
      .strictObject({ $schema: $schema(), version: version(), ...retry() })
      .describe("How often and when calls are sent again."),
  ),
  fallback: once(() =>
    z
      .strictObject({ $schema: $schema(), version: version(), ...fallbacks() })
      .describe("What to do when an integration fails for good."),
  ),
  project,
};

/** Without the records, for the generated schema of a sequence. */
export const sequenceParts = { integration, step };

export type ProjectSettings = z.infer<ReturnType<typeof project>>;
export type HealthSettings = ProjectSettings["health"];
export type RetrySettings = ProjectSettings["retry"];
export type FallbackSettings = ProjectSettings["fallback"];
export type SequenceDocument = z.infer<ReturnType<typeof sequence>>;
export type FileRole = keyof typeof fileSchemas;
