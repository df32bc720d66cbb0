import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SecretSpec } from "../../src/core/provider.ts";
import { createSecrets } from "../../src/platform/secrets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const seen = (): void => {};
const bot: SecretSpec = {
  env: "SLACK_BOT_TOKEN",
  title: "Slack bot token",
  help: "Make one at https://api.slack.com/apps.",
  prefixes: ["xoxb-"],
};

test("a secret is given without the blanks around it, and noted for the redactor", () => {
  const seen: string[] = [];
  const secrets = createSecrets({
    env: { A: " canary-1\n", B: "  ", C: undefined },
    folder,
    seen: (value) => seen.push(value),
  });
  expect(secrets.secret("A")).toBe("canary-1");
  expect(secrets.secret("B")).toBeUndefined();
  expect(secrets.secret("C")).toBeUndefined();
  expect(secrets.secret("__proto__")).toBeUndefined();
  expect(secrets.secret("toString")).toBeUndefined();
  secrets.remember("canary-2");
  secrets.remember("");
  expect(seen).toEqual(["canary-1", "canary-2"]);
});

test.each([
  [undefined, ["SECRET_MISSING"]],
  ["", ["SECRET_MISSING"]],
  ["xoxb-1-canary", []],
  ["xoxp-1-canary", ["SECRET_MALFORMED"]],
  ['"xoxb-1-canary"', ["SECRET_MALFORMED"]],
  ["xoxb-1 canary", ["SECRET_MALFORMED"]],
  ["xoxb-1\ncanary", ["SECRET_MALFORMED"]],
])("a token %j is judged as %j, without being shown", (value, expected) => {
  const secrets = createSecrets({ env: { SLACK_BOT_TOKEN: value }, folder, seen });
  const problems = secrets.problems("slack", [bot]);
  expect(problems.map((problem) => problem.code)).toEqual(expected);
  expect(JSON.stringify(problems)).not.toContain("canary");
  for (const problem of problems) {
    expect(problem).toMatchObject({ integration: "slack", details: { env: "SLACK_BOT_TOKEN" } });
  }
});

test("any form will do where none is prescribed", () => {
  const secrets = createSecrets({ env: { SLACK_BOT_TOKEN: "anything" }, folder, seen });
  expect(secrets.problems("slack", [{ ...bot, prefixes: [] }])).toEqual([]);
});

test("equal secrets have equal digests in one state folder, and in no other", () => {
  const other = mkdtempSync(join(tmpdir(), "testx-secrets-"));
  const [here, again, there] = [folder, folder, other].map((folder) =>
    createSecrets({ env: {}, folder, seen }),
  );
  const digest = here?.digest("canary");
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(again?.digest("canary")).toBe(digest);
  expect(again?.digest("canary2")).not.toBe(digest);
  expect(there?.digest("canary")).not.toBe(digest);
  rmSync(other, { recursive: true });
});

test("the key is made when it is first needed, whole, and for its owner only", () => {
  const state = join(folder, "state");
  const secrets = createSecrets({ env: { A: "a" }, folder: state, seen });
  secrets.secret("A");
  expect(readdirSync(folder)).toEqual([]);
  secrets.digest("x");
  expect((statSync(join(state, "key")).mode & 0o777).toString(8)).toBe("600");
  expect(readFileSync(join(state, "key"), "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
  expect(readdirSync(state).filter((name) => name.startsWith("key"))).toEqual(["key"]);
});

test("a damaged key is reported, never replaced", () => {
  writeFileSync(join(folder, "key"), "cafe\n");
  expect(() => createSecrets({ env: {}, folder, seen }).digest("x")).toThrowError(
    expect.objectContaining({ code: "SECRET_KEY_DAMAGED" }),
  );
  expect(readFileSync(join(folder, "key"), "utf8")).toBe("cafe\n");
});

test("of many processes that need the key at once all get the same", async () => {
  const module = JSON.stringify(new URL("../../src/platform/secrets.ts", import.meta.url).href);
  const code = `
    const { createSecrets } = await import(${module});
    process.stdout.write(createSecrets({ env: {}, folder: process.argv[1], seen() {} }).digest("x"));`;
  const runs = Array.from({ length: 6 }, () =>
    promisify(execFile)(process.execPath, ["--input-type=module", "-e", code, folder]),
  );
  const digests = (await Promise.all(runs)).map((run) => run.stdout);
  expect(new Set(digests).size).toBe(1);
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
});
