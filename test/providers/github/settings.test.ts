import { describe, expect, test } from "vitest";
import { tokens } from "../../../src/sandbox/github/initial.ts";
import type { GithubState } from "../../../src/sandbox/github/state.ts";
import { byHand } from "./samples.ts";
import { failureOf, looking, subject } from "./subject.ts";

const many = (count: number) =>
  Array.from({ length: count }, (_, at) => String(at).padStart(3, "0"));

describe("lists are read to their end", () => {
  test("250 labels in 3 pages", async () => {
    const labels = many(250).map((name, at) => ({
      id: 1000 + at,
      name,
      color: "ededed",
      description: null,
    }));
    const at = await subject();
    const base = at.app();
    at.sandbox.reset({ github: { repositories: [{ ...base, labels }] } } as never);
    expect(await at.kind("label").read({ name: "249" })).toMatchObject({ name: "249" });
    expect(await at.kind("label").read({ name: "250" })).toBeUndefined();
    expect(at.calls).toHaveLength(6);
  });

  test("65 variables in 3 pages, because GitHub's largest page of them is 30", async () => {
    const at = await subject();
    for (const name of many(65)) await at.kind("variable").apply({ name: `V${name}`, value: "x" });
    at.calls.length = 0;
    expect(await at.kind("variable").read({ name: "v064", value: "x" })).toMatchObject({
      name: "V064",
    });
    expect(at.calls).toHaveLength(3);
  });

  test("closed milestones count", async () => {
    const at = await subject();
    const closed = await at.kind("milestone").apply({ title: "Done", state: "closed" });
    expect(await at.kind("milestone").read({ title: "Done" })).toEqual(closed);
  });

  test("one list serves all that share it", async () => {
    const at = await subject();
    const loads = new Map<string, Promise<unknown>>();
    const shared = <T>(key: string, load: () => Promise<T>): Promise<T> => {
      if (!loads.has(key)) loads.set(key, load());
      return loads.get(key) as Promise<T>;
    };
    for (const name of ["bug", "Question", "wontfix", "nothing"]) {
      await at.kind("label").read({ name }, { shared });
    }
    await at.kind("label").read({ name: "bug", repository: "Acme/App" }, { shared });
    expect(at.calls).toHaveLength(1);
  });
});

describe("names without regard to case", () => {
  test("a label is found, renamed in place, and named back", async () => {
    const at = await subject();
    const before = await at.kind("label").read({ name: "BUG" });
    expect(before).toMatchObject({ name: "bug", color: "d73a4a" });
    expect(at.kind("label").changes({ name: "BUG", color: "#D73A4A" }, before!)).toEqual(["name"]);
    const after = await at.kind("label").apply({ name: "BUG" }, before);
    expect(after).toEqual({ ...before, name: "BUG", url: expect.stringMatching(/BUG$/) });
    expect(at.app().labels).toHaveLength(9);
    await at.kind("label").undo(before, after);
    expect(await at.kind("label").read({ name: "BUG" })).toEqual(before);
  });

  test("a variable is kept in upper case", async () => {
    const at = await subject();
    const state = await at.kind("variable").apply({ name: "region", value: "x" });
    expect(state.name).toBe("REGION");
    expect(await at.kind("variable").read({ name: "Region", value: "x" })).toEqual(state);
  });
});

describe("404", () => {
  test("of a list whose repository is missing means that nothing is there", async () => {
    const at = await subject({ config: { repository: "acme/none" } });
    for (const [name, input] of [
      ["label", { name: "bug" }],
      ["variable", { name: "X", value: "x" }],
      ["secret", { name: "X", value: "x", environment: "staging" }],
      ["webhook", { url: "https://example.com" }],
      ["environment", { name: "staging" }],
    ] as const) {
      expect(await at.kind(name).read(input)).toBeUndefined();
    }
    expect(await failureOf(at.kind("label").apply({ name: "x" }))).toMatchObject({
      code: "GITHUB_REPOSITORY_NOT_FOUND",
    });
  });

  test("of a list whose repository is there means that the token may not", async () => {
    const at = await subject({ token: tokens.reader });
    expect(await failureOf(at.kind("webhook").read({ url: "https://example.com" }))).toMatchObject({
      code: "GITHUB_FORBIDDEN",
      message: expect.stringContaining("answered 404, though the repository is there"),
    });
  });

  test("of an environment that is missing means that it has no variables", async () => {
    const at = await subject();
    expect(
      await at.kind("variable").read({ name: "X", value: "x", environment: "none" }),
    ).toBeUndefined();
  });
});

describe("refusals", () => {
  test("a missing permission is named", async () => {
    const at = await subject({ token: tokens.issuesOnly });
    const failure = await failureOf(at.kind("variable").apply({ name: "X", value: "x" }));
    expect(failure).toMatchObject({
      code: "GITHUB_FORBIDDEN",
      outcome: "not-applied",
      details: { acceptedPermissions: "actions_variables=write" },
    });
  });

  test("an archived repository, the limits, and somebody who was faster", async () => {
    const at = await subject();
    const label = at.kind("label");
    expect(await failureOf(label.apply({ name: "bug" }))).toMatchObject({
      code: "GITHUB_CONFLICT",
    });
    at.sandbox.reset({ github: { throttle: { times: 1, status: 403, retryAfter: null } } });
    expect(await failureOf(label.apply({ name: "x" }))).toMatchObject({
      code: "GITHUB_SECONDARY_LIMIT",
      retryAfterMs: 60_000,
    });
    at.sandbox.reset({ github: { rate: { limit: 0 } } });
    expect(await failureOf(label.apply({ name: "x" }))).toMatchObject({
      code: "GITHUB_RATE_LIMITED",
    });
    at.sandbox.reset({ github: {} });
    await byHand(at.sandbox.environment, "PATCH", "/repos/acme/app", { archived: true });
    expect(await failureOf(label.apply({ name: "x" }))).toMatchObject({ code: "GITHUB_ARCHIVED" });
  });
});

describe("milestone", () => {
  test.each(["2026-01-01", "2026-03-08", "2026-07-15", "2026-11-01", "2026-12-31"])(
    "%s stays the day it is, though GitHub keeps midnight in California",
    async (dueOn) => {
      const at = await subject();
      const state = await at.kind("milestone").apply({ title: "M", dueOn });
      expect(state.dueOn).toBe(dueOn);
      expect(at.app().milestones[0]?.dueOn).toMatch(/T0[78]:00:00Z$/);
      expect(at.kind("milestone").changes({ title: "M", dueOn }, state)).toEqual([]);
    },
  );

  test("a date is taken away again", async () => {
    const at = await subject();
    const before = await at.kind("milestone").apply({ title: "M" });
    const after = await at.kind("milestone").apply({ title: "M", dueOn: "2026-05-01" }, before);
    await at.kind("milestone").undo(before, after);
    expect(await at.kind("milestone").read({ title: "M" })).toEqual(before);
  });
});

describe("environment", () => {
  test("rules that a step does not name are kept, those of plans without rules not mentioned", async () => {
    const at = await subject();
    const kind = at.kind("environment");
    const bare = await kind.apply({ name: "bare" });
    expect(at.calls.at(-1)?.body).toBeUndefined();
    expect(bare).toMatchObject({ waitTimer: 0, reviewers: [], branches: "all" });
    const custom = { protected_branches: false, custom_branch_policies: true };
    await byHand(at.sandbox.environment, "PUT", "/repos/acme/app/environments/bare", {
      deployment_branch_policy: custom,
      prevent_self_review: true,
    });
    const before = await kind.read({ name: "Bare" });
    expect(before).toMatchObject({ name: "bare", branches: "custom" });
    const after = await kind.apply({ name: "Bare", reviewers: ["Octocat"] }, before);
    expect(after).toMatchObject({
      branches: "custom",
      preventSelfReview: true,
      reviewers: ["octocat"],
    });
    expect(kind.changes({ name: "Bare", reviewers: ["octocat"] }, after)).toEqual([]);
    await kind.undo(before, after);
    expect(await kind.read({ name: "bare" })).toEqual(before);
    expect(at.wrong).toEqual([]);
  });
});

describe("repository", () => {
  const fresh = { repository: "acme/fresh", create: true };

  test("is made only when that is asked for", async () => {
    const at = await subject();
    const input = { repository: "acme/none" };
    const kind = at.kind("repository");
    for (const work of [() => kind.read(input, looking), () => kind.apply(input)]) {
      expect(await failureOf(work())).toMatchObject({ code: "GITHUB_REPOSITORY_NOT_FOUND" });
    }
    expect(await at.kind("repository").read(fresh, looking)).toBeUndefined();
    const made = await at.kind("repository").apply(fresh);
    expect(made).toMatchObject({
      repository: "acme/fresh",
      visibility: "private",
      defaultBranch: "main",
    });
  });

  test("can be the token's own user's, but not somebody else's", async () => {
    const at = await subject();
    const own = await at.kind("repository").apply({ repository: "testx-bot/x", create: true });
    expect(own).toMatchObject({ owner: "testx-bot" });
    const failure = await failureOf(
      at.kind("repository").apply({ repository: "octocat/x", create: true }),
    );
    expect(failure.outcome).toBe("not-applied");
    expect(at.wrong).toEqual([]);
  });

  test("settings of one that was there are set back, field by field", async () => {
    const at = await subject();
    const initial = at.sandbox.state();
    const input = {
      description: "Better",
      topics: ["b", "a"],
      hasWiki: false,
      homepage: "https://x.example",
    };
    const before = await at.kind("repository").read(input);
    const after = await at.kind("repository").apply(input, before);
    expect(after).toMatchObject({ description: "Better", topics: ["a", "b"], hasWiki: false });
    expect(at.kind("repository").changes(input, after)).toEqual([]);
    await at.kind("repository").undo(before, after);
    expect(at.sandbox.state()).toBe(initial);
  });

  test("is left, and named as residue, when the token may not delete it", async () => {
    const at = await subject({ token: tokens.noDeletion });
    const made = await at.kind("repository").apply(fresh);
    const residue = await at.kind("repository").undo(undefined, made);
    expect(residue).toMatchObject([{ what: "repository acme/fresh", url: made.url }]);
    expect(await at.kind("repository").read(fresh)).toEqual(made);
  });

  test("is deleted with what testx put into it, but not with anybody's work", async () => {
    const at = await subject();
    const file = { repository: "acme/fresh", path: "a.md", content: "a", message: "In my words" };
    const made = await at.kind("repository").apply(fresh);
    await at.kind("file").apply(file);
    expect(await at.kind("repository").undo(undefined, made)).toEqual([]);
    expect(await at.kind("repository").read(fresh)).toBeUndefined();
    const again = await at.kind("repository").apply(fresh);
    await byHand(at.sandbox.environment, "PUT", "/repos/acme/fresh/contents/work.md", {
      message: "My work",
      content: "",
    });
    const residue = await at.kind("repository").undo(undefined, again);
    expect(residue).toMatchObject([{ why: expect.stringContaining("somebody has worked in it") }]);
    expect(await at.kind("repository").read(fresh)).toEqual(again);
  });

  test("is left where it has more issues than are looked at", async () => {
    const at = await subject();
    const made = await at.kind("repository").apply(fresh);
    const issue = (await at.kind("issue").apply({ title: "Old", repository: "acme/fresh" })) as {
      number: number;
    };
    expect(issue.number).toBe(1);
    const state = at.sandbox.fullState().github as GithubState;
    const { repositories } = structuredClone(state);
    const repository = repositories.find(({ name }) => name === "fresh")!;
    const [one] = repository.issues;
    const closed = (number: number, body: string) => ({
      ...one!,
      ...{ id: 9000 + number, number, body, state: "closed" as const, comments: 0 },
    });
    repository.issues = [
      closed(1, "what somebody wrote"),
      ...many(150).map((_, at) => closed(at + 2, "<!-- testx:test.step rolled-back -->")),
    ];
    at.sandbox.reset({ github: { ...state, repositories } } as never);
    const residue = await at.kind("repository").undo(undefined, made);
    expect(residue).toMatchObject([{ why: expect.stringContaining("somebody has worked in it") }]);
  });
});
