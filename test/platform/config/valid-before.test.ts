import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { TestxError } from "../../../src/core/failure.ts";
import { lazySchema, type Schema, validated } from "../../../src/core/schema.ts";
import { problemsOf } from "../../../src/core/validate/problem.ts";
import { loadConfig } from "../../../src/platform/config/load.ts";
import { validBefore } from "../../../src/platform/valid-before.ts";
import { providersWith } from "../../../src/wiring/providers.ts";
import fc from "../../support/property.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-valid-"));
  file = join(folder, "valid");
});

/** Counts how often it is asked. */
function counted(name?: string) {
  let asked = 0;
  const even: Schema<unknown>["~standard"]["validate"] = (value) => {
    asked += 1;
    const fits = typeof value === "number" && value % 2 === 0;
    return fits ? { value } : { issues: [{ message: "must be even" }] };
  };
  const made: Schema<unknown> = {
    "~standard": {
      ...{ version: 1, vendor: "test", validate: even },
      jsonSchema: { input: () => ({}) },
    },
  };
  return { schema: lazySchema(() => made, name), asked: () => asked };
}

describe("what was found valid", () => {
  test("is not asked about again, in this process and the next", async () => {
    const { schema, asked } = counted("even");
    const before = validBefore(file);
    for (const again of [before, before, validBefore(file)]) {
      expect(await validated(schema, 4, again)).toEqual({ value: 4 });
    }
    expect(asked()).toBe(1);
    await validated(schema, 6, before);
    expect(asked()).toBe(2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("is that schema's own: another one says for itself", async () => {
    const before = validBefore(file);
    await validated(counted("even").schema, 4, before);
    const other = counted("other");
    await validated(other.schema, 4, before);
    expect(other.asked()).toBe(1);
  });

  test("is not noted of one without a name, whose fields may be secrets", async () => {
    const { schema, asked } = counted();
    for (let at = 0; at < 2; at += 1) await validated(schema, 4, validBefore(file));
    expect({ asked: asked(), exists: existsSync(file) }).toEqual({ asked: 2, exists: false });
  });

  test("gets the same defaults as when it was looked at", async () => {
    const schema = lazySchema(() => z.strictObject({ b: z.int().default(2), a: z.int() }), "ab");
    for (let at = 0; at < 2; at += 1) {
      const { value } = (await validated(schema, { a: 1 }, validBefore(file))) as { value: object };
      expect(JSON.stringify(value)).toBe('{"a":1,"b":2}');
    }
    expect(readFileSync(file, "utf8")).toContain('{"b":2}');
  });

  test("is not noted where the validator makes something else of it", async () => {
    const schema = lazySchema(() => z.strictObject({ a: z.string().trim() }), "trimmed");
    for (let at = 0; at < 2; at += 1) {
      expect(await validated(schema, { a: " x " }, validBefore(file))).toEqual({
        value: { a: "x" },
      });
    }
    expect(existsSync(file)).toBe(false);
  });

  test("is never what is not valid", async () => {
    const { schema, asked } = counted("even");
    for (let at = 0; at < 2; at += 1) {
      expect(await validated(schema, 5, validBefore(file))).toHaveProperty("issues");
    }
    expect(asked()).toBe(2);
  });

  test("is not known of a file that is damaged, cut off or cannot be read, and begins anew when long", async () => {
    const { schema, asked } = counted("even");
    await validated(schema, 4, validBefore(file));
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -2));
    await validated(schema, 4, validBefore(file));
    expect(asked()).toBe(2);
    await validated(schema, 4, validBefore(join(folder, "missing", "valid")));
    await validated(schema, 4, validBefore(folder));
    expect(asked()).toBe(4);
    appendFileSync(file, `${"x".repeat(22)}\n`.repeat(6000));
    await validated(schema, 4, validBefore(file));
    expect(asked()).toBe(5);
    expect(statSync(file).size).toBe(25);
  });
});

const env = {
  GITHUB_REPOSITORY: "acme/app",
  NOTION_PARENT_PAGE_ID: "7ea40000000040008000000000000001",
  ANYKROWD_HEALTH_CHECK_URL: "http://127.0.0.1:1/health",
};
const providers = providersWith();
const problemsIn = async (cwd: string, valid?: ReturnType<typeof validBefore>) => {
  try {
    const { sequence } = await loadConfig({ cwd, env, providers, ...(valid && { valid }) });
    return JSON.stringify(sequence);
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    return problemsOf(error.failure.details);
  }
};

test("the shipped configuration is looked at once, and comes to the same", async () => {
  cpSync("config", join(folder, "config"), { recursive: true });
  const first = await problemsIn(folder, validBefore(file));
  const noted = statSync(file).size;
  expect(await problemsIn(folder, validBefore(file))).toEqual(first);
  expect(await problemsIn(folder)).toEqual(first);
  expect(statSync(file).size).toBe(noted);
});

test("whatever is changed in a configuration that was valid, the same mistakes are found", async () => {
  cpSync("config", join(folder, "config"), { recursive: true });
  const path = join(folder, "config/integrations/integration-sequence.json");
  const text = readFileSync(path, "utf8");
  const valid = validBefore(file);
  await problemsIn(folder, valid);
  const places = [...text.matchAll(/"[^"]*"|true|false|\d+/g)];
  const change = fc.tuple(
    fc.constantFrom(...places),
    fc.constantFrom("0", "[]", "{}", '""', '"x"', "null", "true", '"${slack.channel.id}"'),
  );
  await fc.assert(
    fc.asyncProperty(change, async ([{ index, 0: old }, now]) => {
      writeFileSync(path, text.slice(0, index) + now + text.slice(index + old.length));
      const told = await problemsIn(folder, valid);
      expect(told).toEqual(await problemsIn(folder));
    }),
    { numRuns: 150 },
  );
});

test("settings that are a program are looked at whenever they say more than JSON", async () => {
  cpSync("config", join(folder, "config"), { recursive: true });
  const settings = join(folder, "testx.config.mjs");
  writeFileSync(settings, "export default { state: '.testx' };\n");
  const valid = validBefore(file);
  expect(await problemsIn(folder, valid)).toBeTypeOf("string");
  const other = mkdtempSync(join(tmpdir(), "testx-valid-"));
  cpSync(folder, other, { recursive: true });
  writeFileSync(
    join(other, "testx.config.mjs"),
    "export default { state: '.testx', stat: () => 1 };\n",
  );
  expect(await problemsIn(other, valid)).toMatchObject([{ code: "CONFIG_UNKNOWN_KEY" }]);
});

test("the command line compiles no schema, and the library does", () => {
  const interprets = (entry: string): boolean => {
    const text = `require("./${entry}"); console.log(globalThis.__zod_globalConfig?.jitless)`;
    const { stdout } = spawnSync(process.execPath, ["-e", text], { cwd: "dist", encoding: "utf8" });
    return stdout.trim() === "true";
  };
  const zod = readdirSync("dist/cli").filter((name) => name.startsWith("zod-"));
  expect([...zod.map((name) => `cli/${name}`), "index.js"].map(interprets)).toEqual([true, false]);
});
