import { describe, expect, it } from "vitest";
import type { Totals } from "../../src/core/estimate.ts";
import type { PlanItem, PlannedCall } from "../../src/core/plan.ts";
import { planLines } from "../../src/render/plan.ts";
import type { Terminal } from "../../src/render/terminal.ts";
import { width } from "../../src/render/text.ts";

const wide: Terminal = { color: false, unicode: true, width: 80, interactive: true };
const ascii: Terminal = { ...wide, unicode: false };

const call = (operation: string, parts: Partial<PlannedCall> = {}): PlannedCall => ({
  ...{ operation, method: "POST", path: `/${operation}` },
  ...{ digest: "0123456789abcdef".repeat(4), known: true, after: [], ...parts },
});
const item = (step: string, parts: Partial<PlanItem>): PlanItem => ({
  ...{ step, integration: step.slice(0, step.indexOf(".")), kind: "x.y", title: step },
  ...{ action: "create", changes: [], unknown: [], ...parts },
});
const plan = [
  item("slack.channel", {
    calls: [
      call("conversations.create"),
      call("conversations.setTopic", { known: false, after: ["slack.channel.id"] }),
    ],
  }),
  item("github.key", {
    calls: [
      call("PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}", {
        ...{ method: "PUT", path: "/repos/acme/app/actions/secrets/KEY", known: false },
      }),
      call("DELETE /x/{id}", { method: "DELETE", path: "/x/⟨github.key.id⟩", digest: null }),
    ],
    unpredicted: "nobody knows",
  }),
];
const totals: Totals = {
  calls: { slack: 2, github: 2, anykrowd: 0 },
  scopes: { slack: ["channels:manage"], github: [], anykrowd: [] },
  cost: [
    { integration: "slack", budget: "conversations.create", used: 1, limit: 20, windowMs: 60_000 },
    { integration: "github", budget: "requests", used: 2, limit: 5000, windowMs: 3_600_000 },
  ],
  estimateMs: 2345,
};
const result = { plan, unsettled: [], totals };

describe("the calls of a plan", () => {
  it("are shown by step, with what they come to together", () => {
    expect(planLines(result, wide, { calls: true }).join("\n")).toBe(`slack
  + slack.channel (channel, create)
      > conversations.create (0123456789ab)
      > conversations.setTopic (known after slack.channel.id)

github
  + github.key (key, create)
      > PUT /repos/acme/app/actions/secrets/KEY (not the same twice)
      > DELETE /x/⟨github.key.id⟩
      > further calls not predicted: nobody knows

Plan: 2 to create.
4 writes (slack 2, github 2), about 2.3s.
slack needs: channels:manage
slack uses: 1 of 20 conversations.create a minute
github uses: 2 of 5000 requests an hour
Run \`testx integrations setup\` to do it.`);
  });

  it("are one line where nobody asked for each", () => {
    const lines = planLines(result, wide).join("\n");
    expect(lines).toContain("4 writes (slack 2, github 2), about 2.3s.");
    expect(lines).not.toContain("conversations.create");
    expect(planLines({ plan, unsettled: [] }, wide).join("\n")).not.toContain("writes");
  });

  it("have plain signs and fit where they must", () => {
    const lines = planLines(result, { ...ascii, width: 60 }, { calls: true });
    expect(lines.join("\n")).toContain("DELETE /x/<github.key.id>");
    for (const line of lines) expect(width(line)).toBeLessThanOrEqual(60);
  });

  it("name the file that the plan is kept in", () => {
    const lines = planLines(result, wide, { file: "p.json" });
    expect(lines.at(-1)).toBe("Run `testx integrations setup --plan p.json` to do it.");
  });
});
