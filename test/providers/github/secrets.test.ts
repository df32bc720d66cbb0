import { describe, expect, test } from "vitest";
import type { AnyKind } from "../../../src/core/provider.ts";
import { github } from "../../../src/providers/github/provider.ts";
import { sha256 } from "../../../src/sandbox/github/git.ts";
import { github as service } from "../../../src/sandbox/github/service.ts";
import { makeCall, sandboxOf } from "../../support/sandbox.ts";
import { byHand } from "./samples.ts";
import { failureOf, looking, subject } from "./subject.ts";

const secret = { name: "DEPLOY_KEY", value: "canary-one" };
const hook = { url: "https://hooks.example.com/a", secret: "canary-hook" };
const { digest } = makeCall();

describe("secret", () => {
  test("the service gets the value, the state a digest", async () => {
    const at = await subject();
    const state = await at.kind("secret").apply(secret);
    expect(at.app().holder.secrets).toMatchObject([
      { name: "DEPLOY_KEY", hash: sha256("canary-one") },
    ]);
    expect(state).toMatchObject({ name: "DEPLOY_KEY", digest: digest("canary-one") });
    expect(JSON.stringify([state, at.calls, at.sandbox.fullState()])).not.toContain("canary");
  });

  test("a rerun in another process sees with its receipt that nothing changed", async () => {
    const at = await subject();
    const receipt = await at.kind("secret").apply(secret);
    const later = await subject({ sandbox: at.sandbox });
    const now = await later.kind("secret").read(secret, { ...looking, receipt });
    expect(now).toEqual(receipt);
    expect(later.kind("secret").changes(secret, now!)).toEqual([]);
    expect(later.kind("secret").changes({ ...secret, value: "a longer one" }, now!)).toEqual([
      "digest",
    ]);
    expect(later.calls).toHaveLength(1);
  });

  test("one that testx did not set is not overwritten unless it may be", async () => {
    const at = await subject();
    await at.kind("secret").apply(secret);
    const later = await subject({ sandbox: at.sandbox });
    const kind = later.kind("secret");
    expect(await failureOf(kind.read(secret, looking))).toMatchObject({
      code: "GITHUB_SECRET_EXISTS",
    });
    const now = await kind.read(secret);
    expect(now).toMatchObject({ digest: "foreign" });
    expect(await failureOf(kind.apply(secret, now))).toMatchObject({
      code: "GITHUB_SECRET_EXISTS",
    });
    expect(later.calls.filter(({ operation }) => operation.startsWith("PUT"))).toEqual([]);

    const allowed = { ...secret, value: "canary-two!", overwrite: true };
    const before = await kind.read(allowed, looking);
    const after = await kind.apply(allowed, before);
    expect(after).toMatchObject({ digest: digest("canary-two!") });
    const residue = await kind.undo(before, after);
    expect(residue).toMatchObject([
      { what: expect.stringContaining("earlier value of secret DEPLOY_KEY") },
    ]);
  });

  test("one that was set again past testx is noticed", async () => {
    let now = Date.parse("2026-02-01T00:00:00Z");
    const sandbox = await sandboxOf([service], { now: () => now });
    const mine = await subject({ sandbox });
    const receipt = await mine.kind("secret").apply(secret);
    now += 5_000;
    const somebody = await subject({ sandbox });
    await somebody.kind("secret").apply({ ...secret, overwrite: true }, receipt);
    const state = await (await subject({ sandbox }))
      .kind("secret")
      .read(secret, { ...looking, receipt });
    expect(state).toMatchObject({ digest: "replaced" });
    expect(mine.kind("secret").changes(secret, state!)).toEqual(["digest"]);
    await sandbox.close();
  });

  test("after a crash the create is finished without a question", async () => {
    const at = await subject();
    await at.kind("secret").apply(secret);
    // The process died here: no receipt, only the intent of operation `crashed…`.
    const later = await subject({ sandbox: at.sandbox });
    const operation = "crashed000000000";
    const now = await later.kind("secret").read(secret, { operation });
    const { ours } = github.kinds.secret as AnyKind;
    expect(await ours!(later.client, now, makeCall({ operation }))).toBe(true);
    const after = await later.kind("secret").apply(secret, now, { operation });
    expect(after).toMatchObject({ digest: digest("canary-one") });
  });
});

describe("webhook", () => {
  test("another process sees with its receipt that nothing changed", async () => {
    const at = await subject();
    const receipt = await at.kind("webhook").apply(hook);
    expect(receipt).toMatchObject({
      secret: digest("canary-hook"),
      events: ["push"],
      contentType: "json",
    });
    expect(JSON.stringify([receipt, at.sandbox.fullState()])).not.toContain("canary");
    const later = await subject({ sandbox: at.sandbox });
    expect(await later.kind("webhook").read(hook, { ...looking, receipt })).toEqual(receipt);
    expect(later.kind("webhook").changes(hook, receipt)).toEqual([]);
    expect(later.kind("webhook").changes({ ...hook, secret: "other" }, receipt)).toEqual([
      "secret",
    ]);
  });

  test("a secret that testx did not set is not replaced unless it may be", async () => {
    const at = await subject();
    await at.kind("webhook").apply(hook);
    const later = await subject({ sandbox: at.sandbox });
    expect(await failureOf(later.kind("webhook").read(hook, looking))).toMatchObject({
      code: "GITHUB_SECRET_EXISTS",
    });
    const without = { url: hook.url, active: false };
    const now = await later.kind("webhook").read(without, looking);
    const after = await later.kind("webhook").apply(without, now);
    expect(after).toMatchObject({ secret: "foreign", active: false });
    expect(at.app().hooks[0]?.secret).toBe(sha256("canary-hook"));
  });

  test("changing its events keeps its secret; an undo takes away one that was added", async () => {
    const at = await subject();
    const kind = at.kind("webhook");
    const plain = await kind.apply({ url: hook.url, events: ["push"] });
    const input = { ...hook, events: ["issues", "push"], contentType: "form", insecureSsl: true };
    const after = await kind.apply(input, plain);
    expect(await kind.read(input, { receipt: after })).toEqual(after);
    expect(at.app().hooks[0]).toMatchObject({ secret: sha256("canary-hook"), insecureSsl: "1" });
    expect(await kind.undo(plain, after)).toEqual([]);
    expect(at.app().hooks[0]).toMatchObject({
      secret: null,
      contentType: "json",
      events: ["push"],
    });
    expect(at.wrong).toEqual([]);
  });

  test("of several with one address the one of the receipt counts, else the oldest", async () => {
    const at = await subject();
    const first = await at.kind("webhook").apply({ url: hook.url, events: ["push"] });
    const second = (await byHand(at.sandbox.environment, "POST", "/repos/acme/app/hooks", {
      config: { url: hook.url },
      events: ["issues"],
    })) as { id: number };
    expect(await at.kind("webhook").read(hook)).toMatchObject({ id: first.id });
    const receipt = { ...first, id: second.id };
    expect(await at.kind("webhook").read(hook, { receipt })).toMatchObject({ id: second.id });
  });
});
