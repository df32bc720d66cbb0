import { expect, it } from "vitest";
import {
  fallbackFile,
  load,
  marked,
  problemsOfLoading,
  projectWith,
  sequenceFile,
} from "./project.ts";

const sequence = {
  version: 1,
  integrations: {
    slack: {
      provider: "slack",
      steps: {
        channel: { kind: "channel", with: { name: "dev" } },
        welcome: { kind: "message", with: { channel: "${slack.channel.id}", text: "Hello" } },
      },
    },
    notion: {
      provider: "notion",
      required: false,
      dependsOn: ["slack"],
      steps: {
        page: { kind: "page", with: { parent: "${env.PARENT}", title: "At ${slack.channel.url}" } },
        tasks: {
          kind: "database",
          with: { parent: "${notion.page.id}", title: "T", properties: { Name: "title" } },
        },
      },
    },
    github: { provider: "github", with: { repository: "a/b" } },
  },
};

async function settings(fallback: object, env: Record<string, string> = {}) {
  const files = { [sequenceFile]: sequence, [fallbackFile]: { version: 1, ...fallback } };
  const { sequence: loaded } = await load(projectWith(files), { env });
  return Object.fromEntries(loaded.integrations.map((one) => [one.id, one.settings]));
}

const whole = {
  integrations: {
    slack: {
      strategy: "defer",
      kinds: { message: "skip" },
      steps: {
        channel: {
          strategy: "default",
          value: {
            id: "${env.SLACK_CHANNEL}",
            url: "https://acme.slack.com/archives/${env.SLACK_CHANNEL}",
          },
        },
      },
    },
    notion: "cache",
  },
};

it("takes strategies for an integration, its kinds and its steps", async () => {
  const { slack, notion, github } = await settings(whole);
  expect(slack).toMatchObject({ fallback: "defer" });
  expect(slack?.fallbacks).toEqual({
    message: { strategy: "skip" },
    "slack.channel": whole.integrations.slack.steps.channel,
  });
  expect(notion?.fallback).toBe("cache");
  expect(notion?.fallbacks).toBeUndefined();
  expect(github?.fallback).toBe("fail");
});

it("takes one value for all steps of an integration", async () => {
  const value = { id: "1", url: "https://x.test" };
  const { slack } = await settings({ integrations: { slack: { strategy: "default", value } } });
  expect(slack).toMatchObject({ fallback: "default", fallbackValue: value });
});

it("uses none of them when they are switched off", async () => {
  const { slack, notion } = await settings(whole, { INTEGRATION_FALLBACK_ENABLED: "false" });
  expect(slack?.fallback).toBe("fail");
  expect(slack?.fallbacks).toBeUndefined();
  expect(notion?.fallback).toBe("skip");
});

const entry = (id: string, text: string) =>
  `{ "version": 1, "integrations": { "${id}": ${text} } }`;
const step = (id: string, name: string, value: string) =>
  entry(id, `{ "steps": { "${name}": { "strategy": "default", ${value} } } }`);

/** What is wrong, the document with marks at the places, and the codes; with a `?` the did-you-mean. */
it.each<[string, string, ...string[]]>([
  ["an unknown strategy", entry("slack", '{ "strategy": ▸"defre" }'), "CONFIG_BAD_VALUE?defer"],
  ["an unknown strategy alone", entry("slack", '▸"skipp"'), "CONFIG_BAD_VALUE?skip"],
  ["default alone", entry("slack", '▸"default"'), "CONFIG_BAD_VALUE"],
  ["an unknown key", entry("slack", '{ ▸"stragety": "skip" }'), "CONFIG_UNKNOWN_KEY?strategy"],
  ["no value", entry("slack", '{ "strategy": ▸"default" }'), "CONFIG_MISSING_KEY"],
  [
    "a value for nothing",
    entry("slack", '{ "strategy": "skip", ▸"value": {} }'),
    "CONFIG_BAD_VALUE",
  ],
  [
    "an unknown step",
    entry("slack", '{ "steps": { ▸"chanel": "skip" } }'),
    "CONFIG_UNKNOWN_STEP?channel",
  ],
  [
    "an unknown kind",
    entry("slack", '{ "kinds": { ▸"mesage": "skip" } }'),
    "CONFIG_UNKNOWN_KIND?message",
  ],
  [
    "an unknown integration",
    entry("slac", '"skip"').replace('"slac"', '▸"slac"'),
    "CONFIG_UNKNOWN_INTEGRATION?slack",
  ],
  [
    "a field that later steps need",
    step("slack", "channel", '▸"value": { "id": "x" }'),
    "FALLBACK_INCOMPLETE",
  ],
  [
    "a field that nothing leaves",
    step("slack", "welcome", '"value": { ▸"tss": "1" }'),
    "CONFIG_BAD_VALUE?ts",
  ],
  [
    "an open reference",
    step("slack", "welcome", '"value": { "ts": "▸${env.A" }'),
    "REFERENCE_SYNTAX",
  ],
  [
    "no reference",
    step("slack", "welcome", '"value": { "ts": "▸${slack.channel}" }'),
    "REFERENCE_SYNTAX",
  ],
  [
    "an unknown target",
    step("slack", "welcome", '"value": { "ts": "▸${slack.chanel.id}" }'),
    "REFERENCE_UNKNOWN?${slack.channel.id}",
  ],
  [
    "an unknown field",
    step("slack", "welcome", '"value": { "ts": "▸${slack.channel.idd}" }'),
    "REFERENCE_UNKNOWN?${slack.channel.id}",
  ],
  [
    "what comes later",
    step("slack", "welcome", '"value": { "ts": "▸${notion.page.id}" }'),
    "REFERENCE_LATER",
  ],
  [
    "itself",
    step("slack", "welcome", '"value": { "ts": "▸${slack.welcome.ts}" }'),
    "REFERENCE_LATER",
  ],
  [
    "a secret",
    step("slack", "welcome", '"value": { "ts": ▸"xoxb-123456789012-abcdefghijkl" }'),
    "CONFIG_SECRET_IN_FILE",
  ],
])("reports %s", async (_, document, ...codes) => {
  const { text, places } = marked(document);
  const folder = projectWith({ [sequenceFile]: sequence, [fallbackFile]: text });
  const problems = await problemsOfLoading(folder);
  const found = problems.filter(({ line, column }) =>
    places.some((place) => place.line === line && place.column === column),
  );
  expect(problems.map(({ file }) => file)).toEqual(problems.map(() => fallbackFile));
  expect(found.map((one) => one.code + (one.suggestion ? `?${one.suggestion}` : ""))).toEqual([
    codes[0],
  ]);
  expect(problems).toHaveLength(1);
  expect(JSON.stringify(problems)).not.toContain("abcdefghijkl");
});

it("takes a reference to what comes before", async () => {
  const steps = { welcome: { strategy: "default", value: { ts: "${slack.channel.id}" } } };
  await settings({ integrations: { slack: { steps } } });
  const tasks = { tasks: { strategy: "default", value: { id: "${slack.welcome.ts}" } } };
  await settings({ integrations: { notion: { steps: tasks } } });
});

it("a value within a field that is a reference is not known yet", async () => {
  const steps = { channel: { strategy: "default", value: { id: "1", url: "${env.CHANNEL_URL}" } } };
  const { slack } = await settings({ integrations: { slack: { steps } } });
  expect(slack?.fallbacks?.["slack.channel"]?.value?.url).toBe("${env.CHANNEL_URL}");
});
