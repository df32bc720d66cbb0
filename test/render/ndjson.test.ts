import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/core/events.ts";
import { failure } from "../../src/core/failure.ts";
import { ndjsonRenderer } from "../../src/render/ndjson.ts";
import { collect } from "../support/terminal.ts";
import { noon, receipts, succeeded, unwound } from "./recordings.ts";

function rendered() {
  const surface = collect();
  const renderer = ndjsonRenderer(surface, () => noon + 60_000);
  const lines = () =>
    surface
      .text()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as RunEvent);
  return { surface, renderer, lines };
}

it.each([
  ["succeeded", succeeded],
  ["unwound", unwound],
])("%s: one event a line", async (_, events) => {
  const { renderer, lines, surface } = rendered();
  for (const event of events) renderer.event(event);
  await renderer.close();
  expect(lines()).toEqual(events);
  expect(surface.text()).toMatch(/^\{"type":"run.started","run":"r\d","at":\d+,/);
  expect(lines().at(-1)?.type).toBe("run.finished");
});

it("writes nothing after the end", async () => {
  const { renderer, lines } = rendered();
  for (const event of succeeded) renderer.event(event);
  renderer.event(succeeded[1]!);
  expect(renderer.finish(failure("BUG", "late"), false)).toBe(false);
  await renderer.close();
  expect(lines().at(-1)).toEqual(succeeded.at(-1));
});

describe("a run that does not say how it ended", () => {
  it("is ended, with what is known of it", async () => {
    const { renderer, lines } = rendered();
    for (const event of succeeded.slice(0, -3)) renderer.event(event);
    expect(renderer.finish(failure("RUN_INTERRUPTED", "Stopped."), true)).toBe(true);
    await renderer.close();
    expect(lines().filter(({ type }) => type === "run.finished")).toHaveLength(1);
    expect(lines().at(-1)).toMatchObject({
      type: "run.finished",
      run: "r1",
      outcome: "interrupted",
      counts: { created: 2, unchanged: 1, updated: 0 },
      receipts: { "slack.channel": receipts["slack.channel"] },
      durationMs: 60_000,
      calls: { slack: 1 },
      failure: { code: "RUN_INTERRUPTED" },
    });
  });

  it("is a bug when nobody knows why", async () => {
    const { renderer, lines } = rendered();
    renderer.event(succeeded[0]!);
    await renderer.close();
    expect(lines().at(-1)).toMatchObject({ outcome: "failed", failure: { code: "BUG" } });
  });

  it("is nothing when it never began", async () => {
    const { renderer, surface } = rendered();
    expect(renderer.finish(failure("RUN_LOCKED", "x"), false)).toBe(false);
    await renderer.close();
    expect(surface.text()).toBe("");
  });
});
