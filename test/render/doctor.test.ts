import { describe, expect, it } from "vitest";
import type { CheckReport, Diagnosis, Finding } from "../../src/core/diagnosis.ts";
import { doctorLines } from "../../src/render/doctor.ts";
import type { Terminal } from "../../src/render/terminal.ts";
import { width } from "../../src/render/text.ts";

const terminal: Terminal = { color: false, unicode: true, width: 80, interactive: true };

function check(id: CheckReport["id"], evidence: string[] = [], more: Partial<CheckReport> = {}) {
  const [area, ...rest] = id.split(".");
  const base = { id, area, title: rest.join(" "), status: "ok", evidence, durationMs: 1 };
  return { ...base, ...more } as CheckReport;
}

const missing = (about: string, check: Finding["check"]): Finding => ({
  ...{ code: "SECRET_MISSING", severity: "error", check, about, evidence: [] },
  what: `${about} is not set.`,
  fix: { text: `Make a token at https://example.com/settings/${about}/tokens/new, and export it.` },
  prerequisite: true,
});

const checks = [
  check("runtime.node", ["testx 0.1.0, Node.js 24.21.0, linux x64"]),
  check("state.journal", ["3 runs, 12 writes to undo"]),
  check("state.deferred", ["none"]),
  check("secrets.slack", [], { status: "found" }),
  check("services.slack", [], { status: "skipped", because: "secrets.slack" }),
  check("services.web", ["healthy, in 2 ms"]),
  check("breakers.slack", ["closed"]),
  check("breakers.web", ["closed"]),
];

const [first, second] = [
  missing("SLACK_BOT_TOKEN", "secrets.slack"),
  missing("NOTION_TOKEN", "secrets.slack"),
];
const lacking: Diagnosis = {
  ...{ outcome: "prerequisite-missing", cause: first, findings: [first, second], checks },
  consequences: [],
};
const fine: Diagnosis = {
  ...{ outcome: "fine", findings: [], consequences: [] },
  checks: checks.filter(({ status }) => status === "ok"),
};
const drifted: Finding = {
  ...{ code: "DRIFT_DELETED", severity: "warning", check: "drift.steps", about: "slack.channel" },
  ...{ what: "Somebody deleted channel #dev.", evidence: ["https://acme.slack.com/archives/C1"] },
  fix: { text: "Setup brings it back.", command: "testx integrations setup" },
};
const deleted: Diagnosis = {
  ...{ outcome: "findings", cause: drifted, findings: [drifted], consequences: [] },
  checks: [...fine.checks, check("drift.steps", ["1 deleted"], { status: "found" })],
};

describe("doctor", () => {
  it("says of what follows from a finding nothing beside that finding", () => {
    const down: Finding = {
      ...{ code: "NETWORK_DOWN", severity: "error", check: "network.reach", evidence: [] },
      ...{ what: "No service can be reached.", fix: { text: "Look at the network." } },
    };
    const host: Finding = { ...down, code: "HOST_UNREACHABLE", check: "network.slack.tcp" };
    const { code, check: at } = down;
    const consequences = [{ ...host, because: { code, check: at } }];
    const reports = [check("network.reach", [], { status: "found" })];
    const lines = doctorLines(
      {
        ...{ outcome: "findings", cause: down, findings: [down], consequences },
        checks: [...reports, check("network.slack.tcp", [], { status: "found" })],
      },
      ...([terminal, { verbose: false }] as const),
    );
    expect(lines).toContain("✖ Network        NETWORK_DOWN");
  });

  it("is a line for each area when all is well", () => {
    expect(doctorLines(fine, terminal, { verbose: false })).toEqual([
      "✔ Everything is fine: 6 checks.",
      "",
      "✔ Runtime        testx 0.1.0, Node.js 24.21.0, linux x64",
      "✔ State          3 runs, 12 writes to undo",
      "✔ Services       web",
      "✔ Breakers       closed (2)",
    ]);
  });

  it("makes one headline of all that is missing", () => {
    const lines = doctorLines(lacking, { ...terminal, width: 100 }, { verbose: false });
    expect(lines[0]).toBe(
      "✖ SECRET_MISSING  2 things are missing; the first is SLACK_BOT_TOKEN. Next:",
    );
    expect(lines[1]?.trim()).toBe("`testx explain SECRET_MISSING`.");
    expect(lines.filter((line) => line.startsWith("✖ SECRET_MISSING"))).toHaveLength(1);
    expect(lines).toContain("- Services       web; not looked at: slack");
  });

  it("advises no explanation of a code that only a provider of somebody's own knows", () => {
    const own: Finding = {
      ...{ code: "MEMOS_FAILED", severity: "error", check: "services.memos", about: "memos" },
      ...{ what: "No memos today.", evidence: [], fix: { text: "Ask their authors." } },
    };
    const reports = [check("services.memos", [], { status: "found" })];
    const lines = doctorLines(
      {
        ...{ outcome: "findings", cause: own, findings: [own], consequences: [] },
        checks: reports,
      },
      ...([terminal, { verbose: false }] as const),
    );
    expect(lines[0]).toBe("✖ MEMOS_FAILED  No memos today.");
    expect(lines.join()).not.toContain("testx explain");
  });

  it("says the cause and the next command in the first line", () => {
    const inSandbox = { ...terminal, width: 120, options: " --sandbox" };
    const [line] = doctorLines(deleted, inSandbox, { verbose: false });
    expect(line).toBe(
      "⚠ DRIFT_DELETED  Somebody deleted channel #dev. Next: `testx integrations setup --sandbox`.",
    );
  });

  it.each([
    [40, false],
    [60, false],
    [60, true],
    [80, false],
    [80, true],
    [Number.POSITIVE_INFINITY, false],
  ])("fits into %d columns, in ASCII too", (columns, verbose) => {
    for (const diagnosis of [fine, lacking, deleted]) {
      const plain = { ...terminal, width: columns, unicode: false };
      for (const line of doctorLines(diagnosis, plain, { verbose })) {
        const link = /^ +(seen|next)? *`?(https?:|testx )\S+/.test(line);
        if (!link) expect(width(line), line).toBeLessThanOrEqual(Math.min(columns, 80));
        expect(line).toMatch(/^[\x20-\x7e]*$/);
      }
    }
  });
});
