import { expect, it } from "vitest";
import { originText } from "../../../src/core/settings.ts";
import {
  fallbackFile,
  healthFile,
  load,
  problemsOfLoading,
  projectWith,
  retryFile,
  sequenceFile,
} from "./project.ts";

const sequence = {
  version: 1,
  integrations: {
    slack: { provider: "slack" },
    notion: { provider: "notion", required: false, dependsOn: ["slack"] },
  },
};
const retry = (more: object) => ({ version: 1, ...more });

async function shown(
  folder: string,
  path: string,
  env: Record<string, string> = {},
  flags: NonNullable<Parameters<typeof load>[1]>["flags"] = [],
) {
  const { origins } = await load(folder, { env, ...(flags.length > 0 ? { flags } : {}) });
  const found = origins.find((item) => item.path === path);
  return found && [found.value, originText(found.origin)];
}

it("has defaults for everything", async () => {
  const { sequence: loaded, switches } = await load(projectWith({ [sequenceFile]: sequence }));
  expect(loaded.integrations.map((integration) => integration.settings)).toMatchObject([
    {
      fallback: "fail",
      health: { intervalMs: 300_000, expectedStatus: 200 },
      retry: { maxAttempts: 3, baseDelayMs: 1_000, maxDelayMs: 30_000 },
      timeouts: { connectMs: 10_000, totalMs: 15_000 },
      endpoint: "https://slack.com/api/",
    },
    { fallback: "skip" },
  ]);
  expect(switches).toEqual({
    enabled: true,
    fallbackEnabled: true,
    offline: false,
    cacheRetentionMs: 86_400_000,
    localStorageFallback: true,
  });
});

it("lets the later layer win: default, settings, files, environment, flag", async () => {
  const path = "integrations.slack.retry.maxAttempts";
  const files: Record<string, object> = { [sequenceFile]: sequence };
  expect(await shown(projectWith(files), path)).toEqual([3, "default"]);
  files[".testxrc.json"] = { retry: { default: { maxAttempts: 4 } } };
  expect(await shown(projectWith(files), path)).toEqual([4, ".testxrc.json:4:22"]);
  files[retryFile] = retry({ default: { maxAttempts: 5 } });
  expect(await shown(projectWith(files), path)).toEqual([5, `${retryFile}:4:20`]);
  files[".testxrc.json"] = { retry: { integrations: { slack: { maxAttempts: 6 } } } };
  expect(await shown(projectWith(files), path)).toEqual([6, ".testxrc.json:5:24"]);
  files[retryFile] = retry({
    integrations: { slack: "QUICK" },
    presets: { QUICK: { maxAttempts: 7 } },
  });
  const folder = projectWith(files);
  expect(await shown(folder, path)).toEqual([7, `${retryFile}:8:22`]);
  expect(await shown(folder, "integrations.slack.retry.baseDelayMs")).toEqual([
    500,
    "default (preset QUICK)",
  ]);
  const env = { INTEGRATION_RETRY_MAX_ATTEMPTS: "8" };
  expect(await shown(folder, path, env)).toEqual([8, "env INTEGRATION_RETRY_MAX_ATTEMPTS"]);
  const flags = [{ flag: "--attempts", variable: "INTEGRATION_RETRY_MAX_ATTEMPTS", value: "9" }];
  expect(await shown(folder, path, env, flags)).toEqual([9, "--attempts"]);
});

it("takes fallbacks from the file, the sequence, and not at all when they are off", async () => {
  const files = {
    [sequenceFile]: {
      ...sequence,
      integrations: { ...sequence.integrations, slack: { provider: "slack", onFailure: "cache" } },
    },
    [fallbackFile]: {
      version: 1,
      default: { required: "defer" },
      integrations: { notion: "defer" },
    },
  };
  const path = (id: string) => `integrations.${id}.fallback`;
  const folder = projectWith(files);
  expect(await shown(folder, path("slack"))).toEqual(["cache", `${sequenceFile}:6:20`]);
  expect(await shown(folder, path("notion"))).toEqual(["defer", `${fallbackFile}:7:15`]);
  const env = { INTEGRATION_FALLBACK_ENABLED: "false" };
  expect(await shown(folder, path("slack"), env)).toEqual([
    "fail",
    "env INTEGRATION_FALLBACK_ENABLED",
  ]);
  expect(await shown(folder, path("notion"), env)).toEqual([
    "skip",
    "env INTEGRATION_FALLBACK_ENABLED",
  ]);
});

it("reads every environment variable of the contract", async () => {
  const env = {
    INTEGRATION_SEQUENCE_ENABLED: "no",
    INTEGRATION_HEALTH_CHECK_INTERVAL: "1000",
    INTEGRATION_RETRY_MAX_ATTEMPTS: "2",
    INTEGRATION_RETRY_BASE_DELAY: "10",
    INTEGRATION_FALLBACK_ENABLED: "0",
    SLACK_HEALTH_CHECK_URL: "http://127.0.0.1:1/slack",
    NOTION_HEALTH_CHECK_URL: "http://127.0.0.1:1/notion",
    OFFLINE_MODE_ENABLED: "TRUE",
    CACHED_DATA_RETENTION_HOURS: "48",
    LOCAL_STORAGE_FALLBACK: "off",
    SLACK_API_URL: "http://127.0.0.1:1/api/",
    NOTION_API_URL: "",
  };
  const { sequence: loaded, switches } = await load(projectWith({ [sequenceFile]: sequence }), {
    env,
  });
  expect(switches).toEqual({
    enabled: false,
    fallbackEnabled: false,
    offline: true,
    cacheRetentionMs: 172_800_000,
    localStorageFallback: false,
  });
  expect(loaded.integrations.map(({ settings }) => settings)).toMatchObject([
    {
      health: { intervalMs: 1_000, url: "http://127.0.0.1:1/slack" },
      retry: { maxAttempts: 2, baseDelayMs: 10 },
      endpoint: "http://127.0.0.1:1/api/",
    },
    { health: { url: "http://127.0.0.1:1/notion" }, endpoint: "https://api.notion.com" },
  ]);
});

it.each([
  ["INTEGRATION_RETRY_MAX_ATTEMPTS", "0", 'must be a whole number from 1 to 20. It is "0".'],
  [
    "INTEGRATION_HEALTH_CHECK_INTERVAL",
    "5m",
    'must be a whole number from 0 to 86400000. It is "5m".',
  ],
  ["OFFLINE_MODE_ENABLED", "maybe", 'must be true or false. It is "maybe".'],
  ["CACHED_DATA_RETENTION_HOURS", "-1", 'must be a whole number from 0 to 87600. It is "-1".'],
  [
    "SLACK_API_URL",
    "xoxb-1234567890-secretsecret",
    "must be an http or https address, but it is not a URL.",
  ],
  [
    "SLACK_HEALTH_CHECK_URL",
    "http://169.254.169.254/x",
    "must be an http or https address, but it is a link-local or cloud metadata address.",
  ],
])("names the variable %s when its value %s is bad", async (name, value, message) => {
  const problems = await problemsOfLoading(projectWith({ [sequenceFile]: sequence }), {
    env: { [name]: value },
  });
  expect(problems).toMatchObject([{ code: "CONFIG_ENV_VALUE", variable: name, text: name }]);
  expect(problems[0]?.message).toBe(`The environment variable ${name} ${message}`);
});

it("knows what is asked from what is given, and lets the environment's address win", async () => {
  const check = async (slack: object, more: Parameters<typeof load>[1] = {}) => {
    const file = { version: 1, integrations: { slack } };
    const folder = projectWith({ [sequenceFile]: sequence, [healthFile]: file });
    const { sequence: loaded } = await load(folder, more);
    return loaded.integrations[0]?.settings.health;
  };
  const tcp = { host: "slack.test", port: 443 };
  const env = { SLACK_HEALTH_CHECK_URL: "http://127.0.0.1:1/" };
  expect(await check({})).toMatchObject({ check: "provider" });
  expect(await check({ url: "https://status.test/" })).toMatchObject({ check: "http" });
  expect(await check(tcp)).toMatchObject({ check: "tcp", ...tcp });
  expect(await check({ ...tcp, check: "provider" })).toMatchObject({ check: "provider" });
  expect(await check(tcp, { env })).toMatchObject({
    check: "http",
    url: env.SLACK_HEALTH_CHECK_URL,
  });
  const sandboxed = await check(tcp, { env, sandbox: true });
  expect(sandboxed).toEqual({ intervalMs: 300_000, expectedStatus: 200, check: "provider" });
});

it("validates what the environment puts into the sequence", async () => {
  const folder = projectWith({
    [sequenceFile]: {
      version: 1,
      integrations: {
        github: { provider: "github", with: { repository: "${env.GITHUB_REPOSITORY}" } },
      },
    },
  });
  await load(folder);
  await load(folder, { env: { GITHUB_REPOSITORY: "acme/app" } });
  const problems = await problemsOfLoading(folder, { env: { GITHUB_REPOSITORY: "no slash" } });
  expect(problems).toMatchObject([{ code: "CONFIG_ENV_VALUE", line: 7, column: 23 }]);
  expect(problems[0]?.message).toContain("GITHUB_REPOSITORY");
  expect(JSON.stringify(problems)).not.toContain("no slash");
});

it.each([
  [
    "an integration that is not there",
    healthFile,
    { integrations: { slak: {} } },
    "CONFIG_UNKNOWN_INTEGRATION",
    "slack",
  ],
  [
    "a preset that is not there",
    retryFile,
    { default: "STANDART" },
    "CONFIG_UNKNOWN_PRESET",
    "STANDARD",
  ],
  [
    "a preset that is not there",
    retryFile,
    { integrations: { slack: { preset: "quik" } } },
    "CONFIG_UNKNOWN_PRESET",
    "QUICK",
  ],
  [
    "a strategy that is not there",
    fallbackFile,
    { integrations: { slack: "defr" } },
    "CONFIG_BAD_VALUE",
    "defer",
  ],
  ["an unknown key", healthFile, { defaults: { interval: 1 } }, "CONFIG_UNKNOWN_KEY", "intervalMs"],
  [
    "an unknown key of a policy",
    retryFile,
    { default: { maxAttemps: 1 } },
    "CONFIG_UNKNOWN_KEY",
    "maxAttempts",
  ],
  ["a wrong type", retryFile, { default: 5 }, "CONFIG_WRONG_TYPE", undefined],
  [
    "too many attempts",
    retryFile,
    { default: { maxAttempts: 500 } },
    "CONFIG_BAD_VALUE",
    undefined,
  ],
  [
    "a metadata address",
    healthFile,
    { integrations: { slack: { url: "http://169.254.169.254/" } } },
    "CONFIG_BAD_VALUE",
    undefined,
  ],
  [
    "a check that is not there",
    healthFile,
    { integrations: { slack: { check: "htp" } } },
    "CONFIG_BAD_VALUE",
    "http",
  ],
  [
    "a check by HTTP of nothing",
    healthFile,
    { integrations: { slack: { check: "http" } } },
    "CONFIG_MISSING_KEY",
    undefined,
  ],
  [
    "a check by TCP without a port",
    healthFile,
    { integrations: { slack: { check: "tcp", host: "slack.test" } } },
    "CONFIG_MISSING_KEY",
    undefined,
  ],
  [
    "a host without a port",
    healthFile,
    { integrations: { slack: { host: "slack.test" } } },
    "CONFIG_MISSING_KEY",
    undefined,
  ],
  [
    "a port that is none",
    healthFile,
    { integrations: { slack: { host: "slack.test", port: 70_000 } } },
    "CONFIG_BAD_VALUE",
    undefined,
  ],
  ...["169.254.169.254", "2852039166", "0xa9.254.169.254", "[fe80::1]", "fd00:ec2::254"].map(
    (host): [string, string, object, string, undefined] => [
      `the host ${host}`,
      healthFile,
      { integrations: { slack: { host, port: 80 } } },
      "CONFIG_BAD_VALUE",
      undefined,
    ],
  ),
  [
    "a host that is an address with a path",
    healthFile,
    { integrations: { slack: { host: "slack.test/x", port: 80 } } },
    "CONFIG_BAD_VALUE",
    undefined,
  ],
])("reports %s in %s", async (_, file, content, code, suggestion) => {
  const folder = projectWith({ [sequenceFile]: sequence, [file]: { version: 1, ...content } });
  const problems = await problemsOfLoading(folder);
  expect(problems.map((problem) => [problem.file, problem.code, problem.suggestion])).toEqual([
    [file, code, suggestion],
  ]);
});

it("shows of secrets only whether they are set, and of addresses no query", async () => {
  const env = {
    SLACK_BOT_TOKEN: "xoxb-canary",
    SLACK_HEALTH_CHECK_URL: "https://h.test/x?token=canary",
  };
  const { origins } = await load(projectWith({ [sequenceFile]: sequence }), { env });
  expect(JSON.stringify(origins)).not.toContain("canary");
  expect(origins).toContainEqual({
    path: "secrets.SLACK_BOT_TOKEN",
    value: "set",
    origin: { kind: "environment", name: "SLACK_BOT_TOKEN" },
  });
  expect(origins).toContainEqual({
    path: "secrets.NOTION_TOKEN",
    value: "not set",
    origin: { kind: "default" },
  });
});

it("loads only the providers that the sequence names", async () => {
  const loaded: string[] = [];
  const { providers } = await import("./project.ts");
  const source = {
    ids: providers.ids,
    own: providers.own,
    load: (id: string) => {
      loaded.push(id);
      return providers.load(id);
    },
  };
  await load(projectWith({ [sequenceFile]: sequence }), { providers: source });
  expect(loaded.sort()).toEqual(["notion", "slack"]);
});
