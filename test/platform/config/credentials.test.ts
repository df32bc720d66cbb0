import { join } from "node:path";
import { expect, it } from "vitest";
import { looksLikeSecret } from "../../../src/core/secret-text.ts";
import fc from "../../support/property.ts";
import { load, marked, problemsOfLoading, projectWith, sequenceFile } from "./project.ts";

const sequence = (credentials: unknown, provider = "slack") => ({
  version: 1,
  integrations: { slack: { provider, credentials } },
});

it("takes every kind of source; files begin at the project", async () => {
  const folder = projectWith({
    [sequenceFile]: sequence([
      { env: "TEAM_SLACK_TOKEN" },
      { file: "secrets/slack" },
      { file: "/run/secrets/slack" },
      { command: ["op", "read", "op://team/slack/token"], ttl: "10m" },
      {
        slackRefresh: {
          clientId: "${env.SLACK_CLIENT_ID}",
          clientSecret: { env: "SLACK_CLIENT_SECRET" },
          refreshToken: { file: "refresh" },
        },
      },
    ]),
  });
  const { sequence: loaded, origins } = await load(folder, { env: { TEAM_SLACK_TOKEN: "x" } });
  expect(loaded.integrations[0]?.settings.credentials).toEqual([
    { env: "TEAM_SLACK_TOKEN" },
    { file: join(folder, "secrets/slack") },
    { file: "/run/secrets/slack" },
    { command: ["op", "read", "op://team/slack/token"], ttlMs: 600_000 },
    {
      exchange: "slackRefresh",
      with: { clientId: "${env.SLACK_CLIENT_ID}" },
      secrets: {
        clientSecret: { env: "SLACK_CLIENT_SECRET" },
        refreshToken: { file: join(folder, "refresh") },
      },
    },
  ]);
  const secrets = origins.filter(({ path }) => path.startsWith("secrets."));
  expect(Object.fromEntries(secrets.map(({ path, value }) => [path, value]))).toEqual({
    "secrets.SLACK_BOT_TOKEN": "not set",
    "secrets.TEAM_SLACK_TOKEN": "set",
    "secrets.SLACK_CLIENT_SECRET": "not set",
  });
});

const inSlack = (text: string, provider = "slack") =>
  `{ "version": 1, "integrations": { "a": { "provider": "${provider}", "with": { "repository": "a/b" }, "credentials": ${text} } } }`.replace(
    provider === "slack" ? ' "with": { "repository": "a/b" },' : "\u0000",
    "",
  );
const secret = "xoxb-1234567890-canarycanary";

it.each<[string, string, string, string?]>([
  ["a token for a source", inSlack(`[▸"${secret}"]`), "CONFIG_SECRET_IN_FILE"],
  ["a token for a variable", inSlack(`[{ "env": ▸"${secret}" }]`), "CONFIG_SECRET_IN_FILE"],
  ["a token for a file", inSlack(`[{ "file": ▸"${secret}" }]`), "CONFIG_SECRET_IN_FILE"],
  [
    "a token in a command",
    inSlack(`[{ "command": ["echo", ▸"${secret}"] }]`),
    "CONFIG_SECRET_IN_FILE",
  ],
  ["a source with two ways", inSlack('[▸{ "env": "A", "file": "b" }]'), "CONFIG_BAD_VALUE"],
  ["a source with none", inSlack("[▸{}]"), "CONFIG_BAD_VALUE"],
  ["a misspelt way", inSlack('[{ ▸"comand": ["x"] }]'), "CONFIG_UNKNOWN_KEY", "command"],
  ["a bad variable", inSlack('[{ "env": ▸"MY TOKEN" }]'), "CONFIG_BAD_VALUE"],
  ["an empty command", inSlack('[{ ▸"command": [] }]'), "CONFIG_BAD_VALUE"],
  ["a ttl of a file", inSlack('[{ "file": "x", "ttl": ▸"1m" }]'), "CONFIG_BAD_VALUE"],
  ["an empty list", inSlack("[]").replace('"credentials"', '▸"credentials"'), "CONFIG_BAD_VALUE"],
  [
    "another service's exchange",
    inSlack(
      '[{ ▸"githubApp": { "appId": 1, "installationId": 2, "privateKey": { "file": "k" } } }]',
    ),
    "CONFIG_BAD_VALUE",
  ],
  [
    "a missing part",
    inSlack('[{ ▸"githubApp": { "appId": 1, "privateKey": { "file": "k" } } }]', "github"),
    "CONFIG_MISSING_KEY",
  ],
  [
    "a reference to a step",
    inSlack(
      '[{ "githubApp": { "appId": "▸${a.b.c}", "installationId": 2, "privateKey": { "file": "k" } } }]',
      "github",
    ),
    "REFERENCE_NOT_ALLOWED",
  ],
  [
    "a key itself",
    inSlack(
      '[{ "githubApp": { "appId": 1, "installationId": 2, "privateKey": ▸"-----BEGIN RSA PRIVATE KEY-----canary" } }]',
      "github",
    ),
    "CONFIG_SECRET_IN_FILE",
  ],
])("reports %s, and repeats no secret", async (_, document, code, suggestion) => {
  const { text, places } = marked(document);
  const problems = await problemsOfLoading(projectWith({ [sequenceFile]: text }));
  expect(JSON.stringify(problems)).not.toContain("canary");
  expect(problems.map((one) => [one.code, one.suggestion, one.line, one.column])).toContainEqual([
    code,
    suggestion,
    places[0]?.line,
    places[0]?.column,
  ]);
});

it.each([
  ["redis://cache.test:6379/2", "redis://cache.test:6379/2"],
  ["redis://:${env.REDIS_PASSWORD}@cache.test", "redis://:hush-hush@cache.test"],
  ["sqlite:.testx/shared.db", "sqlite:.testx/shared.db"],
  ["memory:", "memory:"],
])("takes the cache %s, and shows no password", async (cache, url) => {
  const folder = projectWith({ [sequenceFile]: sequence(undefined), ".testxrc.json": { cache } });
  const { switches, origins } = await load(folder, { env: { REDIS_PASSWORD: "hush-hush" } });
  expect(switches.cacheUrl).toBe(url);
  expect(JSON.stringify(origins)).not.toContain("hush");
  const env = { TESTX_CACHE_URL: "redis://u:hush-hush@other.test?x=hush", REDIS_PASSWORD: "hush" };
  const over = await load(folder, { env });
  expect(over.switches.cacheUrl).toBe(env.TESTX_CACHE_URL);
  expect(JSON.stringify(over.origins)).not.toContain("hush");
  expect(over.origins).toContainEqual({
    path: "switches.cacheUrl",
    value: "redis://u:***@other.test?…",
    origin: { kind: "environment", name: "TESTX_CACHE_URL" },
  });
});

it.each([
  ["rediss//cache", "CONFIG_BAD_VALUE"],
  ["redi://cache", "CONFIG_BAD_VALUE"],
  ["redis://u:canary-canary@cache.test", "CONFIG_SECRET_IN_FILE"],
  ["redis://cache.test?password=canary-canary", "CONFIG_SECRET_IN_FILE"],
  ["redis://:${env.NOT_SET}@cache.test", "CONFIG_BAD_VALUE"],
  ["redis://${slack.channel.id}", "REFERENCE_NOT_ALLOWED"],
])("refuses the cache %s, wherever it is written", async (cache, code) => {
  const files = [
    { ".testxrc.json": { cache } },
    { ".testxrc.yaml": `# settings\ncache: "${cache}"\n` },
  ];
  for (const file of files) {
    const folder = projectWith({ [sequenceFile]: sequence(undefined), ...(file as object) });
    const problems = await problemsOfLoading(folder);
    expect(problems.map((one) => one.code)).toEqual([code]);
    expect(problems[0]?.line).toBe(2);
    expect(JSON.stringify(problems)).not.toContain("canary");
  }
});

it("tells credentials from names and paths", () => {
  for (const text of [
    "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11ABCDEFG0abcdefghij_klmnop",
    "ntn_1234567890abcdefghijklmnop",
    "Bearer abcdefghijkl",
    "0123456789abcdef0123456789abcdef01234567",
  ]) {
    expect(looksLikeSecret(text), text).toBe(true);
  }
  for (const text of [
    "SLACK_BOT_TOKEN",
    "op://team/slack bot/credential",
    "vault kv get -field=token secret/slack",
    "/run/secrets/slack_bot_token",
    "~/.config/some-rather-long-folder-name/and-another-one/token",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack",
    "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "${env.SLACK_CLIENT_ID}",
  ]) {
    expect(looksLikeSecret(text), text).toBe(false);
  }
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), (text) => {
      fc.pre(!/[_-]/.test(text) && !/bearer|basic|A(KI|SI)A|eyJ/i.test(text));
      expect(looksLikeSecret(text)).toBe(false);
    }),
  );
});
