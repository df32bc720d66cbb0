import { expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { problemsOfLoading, projectWith, sequenceFile } from "./project.ts";

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const named = (prefix: string, count: number, make: (index: number) => Json): Json =>
  Object.fromEntries(many(count, (index) => [`${prefix}${index}`, make(index)]));
const sequence = (integrations: Json) => JSON.stringify({ version: 1, integrations });
const channel = (index: number, topic: string, dependsOn: string[] = []): Json => ({
  kind: "channel",
  dependsOn,
  with: { name: `c${index}`, topic },
});
const slack = (steps: Json) => sequence({ slack: { provider: "slack", steps } });

/** Just below 1 MiB each: what would take minutes or overflow a stack if it were done plainly. */
const table: readonly [string, string, string, number][] = [
  [
    "names that all are nearly right",
    sequence(named("int", 9_000, (k) => ({ provider: "slak", dependsOn: [`intt${k}x`] }))),
    "GRAPH_UNKNOWN_DEPENDENCY",
    1_000,
  ],
  [
    "references that all are nearly right",
    slack(named("s", 9_000, (k) => channel(k, `\${slack.x${k}.id}`))),
    "REFERENCE_UNKNOWN",
    1_000,
  ],
  [
    "a ring of references",
    slack(named("s", 9_000, (k) => channel(k, `\${slack.s${(k + 1) % 9_000}.id}`))),
    "GRAPH_CYCLE",
    1,
  ],
  [
    "a long chain in which everything refers to the end",
    slack(named("s", 7_000, (k) => channel(k, "${slack.s6999.id}", k > 0 ? [`s${k - 1}`] : []))),
    "REFERENCE_LATER",
    1_000,
  ],
  [
    "one knot of everything",
    sequence(
      named("i", 12_000, (k) => ({
        provider: "slack",
        dependsOn: [`i${(k + 1) % 12_000}`, `i${(k + 7) % 12_000}`],
      })),
    ),
    "GRAPH_CYCLE",
    100,
  ],
  [
    "references without end in one string",
    slack({ a: channel(0, "${".repeat(250_000)) }),
    "REFERENCE_SYNTAX",
    1_000,
  ],
  [
    "references without end behind escapes",
    slack({ a: channel(0, `\n${"${".repeat(250_000)}`) }),
    "REFERENCE_SYNTAX",
    1_000,
  ],
  [
    "keys without end on one line",
    `{"version":1,"integrations":{},${many(60_000, (k) => `"k${k}":1`).join(",")}}`,
    "CONFIG_UNKNOWN_KEY",
    1_000,
  ],
  ["bad escapes without end", `{"${"\\q".repeat(300_000)}":1}`, "CONFIG_BAD_JSON", 50],
  [
    "one key again and again",
    `{${many(100_000, () => '"a":1').join(",")}}`,
    "CONFIG_DUPLICATE_KEY",
    50,
  ],
];

it.each(table)(
  "%s: told in moments, and no more of it than can be read",
  async (_, text, code, count) => {
    const problems = await problemsOfLoading(projectWith({ [sequenceFile]: text }));
    expect(problems).toHaveLength(count);
    expect(problems.some((problem) => problem.code === code)).toBe(true);
    expect(JSON.stringify(problems).length).toBeLessThan(2_000 * count);
  },
);
