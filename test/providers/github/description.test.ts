import { expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { templateOf } from "../../../src/providers/github/wire.ts";
import { operationOf, requestProblems } from "./description.ts";
import { samples } from "./samples.ts";
import { type Subject, subject } from "./subject.ts";

/** Creates, changes, restores and removes one sample. */
async function live(at: Subject, name: string): Promise<void> {
  const { environment } = at.sandbox;
  const receipts: Record<string, JsonObject> = {};
  const sample = samples.kinds[name]!;
  const resolve = (input: typeof sample.input): JsonObject =>
    typeof input === "function" ? input({ environment, receipts }) : input;
  for (const need of sample.needs ?? []) {
    receipts[need.name] = await at.kind(need.kind).apply(resolve(need.input));
  }
  const kind = at.kind(name);
  const before = await kind.read(resolve(sample.input));
  const first = await kind.apply(resolve(sample.input), before);
  const changed = resolve(sample.changed!);
  const second = await kind.apply(changed, await kind.read(changed, { receipt: first }));
  await kind.undo(first, second);
  const now = await kind.read(changed, { receipt: second });
  await kind.undo(before, now!);
}

test.each(Object.keys(samples.kinds))(
  "every request of a %s and every reply of the stand-in fits GitHub's published description",
  async (name) => {
    const at = await subject();
    await live(at, name);
    expect(at.wrong).toEqual([]);
    expect(at.calls.length).toBeGreaterThan(3);
    for (const { headers } of at.calls) {
      expect(headers).toMatchObject({
        "user-agent": expect.stringMatching(/^testx\/0\.0\.0 /),
        "x-github-api-version": "2022-11-28",
        accept: "application/vnd.github.v3+json",
      });
    }
  },
);

test("variables and secrets of both places are described", async () => {
  const at = await subject();
  await at.kind("environment").apply({ name: "staging" });
  for (const environment of [undefined, "staging"]) {
    const holder = environment === undefined ? {} : { environment };
    for (const name of ["variable", "secret"]) {
      const kind = at.kind(name);
      const input = { ...holder, name: "KEY", value: "one" };
      const first = await kind.apply(input);
      const second = await kind.apply({ ...input, value: "two" }, first);
      expect(await kind.read(input, { receipt: second })).toEqual(second);
      await kind.undo(undefined, second);
    }
  }
  expect(at.wrong).toEqual([]);
});

test("the check notices requests that GitHub's description forbids", () => {
  const problems = (method: string, path: string, body: object) =>
    requestProblems(operationOf(method, path)!, new URL(`http://x${path}`), {
      body: JSON.stringify(body),
    });
  expect(problems("POST", "/repos/a/b/labels", { color: 7 })).toEqual([
    "it must have required property 'name'",
    "/color must be string",
  ]);
  expect(problems("POST", "/repos/a/b/labels", { name: "x", colour: "y" })).toEqual([
    "the field colour is not described",
  ]);
  expect(problems("POST", "/repos/a/b/milestones", { title: "x", due_on: "tomorrow" })).toEqual([
    '/due_on must match format "date-time"',
  ]);
});

test("what the provider calls, and nothing else, has a template", async () => {
  const at = await subject();
  for (const name of Object.keys(samples.kinds)) await live(at, name);
  for (const { operation } of at.calls) {
    const template = operation.split(" ")[1]!;
    const path = template.replace(/\{[^}]+\}/g, "x");
    expect(templateOf(`/api/v3${path}`)).toBe(template);
  }
});
