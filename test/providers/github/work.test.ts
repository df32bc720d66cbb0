import { describe, expect, test } from "vitest";
import { blobSha } from "../../../src/providers/github/file.ts";
import { tokens } from "../../../src/sandbox/github/initial.ts";
import { byHand } from "./samples.ts";
import { failureOf, subject } from "./subject.ts";

const issues = "/repos/acme/app/issues";

describe("issue", () => {
  const input = { title: "Welcome", body: "Hello" };

  test("carries its marker out of sight, and is found by it without a receipt", async () => {
    const at = await subject();
    const state = await at.kind("issue").apply(input);
    expect(at.app().issues[0]?.body).toBe("Hello\n\n<!-- testx:test.step -->");
    expect(state).toMatchObject({ number: 1, body: "Hello", marker: "ours" });
    expect(await at.kind("issue").read(input)).toEqual(state);
    expect(await at.kind("issue").read(input, { step: "test.other" })).toBeUndefined();
  });

  test("with its receipt it takes one call", async () => {
    const at = await subject();
    const receipt = await at.kind("issue").apply(input);
    at.calls.length = 0;
    expect(await at.kind("issue").read(input, { receipt })).toEqual(receipt);
    expect(at.calls.map(({ operation }) => operation)).toEqual([
      "GET /repos/{owner}/{repo}/issues/{issue_number}",
    ]);
  });

  test("somebody else's with the same marker is not taken for ours", async () => {
    const at = await subject();
    const stranger = { ...at.sandbox.environment, GITHUB_TOKEN: tokens.reader };
    const body = "Hello\n\n<!-- testx:test.step -->";
    await byHand(stranger, "POST", issues, { title: "Welcome", body });
    expect(await at.kind("issue").read(input)).toBeUndefined();
    const actions = await subject({ sandbox: at.sandbox, token: tokens.actions });
    expect(await actions.kind("issue").read(input)).toBeUndefined();
    const own = await actions.kind("issue").apply(input);
    expect(await actions.kind("issue").read(input)).toEqual(own);
  });

  test("one that a person closed stays closed; a body without its marker gets it back", async () => {
    const at = await subject();
    const receipt = await at.kind("issue").apply(input);
    await byHand(at.sandbox.environment, "PATCH", `${issues}/1`, {
      state: "closed",
      body: "Hello",
    });
    const now = await at.kind("issue").read(input, { receipt });
    expect(now).toMatchObject({ state: "closed", marker: "missing" });
    expect(at.kind("issue").changes(input, now!)).toEqual(["marker"]);
    await at.kind("issue").apply(input, now);
    expect(at.app().issues[0]).toMatchObject({
      state: "closed",
      body: "Hello\n\n<!-- testx:test.step -->",
    });
  });

  test("an undo closes it and says so; the next setup opens the same one again", async () => {
    const at = await subject();
    const state = await at.kind("issue").apply(input);
    const residue = await at.kind("issue").undo(undefined, state);
    expect(residue).toMatchObject([{ what: "issue #1 in acme/app, closed", url: state.url }]);
    expect(at.app().issues[0]).toMatchObject({ state: "closed", stateReason: "not_planned" });
    const now = await at.kind("issue").read(input);
    expect(now).toMatchObject({ marker: "rolled-back", state: "closed" });
    const again = await at.kind("issue").apply(input, now);
    expect(again).toEqual(state);
    expect(at.app().issues).toHaveLength(1);
    await at.kind("issue").undo(now, again);
    expect(await at.kind("issue").read(input)).toEqual(now);
  });

  test("labels that are not there are not made by the way", async () => {
    const at = await subject();
    const failure = await failureOf(at.kind("issue").apply({ ...input, labels: ["bug", "typo"] }));
    expect(failure).toMatchObject({ code: "GITHUB_LABEL_MISSING", details: { labels: ["typo"] } });
    expect(at.app().issues).toEqual([]);
    const state = await at
      .kind("issue")
      .apply({ ...input, labels: ["BUG"], assignees: ["Octocat"] });
    expect(state).toMatchObject({ labels: ["bug"], assignees: ["octocat"] });
    expect(
      at.kind("issue").changes({ ...input, labels: ["BUG"], assignees: ["Octocat"] }, state),
    ).toEqual([]);
  });

  test("is found among hundreds", async () => {
    const at = await subject();
    const state = await at.kind("issue").apply(input);
    const base = at.app();
    const others = Array.from({ length: 240 }, (_, n) => ({
      ...base.issues[0]!,
      id: 9000 + n,
      number: n + 2,
      body: "no marker",
    }));
    const repository = { ...base, issues: [...base.issues, ...others] };
    at.sandbox.reset({ github: { repositories: [repository] } } as never);
    at.calls.length = 0;
    expect(await at.kind("issue").read(input)).toEqual(state);
    expect(at.calls.filter(({ operation }) => operation.endsWith("/issues"))).toHaveLength(3);
  });
});

describe("file", () => {
  const input = { path: "docs/a.md", content: "one\n" };

  test("Git's own name of a content", () => {
    expect(blobSha(new TextEncoder().encode("what is up, doc?"))).toBe(
      "bd9dbf5aae1a3862dd1526723246b20206e5fc37",
    );
    expect(blobSha(new Uint8Array())).toBe("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  });

  test("the commits say what, and which step", async () => {
    const at = await subject();
    const first = await at.kind("file").apply(input);
    const second = await at.kind("file").apply({ ...input, content: "two\n" }, first);
    await at.kind("file").undo(first, second);
    await at.kind("file").undo(undefined, first);
    const messages = at
      .app()
      .branches.main?.commits.map(({ message }) => message)
      .reverse();
    expect(messages).toEqual([
      "Initial commit",
      "Add docs/a.md\n\nTestx-Step: test.step",
      "Update docs/a.md\n\nTestx-Step: test.step",
      "Restore docs/a.md\n\nTestx-Step: test.step",
      "Remove docs/a.md\n\nTestx-Step: test.step",
    ]);
    expect(at.app().branches.main?.files).not.toHaveProperty("docs/a.md");
  });

  test("bytes that are not text survive a change and its undo", async () => {
    const at = await subject();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n)).toString("base64");
    const binary = { path: "x.bin", content: bytes, encoding: "base64" };
    const first = await at.kind("file").apply(binary);
    const second = await at.kind("file").apply({ path: "x.bin", content: "text" }, first);
    await at.kind("file").undo(first, second);
    expect(await at.kind("file").read(binary)).toEqual(first);
    expect(at.app().blobs[String(first.sha)]).toBe(bytes);
  });

  test("nobody's newer version is overwritten or removed", async () => {
    const at = await subject();
    const first = await at.kind("file").apply(input);
    await at.kind("file").apply({ ...input, content: "somebody's" }, first);
    for (const work of [
      () => at.kind("file").apply({ ...input, content: "mine" }, first),
      () => at.kind("file").apply({ ...input, content: "mine" }),
      () => at.kind("file").undo(undefined, first),
    ]) {
      expect(await failureOf(work())).toMatchObject({
        code: "GITHUB_CONFLICT",
        outcome: "not-applied",
      });
    }
    expect(await at.kind("file").read(input)).toMatchObject({
      sha: blobSha(Buffer.from("somebody's")),
    });
  });

  test("a directory is no file; a branch that is missing has none", async () => {
    const at = await subject();
    await at.kind("file").apply(input);
    expect(await failureOf(at.kind("file").read({ path: "docs", content: "" }))).toMatchObject({
      code: "GITHUB_NOT_A_FILE",
    });
    const elsewhere = { ...input, branch: "feature/x" };
    expect(await at.kind("file").read(elsewhere)).toBeUndefined();
    expect(await failureOf(at.kind("file").apply(elsewhere))).toMatchObject({
      code: "GITHUB_NOT_FOUND",
    });
  });

  test("an empty repository gets its first commit", async () => {
    const at = await subject();
    await at.kind("repository").apply({ repository: "acme/fresh", create: true, autoInit: false });
    const first = { ...input, repository: "acme/fresh" };
    expect(await at.kind("file").read(first)).toBeUndefined();
    const state = await at.kind("file").apply(first);
    expect(await at.kind("file").read(first)).toEqual(state);
    expect(at.wrong).toEqual([]);
  });

  test("content that GitHub has lost is residue", async () => {
    const at = await subject();
    const first = await at.kind("file").apply(input);
    const earlier = { ...first, sha: "0".repeat(40) };
    const residue = await at.kind("file").undo(earlier, first);
    expect(residue).toMatchObject([{ what: "the earlier content of docs/a.md in acme/app" }]);
    expect(await at.kind("file").read(input)).toEqual(first);
  });
});
