import * as z from "zod";
import { once } from "../../core/once.ts";

const week = 604_800_000;
const ms = () => z.int().min(0).max(week);
const count = () => z.int().min(1).max(100_000);

/** Which calls a fault befalls; every fault has these keys. */
const scope = once(() => ({
  integration: z.string().min(1).optional().describe("Its name; * stands for anything."),
  operation: z
    .string()
    .min(1)
    .optional()
    .describe("As calls are named: conversations.create, POST *."),
  step: z.string().min(1).optional().describe("integration.step; * stands for anything."),
  calls: z.enum(["reads", "writes"]).optional().describe("Only what reads, or only what writes."),
  nth: count().optional().describe("The first call that it befalls, counted from 1."),
  times: count()
    .optional()
    .describe("How many calls from there on. Default: one where nth is given, else all."),
  fromMs: ms().optional().describe("When it begins, in ms since the act or the story began."),
  untilMs: ms().optional().describe("When it is over."),
  probability: z.number().min(0).max(1).optional().describe("Drawn from the seed."),
}));

const fault = once(() => {
  const one = <Shape extends z.core.$ZodShape>(
    kind: string,
    about: string,
    shape: Shape = {} as Shape,
  ) => z.strictObject({ fault: z.literal(kind), ...shape, ...scope() }).describe(about);
  const applies = z.boolean().optional().describe("Whether the service acts all the same.");
  const when = z.enum(["before", "after"]).describe("Before or after the service has acted.");
  return z.discriminatedUnion("fault", [
    one("refused", "Nobody listens: the connection is refused."),
    one("dns", "The name of the service cannot be resolved."),
    one("tls", "There is no secure connection."),
    one("unreachable", "There is no answer to the attempt to connect."),
    one("reset", "The connection is reset.", { when }),
    one("stall", "Silence: before the first byte, or in the middle of the body.", {
      when: z.enum(["headers", "body"]),
      applies,
    }),
    one("slow", "Everything takes longer.", {
      ms: ms().optional(),
      jitterMs: ms().optional().describe("Up to so much on top."),
      bytesPerSecond: count().optional(),
    }),
    one("truncate", "The service acts; its reply is cut off in the middle."),
    one("garble", "The service acts; its reply is not JSON any more."),
    one("html", "A web page instead of an answer.", { applies }),
    one("rate-limit", "Too many requests, as the service says it.", {
      retryAfterSeconds: z.int().min(0).max(100_000).optional(),
    }),
    one("status", "Any status in place of the service's own answer.", {
      status: z.int().min(200).max(599),
      body: z.json().optional(),
      headers: z.record(z.string(), z.string()).optional(),
    }),
    one("revoked", "The credential counts no more."),
    one("scope-lost", "The credential lacks a scope."),
    one("redirect", "It has moved elsewhere.", {
      status: z.union([z.literal(301), z.literal(302), z.literal(307), z.literal(308)]),
      location: z.string().min(1).optional(),
    }),
    one("clock-skew", "The service's clock is wrong by so much.", {
      ms: z.int().min(-week).max(week),
    }),
    one("invisible", "What was written shows only so much later.", { ms: ms() }),
    one("late", "The connection is lost, and the service acts so much later.", { ms: ms() }),
    one("death", "testx itself dies.", { when }),
  ]);
});

const outcome = once(() =>
  z.enum([
    "succeeded",
    "degraded",
    "rolled-back",
    "rollback-incomplete",
    "failed",
    "interrupted",
    "died",
    "planned",
    "refused",
  ]),
);
const fate = once(() => z.enum(["done", "deferred", "skipped", "failed", "undone", "untouched"]));
const several = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1)]);

const expectation = once(() =>
  z
    .strictObject({
      outcome: several(outcome()).optional().describe("How it must end; a list: one of these."),
      exit: several(z.int().min(0).max(255)).optional().describe("With what testx must exit."),
      code: z.string().min(1).optional().describe("The failure that must be told; * in it."),
      steps: z
        .record(z.string(), several(fate()))
        .optional()
        .describe("What must become of steps, by name; * in it. A later one counts more."),
      withinMs: ms().optional().describe("Most time it may take."),
      calls: z.int().min(0).optional().describe("Most requests on the wire."),
      callsTo: z
        .record(z.string(), z.int().min(0))
        .optional()
        .describe("Most requests by integration."),
      residue: z.int().min(0).optional().describe("How many things must be left behind."),
    })
    .describe("What must come of it; what is left out may be anything."),
);

const records = [
  "run-started",
  "intent",
  "done",
  "absent",
  "failed",
  "skipped",
  "undo-intent",
  "undone",
  "undo-failed",
  "run-finished",
] as const;

const act = once(() =>
  z.strictObject({
    run: z.enum(["setup", "rollback", "sync", "plan", "status"]).describe("The command."),
    afterMs: ms().optional().describe("How much time passes before it."),
    faults: z.array(fault()).optional().describe("Timed from where this command begins."),
    dies: z
      .strictObject({
        record: z.enum(records),
        step: z.string().min(1).optional(),
        nth: count().optional(),
        when: z.enum(["before", "after"]).describe("Whether the record is durable by then."),
      })
      .optional()
      .describe("Where testx dies, by a record of its journal."),
    expect: expectation().optional(),
  }),
);

const name = once(() =>
  z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9_-]{0,63}$/,
      "A scenario's name is letters, digits, - and _, and begins with a letter.",
    ),
);

/** `outage-scenarios.json` */
export const scenarios = once(() =>
  z
    .strictObject({
      $schema: z.string().optional().describe("Where editors find the schema of this file."),
      version: z.literal(1).describe("The version of this format."),
      scenarios: z
        .record(
          name(),
          z.strictObject({
            about: z.string().min(1).describe("What happens, and why it matters."),
            integration: z.string().min(1).optional().describe("The one that it is about."),
            given: z
              .enum(["nothing", "everything", "different"])
              .optional()
              .describe(
                "everything: all is there already, made by somebody else; different: and with other fields.",
              ),
            seed: z.int().min(0).max(999_999_999).optional(),
            faults: z.array(fault()).optional().describe("Timed from where the story begins."),
            story: z.array(act()).min(1).describe("The commands, one after the other."),
          }),
        )
        .describe("By name. One that the library has as well takes its place."),
    })
    .describe("Outages to play with testx simulate."),
);

export type ScenariosDocument = z.infer<ReturnType<typeof scenarios>>;
