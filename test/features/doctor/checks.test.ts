import { expect, it } from "vitest";
import { runChecks } from "../../../src/features/doctor/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";

it("ends a look that waits for ever, and says which it was and whose", async () => {
  const clock = new FakeClock();
  const stop = new AbortController().signal;
  const looking = runChecks(
    [
      {
        ...{ id: "services.memos", title: "memos", about: "memos" },
        run: () => new Promise(() => {}),
      },
      {
        ...{ id: "cache.files", title: "files" },
        run: async () => ({ evidence: ["readable"], findings: [] }),
      },
    ],
    { clock, stop },
  );
  await clock.advance(60_000);
  const { cause, checks } = await looking;
  expect(cause).toMatchObject({ code: "CHECK_UNFINISHED", about: "memos" });
  expect(cause?.what).toContain("memos");
  expect(checks.map(({ status }) => status)).toEqual(["found", "ok"]);
});
