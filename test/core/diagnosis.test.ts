import { describe, expect, it } from "vitest";
import { diagnosisOf, type Finding, findingOf, merged } from "../../src/core/diagnosis.ts";
import { failure } from "../../src/core/failure.ts";

const finding = (code: string, check: Finding["check"], more: Partial<Finding> = {}): Finding => ({
  ...{ code, check, severity: "error", what: code, evidence: [], fix: { text: "mend it" } },
  ...more,
});

const codes = (findings: readonly { code: string }[]) => findings.map(({ code }) => code);

describe("a diagnosis", () => {
  it("has one cause where others follow from it, by however many steps", () => {
    const found = [
      finding("PROXY", "network.proxy", { explains: [{ checks: ["network."] }] }),
      finding("HOST", "network.slack.tcp", {
        explains: [{ checks: ["services."], about: ["slack"] }],
      }),
      finding("DOWN", "services.slack", { about: "slack", explains: [{ checks: ["drift."] }] }),
      finding("GONE", "drift.steps", { about: "slack.channel" }),
    ];
    const { cause, findings, consequences } = diagnosisOf(found, []);
    expect(cause?.code).toBe("PROXY");
    expect(codes(findings)).toEqual(["PROXY"]);
    expect(codes(consequences)).toEqual(["HOST", "DOWN", "GONE"]);
    expect(consequences.every(({ because }) => because.code === "PROXY")).toBe(true);
  });

  it("takes the earlier one for the cause where two explain each other", () => {
    const all = [{ checks: ["services."] }];
    const found = [
      finding("A", "services.a", { explains: all }),
      finding("B", "services.b", { explains: all }),
    ];
    expect(codes(diagnosisOf(found, []).findings)).toEqual(["A"]);
  });

  it("holds what one check finds for causes side by side", () => {
    const all = [{ checks: ["cache."] }];
    const found = [
      finding("A", "cache.files", { explains: all }),
      finding("B", "cache.files", { explains: all }),
      finding("C", "cache.store"),
    ];
    expect(codes(diagnosisOf(found, []).findings)).toEqual(["A", "B"]);
  });

  it("tells what follows within one check where its whole name is given", () => {
    const explains = [{ checks: ["drift.steps"], about: ["hub.inner"] }];
    const found = [
      finding("GONE", "drift.steps", { about: "hub.outer", explains }),
      finding("GONE", "drift.steps", { about: "hub.inner" }),
      finding("GONE", "drift.steps", { about: "hub.other" }),
    ];
    const { findings, consequences } = diagnosisOf(found, []);
    expect(findings.map(({ about }) => about)).toEqual(["hub.outer", "hub.other"]);
    expect(consequences.map(({ about }) => about)).toEqual(["hub.inner"]);
  });

  it("may have a cause that was found later", () => {
    const found = [
      finding("HTML", "services.slack"),
      finding("PORTAL", "services.together", { explains: [{ checks: ["services."] }] }),
    ];
    expect(diagnosisOf(found, []).cause?.code).toBe("PORTAL");
  });

  it("weighs what makes others fail as they do", () => {
    const user = finding("KIND", "secrets.slack", {
      ...{ severity: "warning", prerequisite: true },
      explains: [{ checks: ["services."] }],
    });
    const mild = diagnosisOf([user], []);
    expect([mild.outcome, mild.cause?.severity]).toEqual(["findings", "warning"]);
    const serious = diagnosisOf([user, finding("REFUSED", "services.slack")], []);
    expect([serious.outcome, serious.cause?.severity]).toEqual(["prerequisite-missing", "error"]);
  });

  it("explains with an integration its steps, and no other that begins alike", () => {
    const down = finding("DOWN", "services.hub", {
      explains: [{ checks: ["drift."], about: ["hub"] }],
    });
    const found = [
      down,
      finding("A", "drift.steps", { about: "hub.label" }),
      finding("B", "drift.steps", { about: "hubs.label" }),
    ];
    expect(codes(diagnosisOf(found, []).findings)).toEqual(["DOWN", "B"]);
  });

  it("leaves notes by themselves, whatever is wrong beside them", () => {
    const down = finding("DOWN", "network.reach", { explains: [{ checks: ["services."] }] });
    const note = finding("EXCESS", "services.slack", { severity: "note" });
    const { findings, consequences } = diagnosisOf([down, note], []);
    expect([codes(findings), codes(consequences)]).toEqual([["DOWN", "EXCESS"], []]);
  });

  it("is fine with nothing but notes", () => {
    const note = finding("EXCESS", "services.slack", { severity: "note" });
    const { outcome, cause, findings } = diagnosisOf([note], []);
    expect({ outcome, cause, many: findings.length }).toEqual({
      ...{ outcome: "fine", cause: undefined, many: 1 },
    });
  });
});

describe("findings of the same thing", () => {
  it("become one, with the evidence of all", () => {
    const one = (who: string) =>
      finding("ENV_MISSING", `secrets.${who}`, { about: "REPOSITORY", evidence: [who] });
    const [only, ...rest] = merged([one("slack"), one("github"), one("slack")]);
    expect(rest).toEqual([]);
    expect(only?.evidence).toEqual(["slack", "github"]);
  });
});

it("ends what a service says of itself as a sentence", () => {
  const what = (message: string) =>
    findingOf("services.github", failure("BAD", message), undefined).what;
  expect(what("Bad credentials")).toBe("Bad credentials.");
  expect(what("Is it down?")).toBe("Is it down?");
});
