import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { originText } from "../../../src/core/settings.ts";
import { duration, milliseconds } from "../../../src/platform/config/duration.ts";
import fc from "../../support/property.ts";
import {
  load,
  marked,
  problemsOfLoading,
  projectWith,
  retryFile,
  sequenceFile,
} from "./project.ts";

const sequence = {
  version: 1,
  integrations: {
    slack: { provider: "slack" },
    github: { provider: "github", with: { repository: "a/b" } },
  },
};

async function settings(retry: object, id = "slack", more: Record<string, object> = {}) {
  const files = { [sequenceFile]: sequence, [retryFile]: { version: 1, ...retry }, ...more };
  const loaded = await load(projectWith(files));
  const found = loaded.sequence.integrations.find((one) => one.id === id)!.settings;
  const origin = (path: string) => {
    const row = loaded.origins.find((one) => one.path === `integrations.${id}.${path}`);
    return row && [row.value, originText(row.origin)];
  };
  return { settings: found, origin };
}

it("takes every policy of an integration, each with its place", async () => {
  const { settings: found, origin } = await settings({
    default: { strategy: "linear", budget: { free: 3 } },
    integrations: {
      slack: {
        preset: "RATE_LIMITED",
        strategy: "decorrelated-jitter",
        rateLimits: [
          { requests: 300, per: "1m", burst: 20 },
          { id: "tier 2", requests: 5, per: 1000 },
        ],
        breaker: { enabled: false, consecutive: 2 },
        bulkhead: { writes: 1, queue: 0 },
        cache: { enabled: true, ttl: { users: "30m", channels: 5000 }, revalidate: "2h" },
        timeouts: { totalMs: 20_000 },
      },
    },
  });
  expect(found).toMatchObject({
    retry: {
      maxAttempts: 5,
      baseDelayMs: 5_000,
      maxDelayMs: 120_000,
      strategy: "decorrelated-jitter",
      budget: { free: 3, ratio: 0.1 },
    },
    rateLimits: [
      { id: "requests", requests: 300, perMs: 60_000, burst: 20 },
      { id: "tier 2", requests: 5, perMs: 1_000 },
    ],
    breaker: { enabled: false, consecutive: 2, ratio: 0.5, minimum: 5, windowMs: 30_000 },
    bulkhead: { writes: 1, queue: 0 },
    cache: { ttlMs: { users: 1_800_000, channels: 5_000 }, revalidateMs: 7_200_000 },
    timeouts: { totalMs: 20_000 },
  });
  expect(origin("breaker.consecutive")).toEqual([2, `${retryFile}:27:24`]);
  expect(origin("breaker.ratio")).toEqual([0.5, "default"]);
  expect(origin("retry.strategy")).toEqual(["decorrelated-jitter", `${retryFile}:12:19`]);
  expect(origin("cache.ttlMs.users")).toEqual([1_800_000, `${retryFile}:36:20`]);
});

it("a provider's own limits hold, and are shown, where nobody says otherwise", async () => {
  const { settings: found, origin } = await settings({});
  expect(found.rateLimits).toBeUndefined();
  expect(origin("rateLimits.requests")).toEqual([
    expect.objectContaining({ requests: 100, perMs: 60_000 }),
    "default (slack)",
  ]);
});

it("an operation's policy is that of the integration before the general one, in the order written", async () => {
  const { settings: found } = await settings({
    presets: { QUICK: { maxAttempts: 2 } },
    default: { operations: { "*": "QUICK", "chat.*": { maxAttempts: 4 } } },
    integrations: {
      slack: {
        operations: {
          "conversations.*": { preset: "STANDARD", baseDelayMs: 7 },
          "chat.*": { maxAttempts: 1 },
        },
      },
    },
  });
  expect(found.retry.operations).toEqual([
    { match: "conversations.*", settings: { maxAttempts: 5, baseDelayMs: 7, maxDelayMs: 30_000 } },
    { match: "chat.*", settings: { maxAttempts: 1 } },
    { match: "*", settings: { maxAttempts: 2, baseDelayMs: 500, maxDelayMs: 5_000 } },
  ]);
});

it("the project's settings take the same policies, below the files", async () => {
  const { settings: found } = await settings(
    { default: { breaker: { consecutive: 9 } } },
    "github",
    {
      ".testxrc.json": {
        retry: {
          default: {
            breaker: { consecutive: 8, openMs: 1 },
            rateLimits: [{ requests: 1, per: "1s" }],
          },
        },
      },
    },
  );
  expect(found.breaker).toMatchObject({ consecutive: 9, openMs: 1 });
  expect(found.rateLimits).toEqual([{ id: "requests", requests: 1, perMs: 1_000 }]);
});

function accepted(error: Error): [] {
  if (error.message !== "the configuration was accepted") throw error;
  return [];
}

const inSlack = (policy: string) => `{ "version": 1, "integrations": { "slack": ${policy} } }`;

/** What is wrong, the document with a mark at its place, the code and the did-you-mean. */
it.each<[string, string, string, string?]>([
  ["a misspelt policy", inSlack('{ ▸"braker": {} }'), "CONFIG_UNKNOWN_KEY", "breaker"],
  [
    "a misspelt value",
    inSlack('{ "breaker": { ▸"consecutiv": 1 } }'),
    "CONFIG_UNKNOWN_KEY",
    "consecutive",
  ],
  [
    "a strategy that is not there",
    inSlack('{ "strategy": ▸"full-jiter" }'),
    "CONFIG_BAD_VALUE",
    "full-jitter",
  ],
  ["a ratio above one", inSlack('{ "breaker": { "ratio": ▸1.5 } }'), "CONFIG_BAD_VALUE"],
  [
    "a limit without its time",
    inSlack('{ "rateLimits": [▸{ "requests": 3 }] }'),
    "CONFIG_MISSING_KEY",
  ],
  [
    "a limit of nothing",
    inSlack('{ "rateLimits": [{ "requests": ▸0, "per": "1m" }] }'),
    "CONFIG_BAD_VALUE",
  ],
  [
    "a time that is none",
    inSlack('{ "rateLimits": [{ "requests": 3, "per": ▸"1 minute" }] }'),
    "CONFIG_BAD_VALUE",
  ],
  [
    "no time at all",
    inSlack('{ "rateLimits": [{ "requests": 3, "per": ▸0 }] }'),
    "CONFIG_BAD_VALUE",
  ],
  [
    "a time that is too long",
    inSlack('{ "cache": { "ttl": { "users": ▸"31d" } } }'),
    "CONFIG_BAD_VALUE",
  ],
  [
    "a limit twice",
    inSlack('{ "rateLimits": [{ "requests": 3, "per": 1 }, ▸{ "requests": 4, "per": 1 }] }'),
    "CONFIG_BAD_VALUE",
  ],
  [
    "a preset of an operation",
    inSlack('{ "operations": { "chat.*": ▸"QUIK" } }'),
    "CONFIG_UNKNOWN_PRESET",
    "QUICK",
  ],
  [
    "a preset in an operation",
    inSlack('{ "operations": { "*": { "preset": ▸"quick" } } }'),
    "CONFIG_UNKNOWN_PRESET",
    "QUICK",
  ],
  [
    "an operation's key",
    inSlack('{ "operations": { "*": { ▸"maxAttempt": 1 } } }'),
    "CONFIG_UNKNOWN_KEY",
    "maxAttempts",
  ],
  ["a queue below nothing", inSlack('{ "bulkhead": { "queue": ▸-1 } }'), "CONFIG_BAD_VALUE"],
  ["a wrong type", inSlack('{ "breaker": ▸true }'), "CONFIG_WRONG_TYPE"],
])("reports %s", async (_, document, code, suggestion) => {
  const { text, places } = marked(document);
  const problems = await problemsOfLoading(
    projectWith({ [sequenceFile]: sequence, [retryFile]: text }),
  );
  expect(problems.map((one) => [one.code, one.suggestion, one.line, one.column])).toEqual([
    [code, suggestion, places[0]?.line, places[0]?.column],
  ]);
});

it("reads any duration as it is written", () => {
  const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])),
      fc.constantFrom("", " "),
      (count, unit, space) => {
        const ms = count * units[unit];
        const text = `${count}${space}${unit}`;
        expect(duration().safeParse(text).success).toBe(ms <= 30 * units.d);
        if (ms <= 30 * units.d) expect(milliseconds(text)).toBe(ms);
      },
    ),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^\d{1,9}\s?(ms|s|m|h|d)$/.test(text));
      expect(duration().safeParse(text).success).toBe(false);
    }),
  );
});

it("judges any policies at all, with places inside the file", async () => {
  const words = [
    "preset",
    "operations",
    "rateLimits",
    "breaker",
    "bulkhead",
    "cache",
    "ttl",
    "per",
    "requests",
    "id",
    "budget",
    "strategy",
    "chat.*",
    "__proto__",
  ];
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>("QUICK", "1m", "x", 0, 1, 0.5, -1, true, null),
      fc.dictionary(fc.constantFrom(...words), tie("any"), { maxKeys: 3 }),
      fc.array(tie("any"), { maxLength: 3 }),
    ),
  })).any;
  const folder = projectWith({ [sequenceFile]: sequence });
  await fc.assert(
    fc.asyncProperty(value, async (policy) => {
      const text = JSON.stringify(
        { version: 1, default: policy, integrations: { slack: policy } },
        null,
        1,
      );
      writeFileSync(join(folder, retryFile), text);
      const lines = text.split("\n");
      const problems = await problemsOfLoading(folder).catch(accepted);
      for (const { file, line = 0, column = 0, message } of problems) {
        expect(file).toBe(retryFile);
        expect(column).toBeLessThanOrEqual((lines[line - 1] as string).length + 1);
        expect(message).not.toMatch(/undefined|\[object|NaN/);
      }
    }),
    { numRuns: 150 },
  );
});
