import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { testx } from "../support/cli.ts";

let home: string;
let folder: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "testx-compiled-"));
  folder = join(home, "cache", "testx", manifest.version);
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const run = (env: Readonly<Record<string, string>> = {}) =>
  testx(["explain", "GRAPH_CYCLE"], {
    cwd: home,
    env: { HOME: home, XDG_CACHE_HOME: join(home, "cache"), ...env },
  });

/** What Node has kept: a folder for each release of it, with a file for each module. */
const kept = () =>
  existsSync(folder) ? readdirSync(folder).flatMap((name) => readdirSync(join(folder, name))) : [];

const mode = (path: string) => statSync(path).mode & 0o777;

test("what was compiled is kept in the user's cache folder, for this user alone, and used", async () => {
  const first = await run();
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(mode(folder)).toBe(0o700);
  const files = kept();
  expect(files.length).toBeGreaterThan(3);
  expect(await run()).toEqual(first);
  expect(kept()).toEqual(files);
});

test("without XDG_CACHE_HOME it is the usual folder, and nothing is kept when Node is told not to", async () => {
  await run({ XDG_CACHE_HOME: "", NODE_DISABLE_COMPILE_CACHE: "1" });
  const usual = process.platform === "darwin" ? "Library/Caches" : ".cache";
  folder = join(home, usual, "testx", manifest.version);
  expect(kept()).toEqual([]);
  await run({ XDG_CACHE_HOME: "" });
  expect(kept()).not.toEqual([]);
});

test("what other versions have kept goes when the first of this version comes", async () => {
  const other = join(home, "cache", "testx", "0.0.1", "v24");
  mkdirSync(other, { recursive: true });
  writeFileSync(join(other, "old"), "old");
  await run();
  expect(readdirSync(join(home, "cache", "testx"))).toEqual([manifest.version]);
});

test("a folder that others can write to is closed to them", async () => {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
  await run();
  expect(mode(folder)).toBe(0o700);
});

test("damaged files are not noticed", async () => {
  const first = await run();
  for (const name of readdirSync(folder)) {
    for (const file of readdirSync(join(folder, name))) {
      writeFileSync(join(folder, name, file), "damaged");
    }
  }
  expect(await run()).toEqual(first);
});

test.each(["cache", "cache/testx"])("a file in place of %s hinders nothing", async (place) => {
  const wanted = await run({ NODE_DISABLE_COMPILE_CACHE: "1" });
  rmSync(join(home, "cache"), { recursive: true, force: true });
  if (place !== "cache") mkdirSync(join(home, "cache"));
  writeFileSync(join(home, place), "");
  expect(await run()).toEqual(wanted);
});

const isRoot = process.getuid?.() === 0;

test.runIf(isRoot).each([".", "cache", "cache/testx", `cache/testx/${manifest.version}`])(
  "nothing is kept in, or read from, a folder of somebody else: %s",
  async (place) => {
    mkdirSync(join(home, place), { recursive: true });
    chownSync(join(home, place), 12_345, 12_345);
    expect(await run()).toMatchObject({ code: 0, stderr: "" });
    expect(kept()).toEqual([]);
  },
);
