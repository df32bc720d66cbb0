import { expect, it } from "vitest";
import { answerable } from "../../src/core/answerable.ts";
import { limitsOf } from "../../src/core/rate-limits.ts";
import { memos } from "../library/memos.ts";

it("a provider's own limit keeps what it counts with the numbers that are configured", () => {
  const own = {
    id: "x",
    requests: 9,
    perMs: 1000,
    burst: 3,
    apart: true,
    per: () => "one",
  } as const;
  const { limits } = answerable({ ...memos, limits: [own] }, String);
  const [limit] = limitsOf(limits, [{ id: "x", requests: 5, perMs: 2000 }]);
  expect(limit).toMatchObject({ id: "x", requests: 5, perMs: 2000, apart: true });
  expect(limit?.per?.({} as never, {} as never)).toBe("one");
  expect(limit?.burst).toBeUndefined();
});
