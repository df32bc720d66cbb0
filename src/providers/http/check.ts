import * as z from "zod";
import { fail } from "../../core/failure.ts";
import type { Fetch } from "../../core/http.ts";
import { once } from "../../core/once.ts";
import type { ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import { webAddressProblem, withoutQuery } from "../../core/web-address.ts";
import { bodyProblem, patternProblem } from "./body-match.ts";

const address = once(() =>
  z
    .string()
    .max(2048)
    .superRefine((value, context) => {
      const problem = webAddressProblem(value);
      if (problem !== undefined)
        context.addIssue({ code: "custom", message: `the address ${problem}` });
    }),
);
const pattern = once(() =>
  z
    .string()
    .min(1)
    .max(500)
    .superRefine(async (value, context) => {
      const message = await patternProblem(value);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }),
);

const input = once(() =>
  z
    .strictObject({
      url: address().describe("What to ask. Redirects are not followed."),
      method: z.enum(["GET", "HEAD"]).default("GET"),
      expectedStatus: z.int().min(200).max(599).default(200),
      contains: z.string().min(1).max(1000).optional().describe("Text that the body must contain."),
      matches: pattern().optional().describe("Regular expression (RE2) that the body must match."),
    })
    .refine(
      ({ method, contains, matches }) =>
        method === "GET" || (contains === undefined && matches === undefined),
      { path: ["method"], message: "a HEAD request has no body to compare" },
    ),
);

export type CheckInput = z.infer<ReturnType<typeof input>>;

export type CheckState = {
  /** Without its query. */
  url: string;
  status: number;
  /** Whether a body was asked for and was as expected. */
  matched: boolean;
};

/** Looks whether an address answers as it should. It never writes, so there is nothing to undo. */
export const check: ResourceKind<CheckInput, CheckState, Fetch> = {
  kind: "http.check",
  input: lazySchema(input, "http.check"),
  secrets: [],
  readOnly: true,
  title: ({ url }) => `check ${withoutQuery(url)}`,
  identity: ["url", "method", "expectedStatus", "contains", "matches"],
  fields: ["url", "status", "matched"],
  key: ({ url, method, expectedStatus, contains, matches }) =>
    JSON.stringify([method, new URL(url).href, expectedStatus, contains ?? null, matches ?? null]),

  /**
   * @throws TestxError HTTP_CHECK_FAILED when the answer differs, naming in what;
   * HTTP_URL_REFUSED
   */
  async read(fetch, wanted, call) {
    const problem = webAddressProblem(wanted.url);
    if (problem !== undefined) fail("HTTP_URL_REFUSED", `the address to check ${problem}`);
    const url = withoutQuery(wanted.url);
    const reply = await fetch(wanted.url, {
      method: wanted.method,
      headers: { accept: "*/*" },
      redirect: "manual",
      signal: call.signal,
    });
    const { status } = reply;
    const differences: string[] = [];
    if (status !== wanted.expectedStatus) {
      differences.push(`status is ${status} instead of ${wanted.expectedStatus}`);
    }
    const body = await reply.text();
    const mismatch = await bodyProblem(body, wanted);
    if (mismatch !== undefined) differences.push(mismatch);
    if (differences.length > 0) {
      fail("HTTP_CHECK_FAILED", `${url}: ${differences.join(" and ")}`, {
        // A check changes nothing, whatever the answer was.
        outcome: "not-applied",
        transient: status === 429 || status >= 500,
        status,
        details: { url, expectedStatus: wanted.expectedStatus, differences },
      });
    }
    const matched = wanted.contains !== undefined || wanted.matches !== undefined;
    return { url, status, matched };
  },
  changes: () => [],
  apply: async () => {
    throw new Error("a check has nothing to apply");
  },
  undo: async () => [],
};
