import { expect, it } from "vitest";
import type { AnyProvider } from "../../../src/core/provider.ts";
import { judgedToken } from "../../../src/features/doctor/tokens.ts";

const spec = { env: "ACME_TOKEN", title: "key", help: "Make one.", prefixes: [] };

const judged = (id: string, value: string) =>
  judgedToken({ id, title: id } as AnyProvider, spec, spec.env, value)?.code;

it.each(["/Kq8x2mVvYw.Zt3", "Tr0ub4dor;", "test"])(
  "%j is no token of Slack's, but may be a secret of a provider of one's own",
  (value) => {
    expect(judged("slack", value)).toBe("SECRET_MALFORMED");
    expect(judged("acme", value)).toBeUndefined();
  },
);

it.each(["${ACME_TOKEN}", "ACME_TOKEN=Tr0ub4dor"])("%j is nobody's secret", (value) => {
  expect(judged("acme", value)).toBe("SECRET_MALFORMED");
});
