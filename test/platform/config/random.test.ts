import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { TestxError } from "../../../src/core/failure.ts";
import { isObject, type Json } from "../../../src/core/json.ts";
import { formatProblem } from "../../../src/core/validate/format.ts";
import { problemsOf } from "../../../src/core/validate/problem.ts";
import fc from "../../support/property.ts";
import { load } from "./project.ts";

const folder = mkdtempSync(join(tmpdir(), "testx-random-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const original = readFileSync("config/integrations/integration-sequence.json", "utf8");
const document = JSON.parse(original) as Json;

/** A sequence or problems that lie inside the file: anything else is a bug. */
async function expectVerdict(text: string): Promise<"accepted" | "refused"> {
  const file = join(folder, "integration-sequence.json");
  writeFileSync(file, text);
  try {
    const { sequence } = await load(folder, { config: folder, env: { GITHUB_REPOSITORY: "a/b" } });
    const ids = new Set(sequence.steps.map((step) => step.id));
    for (const step of sequence.steps) {
      expect(ids.has(step.id)).toBe(true);
      for (const earlier of step.after) expect(ids.has(earlier)).toBe(true);
    }
    return "accepted";
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    expect(error.code).toBe("CONFIG_INVALID");
    const problems = problemsOf(error.failure.details);
    expect(problems.length).toBeGreaterThan(0);
    const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
    for (const problem of problems) {
      const { line = 0, column = 0 } = problem;
      expect(problem.file).toBe("integration-sequence.json");
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column).toBeLessThanOrEqual((lines[line - 1] as string).length + 1);
      expect(formatProblem(problem)).not.toMatch(/undefined|\[object|NaN/);
    }
    return "refused";
  }
}

const words = [
  "slack",
  "notion",
  "github",
  "anykrowd",
  "env",
  "channel",
  "slack.channel",
  "notion.tasks",
  "toString",
  "__proto__",
  "constructor",
  "",
  "${slack.channel.id}",
  "${env.HOME}",
  "${",
  "${notion.tasks.url} ${slack.welcome.ts}",
  "${github.first-week.url}",
  "a.b.c",
  "\u{1f44b}",
  "\ud800",
];
const keys = [
  "provider",
  "dependsOn",
  "required",
  "with",
  "steps",
  "kind",
  "onFailure",
  "version",
  ...words,
];
const anything: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, -1, 1e308, [], {}, ...words),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.array(fc.constantFrom(...words), { maxLength: 4 }),
  fc.dictionary(fc.constantFrom(...keys), fc.constantFrom<Json>(1, "slack", [], {}), {
    maxKeys: 4,
  }),
);

interface Change {
  readonly at: number;
  readonly kind: "replace" | "remove" | "add" | "rename";
  readonly key: string;
  readonly value: Json;
}
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(10_000),
  kind: fc.constantFrom("replace", "remove", "add", "rename"),
  key: fc.constantFrom(...keys),
  value: anything,
});

/** Changes a value somewhere within the document. */
function mutate(root: Json, { at, kind, key, value }: Change): Json {
  const owners: (Json[] | { [key: string]: Json })[] = [];
  const visit = (node: Json): void => {
    if (typeof node !== "object" || node === null) return;
    owners.push(node);
    for (const item of Object.values(node)) visit(item);
  };
  visit(root);
  const owner = owners[at % owners.length];
  if (owner === undefined) return value;
  const names = Object.keys(owner);
  const name = names[at % Math.max(1, names.length)];
  if (Array.isArray(owner)) {
    if (kind === "add" || name === undefined) owner.push(value);
    else owner.splice(Number(name), 1, ...(kind === "remove" ? [] : [value]));
    return root;
  }
  if (kind === "add" || name === undefined) define(owner, key, value);
  else if (kind === "replace") define(owner, name, value);
  else {
    const old = owner[name] as Json;
    delete owner[name];
    if (kind === "rename") define(owner, key, old);
  }
  return root;
}

function define(owner: object, key: string, value: Json): void {
  Object.defineProperty(owner, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

it("accepts the original", async () => {
  expect(await expectVerdict(original)).toBe("accepted");
});

it("judges any change of the document", async () => {
  const verdicts = { accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(0, 2, "\t"),
      async (changes, indent) => {
        let root = structuredClone(document);
        for (const item of changes) root = mutate(root, structuredClone(item));
        verdicts[await expectVerdict(JSON.stringify(root, null, indent))]++;
      },
    ),
    { numRuns: 400 },
  );
  expect(verdicts.accepted).toBeGreaterThan(0);
  expect(verdicts.refused).toBeGreaterThan(0);
});

it("is not taken in by a value that cannot become a string", async () => {
  const integrations = { a: { provider: { toString: 1 }, onFailure: { toString: 1 } } };
  expect(await expectVerdict(JSON.stringify({ version: 1, integrations }))).toBe("refused");
});

it("judges any change of the text", async () => {
  const edit = fc.record({
    at: fc.nat(original.length),
    length: fc.nat(40),
    text: fc.oneof(
      fc.string({ maxLength: 6, unit: "binary" }),
      fc.constantFrom(
        '"',
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "//",
        "\r\n",
        "\\",
        "'",
        "${",
        "\ufeff",
        "null",
      ),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
      let text = original;
      for (const { at, length, text: piece } of edits) {
        text = text.slice(0, at) + piece + text.slice(at + length);
      }
      fc.pre(text.isWellFormed());
      await expectVerdict(text);
    }),
    { numRuns: 400 },
  );
});

it("judges any document at all", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(anything, fc.jsonValue() as fc.Arbitrary<Json>), async (value) => {
      const root = isObject(value) ? { version: 1, integrations: value } : value;
      await expectVerdict(JSON.stringify(root));
    }),
    { numRuns: 200 },
  );
});
