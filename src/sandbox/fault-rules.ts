import * as z from "zod";
import { fail } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import { once } from "../core/once.ts";
import type { FaultRule } from "./fault.ts";

const fault = once(() =>
  z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("status"),
      status: z.int().min(200).max(599),
      body: z.json().optional(),
      headers: z.record(z.string(), z.string()).optional(),
    }),
    z.strictObject({ kind: z.literal("reset"), when: z.enum(["before", "after"]) }),
    z.strictObject({
      kind: z.literal("stall"),
      when: z.enum(["headers", "body"]),
      applies: z.boolean().optional(),
    }),
    z.strictObject({ kind: z.literal("truncate") }),
    z.strictObject({ kind: z.literal("garble") }),
    z.strictObject({ kind: z.literal("html"), applies: z.boolean().optional() }),
    z.strictObject({ kind: z.literal("delay"), ms: z.number().min(0) }),
  ]),
);
const rules = once(() =>
  z.array(
    z.strictObject({
      service: z.string().optional(),
      match: z
        .strictObject({
          method: z.string().optional(),
          path: z.string().refine(isRegExp, "not a regular expression").optional(),
          nth: z.int().min(1).optional(),
        })
        .optional(),
      fault: fault(),
      times: z.int().min(1).optional(),
    }),
  ),
);

/** @throws TestxError SANDBOX_FAULTS_INVALID, naming every problem */
export function parseFaultRules(value: Json): FaultRule[] {
  const parsed = rules().safeParse(value);
  if (parsed.success) return parsed.data as FaultRule[];
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.length === 0 ? "faults" : path.join(".")}: ${message}`,
  );
  fail("SANDBOX_FAULTS_INVALID", `the faults are not well-formed: ${problems.join("; ")}`, {
    details: { problems },
  });
}

function isRegExp(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
