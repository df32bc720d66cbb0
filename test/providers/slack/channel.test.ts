import { describe, expect, it } from "vitest";
import { TestxError } from "../../../src/core/failure.ts";
import { slack } from "../../../src/providers/slack/provider.ts";
import { manyChannels, seededChannel, workspace } from "./workspace.ts";

async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TestxError)) throw new Error(`no failure but ${String(error)}`);
  return error.failure;
}

describe("slack.channel", () => {
  it("finds a channel that stands on the second page of the list", async () => {
    const { ensure, read, calls } = await workspace({ channels: manyChannels(1100) });
    const now = await read("channel", { name: "team-1100" });
    expect(now).toMatchObject({ id: "C91100", joined: false });
    expect(calls()).toEqual(["conversations.list", "conversations.list", "auth.test"]);
    await ensure("channel", { name: "team-1101" });
    expect(calls().filter((method) => method === "conversations.create")).toHaveLength(1);
  });

  it("with a receipt needs one call to see that nothing has changed", async () => {
    const { ensure, calls } = await workspace();
    const input = { name: "dev", topic: "Plan & build 🚀 https://example.com", purpose: "a < b" };
    const receipt = await ensure("channel", input);
    calls();
    expect(await ensure("channel", input, { receipt })).toEqual(receipt);
    expect(calls()).toEqual(["conversations.info"]);
  });

  it("an undo brings a purpose of several lines back as it was", async () => {
    const { ensure, read, undo, person, channel } = await workspace();
    const made = await ensure("channel", { name: "dev" });
    const lines = "Ask here:\n  first & foremost";
    const asked = { channel: made.id!, purpose: lines };
    await person("conversations.setPurpose", asked, "xoxb-sandbox-testx");
    const kept = channel("dev")?.purpose.value;
    expect(kept).toContain("\n");
    const before = await read("channel", { name: "dev" }, { receipt: made });
    const after = await ensure("channel", { name: "dev", purpose: "new" }, { receipt: made });
    expect(await undo("channel", before, after)).toEqual([]);
    expect(channel("dev")?.purpose.value).toBe(kept);
  });

  it("joins an open channel it adopts, and leaves it again when that is undone", async () => {
    const { ensure, read, undo, sandbox, channel } = await workspace();
    const initial = sandbox.state();
    const input = { name: "general", topic: "All hands" };
    const before = await read("channel", input);
    expect(before).toMatchObject({ joined: false, topic: "Company-wide announcements" });
    const after = await ensure("channel", input);
    expect(after).toMatchObject({ joined: true, topic: "All hands" });
    expect(channel("general")?.members).toContain("U0TESTX");
    expect(await undo("channel", before, after)).toEqual([]);
    expect(sandbox.state()).toBe(initial);
  });

  it("renames by the receipt instead of making a second one", async () => {
    const { ensure, channel, calls } = await workspace();
    const receipt = await ensure("channel", { name: "dev" });
    calls();
    const renamed = await ensure("channel", { name: "engineering" }, { receipt });
    expect(renamed.id).toBe(receipt.id);
    expect(channel("dev")).toBeUndefined();
    expect(calls()).toEqual(["conversations.info", "conversations.rename"]);
  });

  it("after a lost reply finds what it had made, and knows it for its own", async () => {
    const { sandbox, connected, ensure, read, channel, state } = await workspace();
    sandbox.setFaults([
      {
        match: { path: "conversations\\.create" },
        fault: { kind: "reset", when: "after" },
        times: 1,
      },
    ]);
    const failed = await failureOf(ensure("channel", { name: "dev", topic: "T" }));
    expect(failed.outcome).toBe("unknown");
    const now = await read("channel", { name: "dev", topic: "T" });
    expect(
      await connected.run((call) => slack.kinds.channel!.ours!(connected.client, now, call)),
    ).toBe(true);
    await ensure("channel", { name: "dev", topic: "T" });
    expect(channel("dev")?.topic.value).toBe("T");
    expect(Object.values(state().channels).filter(({ name }) => name === "dev")).toHaveLength(1);
  });

  it("does not take somebody else's channel for its own", async () => {
    const { connected, read } = await workspace();
    const now = await read("channel", { name: "general" });
    const ours = connected.run((call) => slack.kinds.channel!.ours!(connected.client, now, call));
    expect(await ours).toBe(false);
  });

  describe("when its name is taken", () => {
    it("by an archived channel, says which, and that archived ones keep their names", async () => {
      const old = seededChannel("C0OLD", "dev", { is_archived: true });
      const { ensure } = await workspace({ channels: { C0OLD: old } as never });
      const failed = await failureOf(ensure("channel", { name: "dev" }));
      expect(failed).toMatchObject({
        code: "SLACK_NAME_TAKEN",
        outcome: "not-applied",
        details: { channel: "C0OLD" },
      });
      expect(failed.message).toMatch(/archived public channel C0OLD .*archived channels keep/);
    });

    it("by its own channel that somebody archived, tries to bring it back and says why not", async () => {
      const { ensure, person, calls } = await workspace();
      const receipt = await ensure("channel", { name: "dev" });
      await person("conversations.join", { channel: receipt.id! });
      await person("conversations.archive", { channel: receipt.id! });
      calls();
      const failed = await failureOf(ensure("channel", { name: "dev" }, { receipt }));
      expect(failed.message).toMatch(/which testx made, is archived, .*\(not_in_channel\)/);
      expect(calls()).toContain("conversations.unarchive");
    });

    it("by a private channel it cannot see, says so", async () => {
      const hidden = seededChannel("C0HIDDEN", "dev", { is_private: true });
      const { ensure } = await workspace({ channels: { C0HIDDEN: hidden } as never });
      const failed = await failureOf(ensure("channel", { name: "dev" }));
      expect(failed.message).toMatch(/cannot see, probably a private one/);
    });

    it("by a private channel it is in, names the setting", async () => {
      const closed = seededChannel("C0CLOSED", "dev", {
        is_private: true,
        members: ["U0MIRA", "U0TESTX"],
      });
      const { ensure } = await workspace({ channels: { C0CLOSED: closed } as never });
      const failed = await failureOf(ensure("channel", { name: "dev" }));
      expect(failed.message).toContain('set "private" to true');
      expect(await ensure("channel", { name: "dev", private: true })).toMatchObject({
        id: "C0CLOSED",
      });
    });
  });

  it("refuses to convert a channel before it writes anything", async () => {
    const { ensure, calls } = await workspace();
    const receipt = await ensure("channel", { name: "dev" });
    calls();
    const changed = { name: "dev", private: true, topic: "T" };
    const failed = await failureOf(ensure("channel", changed, { receipt }));
    expect(failed.code).toBe("SLACK_CHANNEL_PRIVACY");
    expect(calls()).toEqual(["conversations.info"]);
  });

  describe("taken away", () => {
    it("leaves its name free for the next one", async () => {
      const { ensure, undo, state, channel } = await workspace();
      const first = await ensure("channel", { name: "dev" });
      expect(await undo("channel", undefined, first)).toEqual([]);
      expect(state().channels[first.id as string]).toMatchObject({
        is_archived: true,
        name: `zz-dev-${String(first.id).toLowerCase()}`,
      });
      const second = await ensure("channel", { name: "dev" });
      expect(second.id).not.toBe(first.id);
      expect(channel("dev")?.id).toBe(second.id);
    });

    it("keeps to 80 characters however long the name is", async () => {
      const { ensure, undo, state } = await workspace();
      const first = await ensure("channel", { name: "d".repeat(80) });
      expect(await undo("channel", undefined, first)).toEqual([]);
      expect(state().channels[first.id as string]?.name).toHaveLength(80);
    });

    it("goes on where an interrupted undo had come to, with and without a receipt", async () => {
      for (const known of [true, false]) {
        const { ensure, undo, read, sandbox, state } = await workspace();
        const initial = sandbox.state();
        const receipt = await ensure("channel", { name: "dev" });
        sandbox.setFaults([
          { match: { path: "conversations\\.archive" }, fault: { kind: "reset", when: "before" } },
        ]);
        await failureOf(undo("channel", undefined, receipt));
        sandbox.setFaults([]);
        expect(state().channels[receipt.id as string]?.name).toMatch(/^zz-/);
        const parts = known ? { receipt } : {};
        const now = await read("channel", { name: "dev" }, parts);
        // What unwinding compares with: the channel as the step had left it.
        if (known) expect(now).toEqual(receipt);
        expect(await undo("channel", undefined, now!, parts)).toEqual([]);
        expect(sandbox.state()).toBe(initial);
      }
    });

    it("is renamed back by a setup that comes before the undo is finished", async () => {
      const { ensure, person, read } = await workspace();
      const receipt = await ensure("channel", { name: "dev" });
      const id = receipt.id as string;
      const bot = "xoxb-sandbox-testx";
      await person(
        "conversations.rename",
        { channel: id, name: `zz-dev-${id.toLowerCase()}` },
        bot,
      );
      await ensure("channel", { name: "dev" }, { receipt, operation: "" });
      expect(await read("channel", { name: "dev" })).toMatchObject({ id, name: "dev" });
    });

    it("names what Slack does not let it take away", async () => {
      const { undo, read, ensure, sandbox } = await workspace();
      await ensure("channel", { name: "general" });
      const initial = sandbox.state();
      const now = await read("channel", { name: "general" });
      sandbox.setFaults([
        {
          match: { path: "conversations\\.rename" },
          fault: { kind: "status", status: 200, body: { ok: false, error: "restricted_action" } },
        },
      ]);
      const residue = await undo("channel", undefined, now!);
      expect(residue).toMatchObject([
        { what: "channel #general", why: expect.stringContaining("cant_archive_general") },
      ]);
      expect(sandbox.state()).toBe(initial);
    });
  });
});
