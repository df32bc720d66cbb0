import * as z from "zod";
import { once } from "../../core/once.ts";
import { period } from "./duration.ts";

const plainKeys = ["env", "file", "command"] as const;
const exchangeKeys = ["githubApp", "slackRefresh"] as const;

const plain = once(() => ({
  env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "This must be the name of an environment variable")
    .optional()
    .describe("The environment variable that holds it."),
  file: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The file that holds it, relative to the project or to ~; read again when it changes.",
    ),
  store: z
    .literal(true)
    .optional()
    .describe("For file: testx may write what the service gives in place of a refresh token."),
  command: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Program and arguments; what it prints is the credential. No shell is involved."),
  ttl: period()
    .optional()
    .describe("For command: how long its output counts before it is run again."),
}));

const part = once(() => one(z.strictObject(plain()), plainKeys));

/** A number or text; ${env.NAME} may stand in the text. */
const id = once(() => z.union([z.int().min(1), z.string().min(1)]));

/** Where one credential comes from: exactly one of the ways. */
const source = once(() =>
  one(
    z.strictObject({
      ...plain(),
      githubApp: z
        .strictObject({
          appId: id().describe("Of the app, or its client ID."),
          installationId: id(),
          privateKey: part().describe("Where its private key comes from."),
        })
        .optional()
        .describe("Short-lived tokens of a GitHub App's installation."),
      slackRefresh: z
        .strictObject({
          clientId: z.string().min(1),
          clientSecret: part(),
          refreshToken: part(),
        })
        .optional()
        .describe("Slack's rotated tokens: a refresh token gives a new one every 12 hours."),
    }),
    [...plainKeys, ...exchangeKeys],
  ),
);

export const credentials = once(() =>
  z
    .array(source())
    .min(1)
    .describe(
      "Where the credentials come from, tried in this order. Default: the provider's environment variable.",
    ),
);

export type CredentialEntry = z.infer<ReturnType<typeof source>>;
export type CredentialPart = z.infer<ReturnType<typeof part>>;

function one<T extends z.ZodType<object>>(schema: T, keys: readonly string[]): T {
  return schema
    .superRefine((value, context) => {
      const given = keys.filter((key) => Object.hasOwn(value, key));
      if (given.length !== 1) {
        const message = `A source has exactly one of ${keys.join(", ")}; this has ${given.length === 0 ? "none" : given.join(" and ")}`;
        context.addIssue({ code: "custom", message });
      } else if (Object.hasOwn(value, "ttl") && given[0] !== "command") {
        context.addIssue({ code: "custom", message: "Only a command has a ttl", path: ["ttl"] });
      } else if (Object.hasOwn(value, "store") && given[0] !== "file") {
        const message = "Only a file can be stored in";
        context.addIssue({ code: "custom", message, path: ["store"] });
      }
    })
    .meta({ oneOf: keys.map((key) => ({ required: [key] })) }) as T;
}
