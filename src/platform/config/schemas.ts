import * as z from "zod";
import { once } from "../../core/once.ts";
import { hostProblem, webAddressProblem } from "../../core/web-address.ts";
import { cacheAddress } from "./cache-address.ts";
import { credentials } from "./credential-schemas.ts";
import { fallbacks, plainFallback } from "./fallback-schemas.ts";
import { retry } from "./policy-schemas.ts";
import { scenarios } from "./scenario-schemas.ts";

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

const host = once(() =>
  z.string().superRefine((value, context) => {
    const problem = hostProblem(value);
    if (problem !== undefined) context.addIssue({ code: "custom", message: `The host ${problem}` });
  }),
);

const version = once(() => z.literal(1).describe("The version of this format."));
const $schema = once(() =>
  z.string().optional().describe("Where editors find the schema of this file."),
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
    onFailure: plainFallback().optional(),
    credentials: credentials().optional(),
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
        check: z
          .enum(["provider", "http", "tcp"])
          .optional()
          .describe(
            "provider: its own check. http: asks url. tcp: connects to host and port. Default: http where there is a url, tcp where there is a host, else provider.",
          ),
        url: address().optional().describe("For http: asked instead of the provider's own check."),
        host: host().optional().describe("For tcp: a name or an address."),
        port: count(1, 65_535).optional().describe("For tcp."),
      }),
    )
    .optional()
    .describe("For one integration, by its name."),
}));

const switches = once(() =>
  z
    .strictObject({
      enabled: z.boolean().optional().describe("False: setup does nothing."),
      fallbackEnabled: z.boolean().optional().describe("False: configured fallbacks are not used."),
      offline: z.boolean().optional().describe("True: work without the services."),
      cacheRetentionHours: count(0, 87_600)
        .optional()
        .describe("How long what is known may be used. Default: 24."),
      localStorageFallback: z
        .boolean()
        .optional()
        .describe("False: a store that cannot be opened is an error. Default: true."),
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
      providers: z
        .record(name(), z.string().min(1))
        .optional()
        .describe(
          "Providers of your own, by id: a path from the project (./providers/jira.ts) or a package. Their code is run.",
        ),
      health: z.strictObject(health()).optional(),
      retry: z.strictObject(retry()).optional(),
      fallback: z.strictObject(fallbacks()).optional(),
      switches: switches().optional(),
      cache: cacheAddress()
        .optional()
        .describe("Where what is known is kept: sqlite:FILE, redis://HOST or memory:"),
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
  scenarios,
};

/** Without the records, for the generated schema of a sequence. */
export const sequenceParts = { integration, step };

export type ProjectSettings = z.infer<ReturnType<typeof project>>;
export type HealthSettings = ProjectSettings["health"];
export type RetrySettings = ProjectSettings["retry"];
export type FallbackSettings = ProjectSettings["fallback"];
export type SequenceDocument = z.infer<ReturnType<typeof sequence>>;
export type FileRole = keyof typeof fileSchemas;
