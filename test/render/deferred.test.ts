import { describe, expect, it } from "vitest";
import type { RunFinished } from "../../src/core/events.ts";
import { failure } from "../../src/core/failure.ts";
import { noCounts } from "../../src/core/journal.ts";
import type { DeferredItem } from "../../src/core/results.ts";
import { deferredDetail, deferredLines } from "../../src/render/deferred.ts";
import { noRun, type RunView } from "../../src/render/run-view.ts";
import { summaryText } from "../../src/render/summary.ts";
import type { Terminal } from "../../src/render/terminal.ts";
import { noon } from "./recordings.ts";

const wide: Terminal = { color: false, unicode: true, width: 80, interactive: true };

const waiting: DeferredItem = {
  ...{ id: "wl7hr0xlxsiejlum", step: "slack.channel", integration: "slack" },
  ...{ kind: "slack.channel", title: "channel #dev", state: "waiting", run: "r1" },
  ...{ since: noon - 7_200_000, at: noon - 7_200_000, attempts: 0 },
  failure: failure("GATEWAY_REFUSED", "slack refused the connection"),
  input: { name: "dev", topic: "a\nb" },
};
const dead: DeferredItem = {
  ...{ ...waiting, id: "2b6oukgz16circb6", step: "notion.page", title: "page \u001b[31mred" },
  ...{ state: "given up", attempts: 5 },
};

describe("what waits", () => {
  it("is listed with why and since when, and what is given up apart from it", () => {
    const lines = deferredLines([waiting, dead], wide, noon);
    expect(lines.join("\n")).toBe(`Waiting
  wl7hr0xl  channel #dev (slack.channel), put off 2h 00m ago
            slack refused the connection
Given up
  2b6oukgz  page red (notion.page), put off 2h 00m ago, failed 5 times
            slack refused the connection

\`testx integrations sync\` carries out what waits.
\`testx deferred retry --all\` has it try again what was given up.`);
    expect(deferredLines([], wide, noon)).toEqual(["Nothing waits."]);
  });

  it("is shown with the values that it asks for, each on one line", () => {
    const text = deferredDetail(waiting, wide, noon).join("\n");
    expect(text).toContain('→ name: "dev"');
    expect(text).toContain("attempts  0");
    expect(text).toContain("2h 00m ago), run r1");
    expect(text).not.toContain("a\nb");
  });
});

describe("the end of a run", () => {
  const view = (
    parts: Partial<RunFinished>,
    command: RunView["command"] = "setup",
    steps: RunView["steps"] = new Map(),
  ): string => {
    const finished: RunFinished = {
      ...{ type: "run.finished", outcome: "degraded", counts: noCounts, residue: [] },
      ...{ receipts: {}, durationMs: 1000, calls: {}, ...parts },
    };
    return summaryText({ ...noRun, command, steps, finished }, wide).join("\n");
  };
  const wait = {
    id: "x",
    step: "slack.channel",
    code: "X",
    message: "x",
    attempts: 0,
    dead: false,
  };
  const stale = { step: "slack.welcome", at: noon, ageMs: 7_200_000 };

  it("tells what is from memory and how old it is", () => {
    const text = view({ stale: [stale] });
    expect(text).toContain("1 from memory in 1.0s");
    expect(text).toContain("  ? slack slack.welcome, as it was 2h 00m ago");
    expect(text).toContain("Run `testx integrations setup` again");
  });

  it("does not call what is there by what is asked of it, when that waits", () => {
    const { step } = stale;
    const seen = { step, integration: "slack", title: 'message "Hello"', state: "deferred" };
    const text = view(
      {
        stale: [stale],
        waiting: [{ ...wait, step }],
        receipts: { [step]: { url: "https://slack.test/p1" } },
      },
      "setup",
      new Map([[step, seen]]) as unknown as RunView["steps"],
    );
    expect(text).toContain("  ? slack.welcome, as it was 2h 00m ago; what is asked of it waits");
    expect(text).not.toContain("https://slack.test/p1");
    expect(text).toContain('message "Hello" deferred');
  });

  it("says how to go on with what waits, and what is given up", () => {
    expect(view({ waiting: [wait] })).toContain(
      "1 write waits: run `testx integrations sync` when the services are back.",
    );
    const both = view({ waiting: [wait, { ...wait, dead: true }] }, "sync");
    expect(both).toContain("Caught up, but not with everything");
    expect(both).toContain("1 write is given up: see `testx deferred list`.");
  });

  it("does not send anybody to wait for a service that is there", () => {
    const conflict = failure("SYNC_CONFLICT", "Somebody changed it.");
    const text = view({ waiting: [wait], failure: conflict }, "sync");
    expect(text).toContain("1 write waits: `testx deferred list` shows why.");
    expect(text).not.toContain("when the services are back");
  });
});
