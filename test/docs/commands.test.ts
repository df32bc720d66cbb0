import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { blocksOf, pages } from "./pages.ts";
import { missingLine, runAll, typedIn } from "./shell.ts";

/** Installs: run by CI on a fresh clone, word for word. */
const installing = /^npm ci\b.*$/;

/** Pages that begin with installing testx itself: test/package follows them. */
const packaged = ["docs/writing-a-provider.md"];

const runnable = pages
  .filter(({ path }) => !packaged.includes(path))
  .map((page) => ({
    page,
    blocks: blocksOf(page).filter(({ language }) => ["sh", "console", "test"].includes(language)),
  }));

describe("what the pages tell to type", () => {
  for (const { page, blocks } of runnable) {
    const wanted = blocks.filter(
      ({ text, skipped }) => skipped === undefined && !installing.test(text.trim()),
    );
    if (wanted.length === 0) continue;
    it(`works, and prints what ${page.path} shows`, { timeout: 120_000 }, async () => {
      const ran = await runAll(wanted.flatMap(typedIn));
      for (const { block, command, shown, code, output, log } of ran) {
        const about = `${page.path}:${block.line}\n${command}\n${log}`;
        if (block.language !== "console") expect(code, about).toBe(0);
        if (shown !== undefined) expect(missingLine(shown, output), about).toBeUndefined();
      }
      console.log(`${page.path}: ${ran.length} run`);
    });
  }

  it("is run by CI where it installs", () => {
    const ci = readFileSync(".ci/run", "utf8");
    const lines = runnable.flatMap(({ blocks }) =>
      blocks.flatMap(({ text }) => text.split("\n").filter((line) => installing.test(line))),
    );
    expect(new Set(lines)).toEqual(new Set(["npm ci && npm run demo", "npm ci && npm test"]));
    for (const line of lines) expect(ci).toContain(line);
  });

  it("is left out only with a reason", () => {
    for (const { page, blocks } of runnable) {
      for (const { skipped, line } of blocks) {
        if (skipped === undefined) continue;
        console.log(`${page.path}:${line} is not run: ${skipped}`);
        expect(skipped.length).toBeGreaterThan(10);
      }
    }
    expect(runnable.flatMap(({ blocks }) => blocks).length).toBeGreaterThan(30);
  });
});
