import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../../src/core/catalogue/catalogue.ts";
import { type Failure, failure, TestxError } from "../../../src/core/failure.ts";
import type { Fetch } from "../../../src/core/http.ts";
import { classify } from "../../../src/providers/slack/classify.ts";
import { ask } from "../../../src/providers/slack/client.ts";
import { slack } from "../../../src/providers/slack/provider.ts";
import { initial } from "../../../src/sandbox/slack/state.ts";
import { connectProvider } from "../../../src/testing/connect.ts";
import { workspace } from "./workspace.ts";

const token = "xoxb-sandbox-testx";

/** What a method refused in the given way comes to, through the real SDK. */
async function refusedBy(fetch: Fetch): Promise<{ failure: Failure; error: unknown }> {
  const environment = { SLACK_BOT_TOKEN: token, SLACK_API_URL: "http://slack.invalid/api/" };
  const { client, run } = await connectProvider(slack, { environment, fetch });
  const error = await run((call) =>
    ask(client, call, "conversations.archive", { channel: "C1" }),
  ).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TestxError)) throw new Error(`no failure but ${inspect(error)}`);
  return { failure: error.failure, error };
}

function reply(status: number, body: unknown, headers: Record<string, string> = {}): Fetch {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return async () => new Response(text, { status, headers }) as never;
}

describe("what the SDK throws", () => {
  it.each([
    ["invalid_auth", "SLACK_TOKEN_INVALID", "not-applied", false],
    ["token_revoked", "SLACK_TOKEN_REVOKED", "not-applied", false],
    ["name_taken", "SLACK_NAME_TAKEN", "not-applied", false],
    ["channel_not_found", "SLACK_CHANNEL_NOT_FOUND", "not-applied", false],
    ["is_archived", "SLACK_ARCHIVED", "not-applied", false],
    ["restricted_action", "SLACK_RESTRICTED", "not-applied", false],
    ["unknown_method", "SLACK_UNSUPPORTED", "not-applied", false],
    ["ratelimited", "SLACK_RATE_LIMITED", "not-applied", true],
    ["service_unavailable", "SLACK_UNAVAILABLE", "not-applied", true],
    ["fatal_error", "SLACK_UNAVAILABLE", "unknown", true],
    ["internal_error", "SLACK_UNAVAILABLE", "unknown", true],
    ["a_word_of_tomorrow", "SLACK_REFUSED", "not-applied", false],
  ])("%s becomes %s", async (word, code, outcome, transient) => {
    const { failure } = await refusedBy(reply(200, { ok: false, error: word }));
    expect(failure).toMatchObject({ code, outcome, transient });
    expect(failure.details).toEqual({ method: "conversations.archive", error: word });
    expect(catalogue[failure.code]).toBeDefined();
  });

  it("names the scopes that are missing and those that are there", async () => {
    const body = {
      ok: false,
      error: "missing_scope",
      needed: "pins:write",
      provided: "chat:write",
    };
    const { failure } = await refusedBy(reply(200, body));
    expect(failure.code).toBe("SLACK_SCOPE_MISSING");
    expect(failure.message).toMatch(/lacks the scope pins:write .* it has chat:write/);
    expect(failure.details).toMatchObject({ needed: "pins:write", provided: "chat:write" });
  });

  it("keeps what Slack says of the place of a mistake", async () => {
    const messages = ["[ERROR] missing required field: channel"];
    const body = { ok: false, error: "invalid_arguments", response_metadata: { messages } };
    expect((await refusedBy(reply(200, body))).failure.message).toContain(messages[0]);
  });

  it("tells the token of an organization by what Slack misses", async () => {
    const messages = ["[ERROR] missing required field: team_id"];
    const body = { ok: false, error: "missing_argument", response_metadata: { messages } };
    const { failure } = await refusedBy(reply(200, body));
    expect(failure.code).toBe("SLACK_TOKEN_KIND");
    expect(failure.message).toMatch(/whole organization/);
  });

  it("does not call a page that is no JSON a refusal", async () => {
    const { failure } = await refusedBy(reply(200, "<html>Log in to the guest network</html>"));
    expect(failure).toMatchObject({ code: "SLACK_GARBLED", outcome: "unknown", transient: true });
    expect(failure.message).not.toContain("html");
  });

  it.each([
    [429, { "retry-after": "7" }, { code: "SLACK_RATE_LIMITED", retryAfterMs: 7000 }],
    [429, {}, { code: "SLACK_RATE_LIMITED", transient: true }],
    [503, {}, { code: "SLACK_UNAVAILABLE", outcome: "unknown", transient: true, status: 503 }],
    [404, {}, { code: "SLACK_UNSUPPORTED", outcome: "not-applied", status: 404 }],
    [501, {}, { code: "SLACK_UNSUPPORTED", outcome: "not-applied", transient: false }],
    [413, {}, { code: "SLACK_REFUSED", outcome: "not-applied", status: 413 }],
  ])("status %i with %o", async (status, headers, expected) => {
    expect((await refusedBy(reply(status, "", headers as never))).failure).toMatchObject(expected);
  });

  it("gives the failure that the fetch threw", async () => {
    const own = failure("GATEWAY_TIMEOUT", "no reply", { outcome: "unknown", transient: true });
    const { failure: seen } = await refusedBy(async () => {
      throw new TestxError(own);
    });
    expect(seen).toEqual(own);
  });

  it("never carries the token, however the error is printed", async () => {
    const leaky: Fetch[] = [
      reply(200, { ok: false, error: `bad token ${token}` }),
      reply(500, `echo: Bearer ${token}`, { "x-echo": token }),
      async () => {
        throw new Error(`cannot send Bearer ${token}`);
      },
      async () => {
        throw new TypeError(`Authorization: Bearer ${token}`);
      },
    ];
    for (const fetch of leaky) {
      const { failure, error } = await refusedBy(fetch);
      expect(JSON.stringify(failure)).not.toContain(token);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(token);
    }
    expect(JSON.stringify(classify(new Error(`xoxe.${token} and xapp-1-A`)))).not.toMatch(
      /xox|xapp/,
    );
  });
});

describe("health", () => {
  it("tells the account and the token's scopes", async () => {
    const { connected } = await workspace();
    const health = await connected.run((call) => slack.health(connected.client, call));
    expect(health).toMatchObject({ status: "healthy", account: "testx @ Aurora Works" });
    expect(health.scopes).toContain("channels:manage");
  });

  it.each([
    ["revoked", "SLACK_TOKEN_REVOKED"],
    ["expired", "SLACK_TOKEN_REVOKED"],
  ])("a token that is %s is down with %s", async (status, code) => {
    const { connected } = await workspace({ tokens: { [token]: { status } } });
    const health = await connected.run((call) => slack.health(connected.client, call));
    expect(health).toMatchObject({ status: "down", failure: { code } });
  });

  it("insists on the workspace the sequence names", async () => {
    const right = await workspace({}, { workspace: "aurora-works" });
    const healthy = await right.connected.run((call) => slack.health(right.connected.client, call));
    expect(healthy.status).toBe("healthy");
    const wrong = await workspace({}, { workspace: "aurora" });
    const health = await wrong.connected.run((call) => slack.health(wrong.connected.client, call));
    expect(health).toMatchObject({ status: "down", failure: { code: "SLACK_WRONG_WORKSPACE" } });
  });

  it("a missing scope surfaces where it is needed, before anything is written", async () => {
    const scopes = initial().tokens[token]!.scopes.filter((scope) => scope !== "channels:read");
    const { ensure, calls } = await workspace({ tokens: { [token]: { scopes } } });
    await expect(ensure("channel", { name: "dev" })).rejects.toMatchObject({
      code: "SLACK_SCOPE_MISSING",
      failure: { details: { needed: "channels:read" } },
    });
    expect(calls()).toEqual(["conversations.list"]);
  });
});
