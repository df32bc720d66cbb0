import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { RunEvent } from "../../src/core/events.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { tokens as github } from "../../src/sandbox/github/initial.ts";
import { sandboxToken as notion } from "../../src/sandbox/notion/state.ts";
import { rotatingApp, botToken as slack } from "../../src/sandbox/slack/state.ts";
import { formsOf } from "../support/canaries.ts";
import { type Ended, eventsOf, finishedOf } from "../support/cli.ts";
import { type TestProject, testProject } from "../support/project.ts";

/** Tokens that the stand-ins take beside their own ones, for the same accounts. */
const second = {
  slack: "xoxb-sandbox-second-0001",
  notion: "ntn_sandbox_second_00000000000000000000",
  github: "ghp_sandbox_second_00001",
};

let project: TestProject;

beforeEach(async () => {
  project = await testProject();
});

afterEach(async () => {
  await project.close();
});

/** Seeds the second tokens; `lasting`: how many calls the first ones are good for. */
function seed(more: JsonObject = {}): void {
  const full = project.sandbox.fullState() as unknown as Record<
    string,
    { tokens: Record<string, JsonObject | string> }
  >;
  const own = (service: string, token: string) => full[service]?.tokens[token] as JsonObject;
  const base: Record<string, JsonObject> = {
    slack: { tokens: { [second.slack]: { ...own("slack", slack), status: "active" } } },
    notion: { tokens: { [second.notion]: own("notion", notion) } },
    github: { tokens: { [second.github]: own("github", github.admin) } },
  };
  for (const [service, patch] of Object.entries(more)) {
    const { tokens = {}, ...rest } = patch as JsonObject;
    const known = base[service] as { tokens: JsonObject };
    base[service] = { tokens: { ...known.tokens, ...(tokens as JsonObject) }, ...rest };
  }
  project.sandbox.reset(base as JsonObject);
}

/** Puts `credentials` into an integration of the sequence. */
function credentials(integration: string, sources: readonly JsonObject[]): void {
  const file = join(project.folder, "config/integrations/integration-sequence.json");
  const sequence = JSON.parse(readFileSync(file, "utf8")) as {
    integrations: Record<string, JsonObject>;
  };
  const own = sequence.integrations[integration] as Record<string, unknown>;
  own.credentials = sources;
  writeFileSync(file, JSON.stringify(sequence));
}

function file(name: string, content: string, mode = 0o600): string {
  const path = join(project.folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const setup = (env: Record<string, string | undefined> = {}): Promise<Ended> =>
  project.run(["integrations", "setup", "--json"], { env });

function rotations(ended: Ended): string[] {
  return eventsOf(ended)
    .filter((event) => event.type === "credential.rotated")
    .map((event) => {
      const { integration, from, to, reason } = event as Extract<
        RunEvent,
        { type: "credential.rotated" }
      >;
      return `${integration}: ${from} → ${to} (${reason})`;
    });
}

/** What the credentials that were used must not show in. */
function shows(ended: Ended, ...secrets: string[]): string[] {
  const journal = readFileSync(join(project.folder, ".testx/state.db")).toString("latin1");
  const wal = join(project.folder, ".testx/state.db-wal");
  const text = [ended.stdout, ended.stderr, journal];
  if (statSync(wal, { throwIfNoEntry: false })) text.push(readFileSync(wal).toString("latin1"));
  return secrets.flatMap((secret) =>
    formsOf(secret).filter((form) => text.some((one) => one.includes(form))),
  );
}

const refused = (): number => project.sandbox.log().filter(({ status }) => status === 401).length;

it("the next credential takes over in the middle of a setup, on each service, once", async () => {
  seed({
    slack: { lasting: { [slack]: 4 } },
    notion: { lasting: { [notion]: 9 } },
    github: { lasting: { [github.admin]: 6 } },
  });
  const undisturbed = project.sandbox.state();
  for (const [name, env] of [
    ["slack", "SLACK_BOT_TOKEN"],
    ["notion", "NOTION_TOKEN"],
    ["github", "GITHUB_TOKEN"],
  ] as const) {
    credentials(name, [{ env }, { env: `${env}_NEXT` }]);
  }
  const ended = await setup({
    SLACK_BOT_TOKEN_NEXT: second.slack,
    NOTION_TOKEN_NEXT: second.notion,
    GITHUB_TOKEN_NEXT: second.github,
  });
  expect(ended.code, ended.stderr).toBe(0);
  expect(rotations(ended).sort()).toEqual([
    "github: GITHUB_TOKEN → GITHUB_TOKEN_NEXT (HTTP 401)",
    "notion: NOTION_TOKEN → NOTION_TOKEN_NEXT (unauthorized)",
    "slack: SLACK_BOT_TOKEN → SLACK_BOT_TOKEN_NEXT (token_revoked)",
  ]);
  expect(project.sandbox.state()).not.toBe(undisturbed);
  expect(shows(ended, ...Object.values(second), slack, notion, github.admin)).toEqual([]);
  // What was under way when it was refused, and not a refusal for each call after that.
  expect(refused()).toBeLessThan(12);
  const again = await setup({
    SLACK_BOT_TOKEN: second.slack,
    NOTION_TOKEN: second.notion,
    GITHUB_TOKEN: second.github,
  });
  expect(finishedOf(again).counts.created).toBe(0);
});

it("when all are refused the service's own code says so, and where they came from", async () => {
  seed({ slack: { lasting: { [slack]: 0, [second.slack]: 0 } } });
  file("second", `${second.slack}\n`);
  credentials("slack", [{ env: "SLACK_BOT_TOKEN" }, { file: "second" }]);
  const ended = await setup();
  expect(ended.code).not.toBe(0);
  const { failure } = finishedOf(ended);
  expect(failure?.code).toBe("SLACK_TOKEN_REVOKED");
  expect(failure?.message).toContain("Credentials tried: SLACK_BOT_TOKEN, the file second.");
  expect(shows(ended, slack, second.slack)).toEqual([]);
});

it("a file is read again when its credential is refused, and when it has changed", async () => {
  seed({ github: { lasting: { [github.admin]: 5 } } });
  const path = file("github-token", `${github.admin}\n`);
  credentials("github", [{ file: "github-token" }]);
  const ended = await project.run(["integrations", "setup", "--json"], {
    env: { GITHUB_TOKEN: undefined },
    started(child) {
      // Written as soon as testx has begun to call, so before the fifth call to GitHub.
      child.stdout?.once("data", () => writeFileSync(path, second.github));
    },
  });
  expect(ended.code, ended.stderr).toBe(0);
  expect(shows(ended, github.admin, second.github)).toEqual([]);
});

it("SLACK_BOT_TOKEN_FILE names a file, without any configuration", async () => {
  const path = file("token", `${slack}\n`);
  const ended = await setup({ SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: path });
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stderr).not.toContain("others than its owner");
  chmodSync(path, 0o644);
  const open = await project.run(["integrations", "setup"], {
    env: { SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: path },
  });
  expect(open.code).toBe(0);
  expect(open.stderr).toContain(`chmod 600 ${path}`);
});

it("a command's output is a credential; when it fails, hangs or says nothing a code tells", async () => {
  const shell = (script: string): JsonObject => ({ command: ["sh", "-c", script] });
  file("kept", slack);
  credentials("slack", [shell("cat kept; echo noise-that-is-secret >&2")]);
  const ended = await setup({ SLACK_BOT_TOKEN: undefined });
  expect(ended.code, ended.stderr).toBe(0);
  expect(shows(ended, slack, "noise-that-is-secret")).toEqual([]);
  for (const [source, code] of [
    [shell("echo said-on-stderr >&2; exit 3"), "CREDENTIAL_COMMAND_FAILED"],
    [{ command: ["no-such-program-here"] }, "CREDENTIAL_COMMAND_FAILED"],
    [shell("true"), "CREDENTIAL_EMPTY"],
    [{ file: "nowhere" }, "CREDENTIAL_FILE_UNREADABLE"],
    [{ env: "NOT_SET_HERE" }, "SECRET_MISSING"],
    [shell("echo two words"), "SECRET_MALFORMED"],
  ] as const) {
    credentials("slack", [source as JsonObject]);
    const failed = await setup({ SLACK_BOT_TOKEN: undefined });
    expect(failed.code, failed.stdout).toBe(4);
    expect(finishedOf(failed).failure?.code).toBe(code);
    expect(failed.stdout + failed.stderr).not.toMatch(/said-on-stderr|two words/);
  }
  // Told before anything is sent.
  expect(project.sandbox.log().filter(({ service }) => service === "slack")).not.toEqual([]);
});

it("a command runs in the project's folder, wherever testx is started below it", async () => {
  file("kept", slack);
  credentials("slack", [{ command: ["cat", "kept"] }]);
  // So far up the configuration is looked for.
  file("package.json", "{}");
  const below = join(project.folder, "src/deep");
  mkdirSync(below, { recursive: true });
  // What a variable names begins where testx is started.
  writeFileSync(join(below, "notion-token"), `${notion}\n`, { mode: 0o600 });
  const ended = await project.run(["setup", "--json"], {
    cwd: below,
    env: {
      ...{ SLACK_BOT_TOKEN: undefined, NOTION_TOKEN: undefined },
      NOTION_TOKEN_FILE: "notion-token",
    },
  });
  expect(ended.code, ended.stdout + ended.stderr).toBe(0);
});

it("with --sandbox no command is run and no file read: the stand-ins have tokens of their own", async () => {
  credentials("slack", [{ command: ["sh", "-c", "echo run > ran; cat nowhere"] }]);
  credentials("github", [{ file: "nowhere" }]);
  const ended = await project.run(["integrations", "setup", "--sandbox", "--json"]);
  expect(ended.code, ended.stdout).toBe(0);
  expect(statSync(join(project.folder, "ran"), { throwIfNoEntry: false })).toBeUndefined();
});

it("an app's token is exchanged for its key, and anew when it expires within a run", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const permissions = {
    ...{ actions: "write", administration: "write", contents: "write", environments: "write" },
    ...{ issues: "write", metadata: "read", repository_hooks: "write", secrets: "write" },
    ...{ actions_variables: "write", variables: "write", pull_requests: "write" },
  };
  seed({
    github: {
      apps: {
        "4711": {
          publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
          seconds: 3600,
          calls: 5,
          installations: { "815": { login: "github-actions[bot]", permissions, role: "admin" } },
        },
      },
    },
  });
  file("app.pem", pem);
  credentials("github", [
    {
      githubApp: {
        appId: "${env.APP_ID}",
        installationId: 815,
        privateKey: { file: "app.pem" },
      },
    },
  ]);
  const ended = await setup({ GITHUB_TOKEN: undefined, APP_ID: "4711" });
  expect(ended.code, ended.stdout).toBe(0);
  const exchanges = project.sandbox.log().filter(({ path }) => path.endsWith("/access_tokens"));
  expect(exchanges.length).toBeGreaterThan(1);
  expect(rotations(ended)[0]).toBe("github: the exchange githubApp → its new value (HTTP 401)");
  expect(rotations(ended)).toHaveLength(exchanges.length - 1);
  const used = Object.keys(
    (project.sandbox.fullState().github as { tokens: JsonObject }).tokens,
  ).filter((token) => token.startsWith("ghs_sandbox") && token.endsWith("Installation"));
  expect(used.length).toBe(exchanges.length);
  expect(shows(ended, ...used, ...pem.split("\n").filter((line) => line.length > 30))).toEqual([]);

  file("app.pem", pem.replace(/[A-Za-z]{20}/, "AAAAAAAAAAAAAAAAAAAA"));
  const broken = await setup({ GITHUB_TOKEN: undefined, APP_ID: "4711" });
  expect(finishedOf(broken).failure?.code).toMatch(/^CREDENTIAL_(KEY_INVALID|EXCHANGE_REFUSED)$/);
  const unknown = await setup({ GITHUB_TOKEN: undefined, APP_ID: "4712" });
  expect(finishedOf(unknown).failure?.code).toMatch(/^CREDENTIAL_(KEY_INVALID|EXCHANGE_REFUSED)$/);
});

function rotating(source: JsonObject = { file: "refresh", store: true }): Record<string, string> {
  credentials("slack", [
    {
      slackRefresh: {
        clientId: rotatingApp.clientId,
        clientSecret: { env: "SLACK_CLIENT_SECRET" },
        refreshToken: source,
      },
    },
  ]);
  return { SLACK_CLIENT_SECRET: rotatingApp.secret };
}

const kept = () =>
  JSON.parse(readFileSync(join(project.folder, "refresh"), "utf8")) as Record<string, string>;
const refreshes = () =>
  project.sandbox.log().filter(({ path }) => path.endsWith("/oauth.v2.access")).length;

it("a refresh token is spent once for many runs, and its successor is kept", async () => {
  const env = { SLACK_BOT_TOKEN: undefined, ...rotating() };
  file("refresh", rotatingApp.refreshToken);
  const ended = await setup(env);
  expect(ended.code, ended.stdout).toBe(0);
  const first = kept();
  expect(first.refresh_token).not.toBe(rotatingApp.refreshToken);
  expect(statSync(join(project.folder, "refresh")).mode & 0o777).toBe(0o600);
  expect((await setup(env)).code).toBe(0);
  expect(refreshes()).toBe(1);
  const values = [first.refresh_token ?? "", first.access_token ?? "", rotatingApp.secret];
  expect(shows(ended, rotatingApp.refreshToken, ...values)).toEqual([]);

  // Revoked before its time: it is exchanged anew, and the run goes on.
  project.sandbox.reset({
    slack: {
      refreshTokens: { [first.refresh_token ?? ""]: { app: rotatingApp.clientId, used: 0 } },
    },
  });
  const revoked = await setup(env);
  expect(revoked.code, revoked.stdout).toBe(0);
  expect(rotations(revoked)).toEqual([
    "slack: the exchange slackRefresh → its new value (invalid_auth)",
  ]);
  expect(kept().refresh_token).not.toBe(first.refresh_token);
});

it("a lost reply to a refresh is asked for again while Slack still takes the token", async () => {
  const env = { SLACK_BOT_TOKEN: undefined, ...rotating() };
  file("refresh", rotatingApp.refreshToken);
  project.sandbox.setFaults([
    {
      service: "slack",
      match: { path: "oauth", nth: 1 },
      fault: { kind: "reset", when: "after" },
    },
  ]);
  const ended = await setup(env);
  expect(ended.code, ended.stdout).toBe(0);
  expect(refreshes()).toBe(2);
  expect(kept().access_token).toMatch(/^xoxe\.xoxb-/);
});

it("a refresh token whose successor was lost is told exactly", async () => {
  const env = { SLACK_BOT_TOKEN: undefined, ...rotating() };
  file("refresh", rotatingApp.refreshToken);
  seed({ slack: { apps: { [rotatingApp.clientId]: { graceSeconds: 0 } } } });
  project.sandbox.setFaults([
    {
      service: "slack",
      match: { path: "oauth", nth: 1 },
      fault: { kind: "reset", when: "after" },
    },
  ]);
  const ended = await setup(env);
  expect(finishedOf(ended).failure?.code).toBe("CREDENTIAL_REFRESH_LOST");
  expect(ended.code).not.toBe(0);
  expect(readFileSync(join(project.folder, "refresh"), "utf8")).toBe(rotatingApp.refreshToken);
  const later = await setup(env);
  expect(finishedOf(later).failure?.code).toBe("CREDENTIAL_EXCHANGE_REFUSED");
  expect(finishedOf(later).failure?.message).toContain("invalid_refresh_token");
});

it("two runs at once come to one refresh token that both can use", async () => {
  const env = { SLACK_BOT_TOKEN: undefined, ...rotating() };
  file("refresh", rotatingApp.refreshToken);
  const plan = () => project.run(["integrations", "plan", "--json"], { env });
  const ended = await Promise.all([plan(), plan()]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  const before = refreshes();
  expect((await setup(env)).code).toBe(0);
  expect(refreshes()).toBe(before);
});

it("a refresh token is not spent where its successor cannot be kept", async () => {
  const env = { SLACK_BOT_TOKEN: undefined, ...rotating({ file: "refresh" }) };
  file("refresh", rotatingApp.refreshToken);
  const ended = await setup(env);
  expect(ended.code).toBe(2);
  expect(finishedOf(ended).failure?.code).toBe("CREDENTIAL_NOT_STORABLE");
  expect(refreshes()).toBe(0);
});
