import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
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

/** What is kept: a folder for each release of Node, with a file for each of testx. */
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

const files = () =>
  readdirSync(folder).flatMap((name) =>
    readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
  );

const damage: Record<string, (data: Buffer) => Buffer> = {
  "other text": () => Buffer.from("damaged."),
  nothing: () => Buffer.alloc(0),
  "half of it": (data) => data.subarray(0, data.length / 2),
  "all but its end": (data) => data.subarray(0, data.length - 2),
  zeros: (data) => Buffer.alloc(data.length),
  "a byte that differs": (data) => {
    const at = Math.floor(data.length / 3);
    return Buffer.concat([
      data.subarray(0, at),
      Buffer.from([~(data[at] as number) & 0xff]),
      data.subarray(at + 1),
    ]);
  },
};

test.each(Object.keys(damage))("%s in the files is not noticed, and mended", async (kind) => {
  const first = await run();
  const sizes = files().map((file) => statSync(file).size);
  for (const file of files()) {
    writeFileSync(file, (damage[kind] as (data: Buffer) => Buffer)(readFileSync(file)));
  }
  expect(await run()).toEqual(first);
  expect(files().filter((file) => statSync(file).size < 16)).toEqual([]);
  expect(await run()).toEqual(first);
  expect(files()).toHaveLength(sizes.length);
});

test("of functions that were called what was compiled is kept, whatever command called them", async () => {
  const own = () => files().filter((file) => /main\.cjs$/.test(file));
  await run();
  const [file = ""] = own();
  const { size } = statSync(file);
  await testx(["history"], { cwd: home, env: { HOME: home, XDG_CACHE_HOME: join(home, "cache") } });
  expect(own()).toEqual([file]);
  expect(statSync(file).size).toBeGreaterThan(size);
});

test("what another build has left goes when this one comes", async () => {
  await run();
  const [name = ""] = readdirSync(folder).filter((name) =>
    existsSync(join(folder, name, "main.cjs")),
  );
  const other = join(folder, `${name.slice(0, -16)}0123456789abcdef`);
  renameSync(join(folder, name), other);
  await run();
  expect(existsSync(other)).toBe(false);
  expect(existsSync(join(folder, name, "main.cjs"))).toBe(true);
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
