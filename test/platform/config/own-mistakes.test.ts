import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { heldTo } from "../../../src/platform/config/own-providers.ts";
import { memos } from "../../library/memos.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "testx-own-")));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is said of a mistake in a part of a provider. */
async function told(project: string, title: () => never): Promise<string> {
  const { memo } = memos.kinds;
  const kinds = { memo: { ...memo, title } };
  const provider = await heldTo({ ...memos, kinds }, "memos", "here", project);
  try {
    return provider.kinds.memo!.title({});
  } catch (error) {
    return (error as Error).message;
  }
}

describe("where a mistake was made is told", () => {
  test.each(["50% done", "a#b", "%41"])("in a folder named %j", async (name) => {
    mkdirSync(join(folder, name), { recursive: true });
    const file = join(folder, name, "title.cjs");
    writeFileSync(file, 'module.exports = () => {\n  throw new Error("boom");\n};\n');
    const title = createRequire(import.meta.url)(file) as () => never;
    expect(await told(folder, title)).toContain(`threw boom (${name}/title.cjs:2).`);
  });

  test.each([
    ["    at title (file:///srv/50%25%20a%23b/memos.ts:7:3)", "50% a#b/memos.ts:7"],
    ["    at async file:///srv/memos.ts:7:3", "memos.ts:7"],
    ["    at title (file:///srv/a%2Fb.ts:7:3)\n    at file:///srv/memos.ts:8:3", "memos.ts:8"],
    ["    at f (/srv/node_modules/x/y.js:1:1)\n    at /srv/memos.ts:8:3", "memos.ts:8"],
  ])("in a stack with %j", async (frames, place) => {
    const stack = `Error: boom\n${frames}`;
    const title = (): never => {
      throw Object.assign(new Error("boom"), { stack });
    };
    expect(await told("/srv", title)).toContain(`threw boom (${place}).`);
  });

  test("with a drive of Windows", async () => {
    const stack = "Error: boom\n    at title (C:\\team\\memos.ts:7:3)";
    const title = (): never => {
      throw Object.assign(new Error("boom"), { stack });
    };
    expect(await told(process.cwd(), title)).toContain("threw boom (C:\\team\\memos.ts:7).");
  });
});
