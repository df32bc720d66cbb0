import { expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { nextBatch } from "../../../src/providers/notion/batch.ts";
import { type Block, decode, encode } from "../../../src/providers/notion/block.ts";
import { toBlocks } from "../../../src/providers/notion/markdown.ts";
import fc from "../../support/property.ts";
import { paragraph, parent, workspace } from "./workspace.ts";

const word = fc.stringMatching(/^[a-z0-9äß😀]{1,6}$/u);
const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((all) => all.join(" "));
const inline = fc.oneof(
  words,
  words.map((it) => `**${it}**`),
  words.map((it) => `_${it}_`),
  words.map((it) => `~~${it}~~`),
  words.map((it) => `\`${it}\``),
  words.map((it) => `[${it}](https://example.com/${encodeURIComponent(it)})`),
);
const text = fc.array(inline, { minLength: 1, maxLength: 4 }).map((all) => all.join(" "));
const list = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 4 }), text), { minLength: 1, maxLength: 6 })
  .map((rows) => {
    let depth = -1;
    return rows
      .map(([wanted, said]) => {
        depth = Math.min(wanted, depth + 1);
        return `${"    ".repeat(depth)}- ${said}`;
      })
      .join("\n");
  });
const piece = fc.oneof(
  text,
  fc.tuple(fc.integer({ min: 1, max: 6 }), text).map(([level, it]) => `${"#".repeat(level)} ${it}`),
  list,
  text.map((it) => `- [x] ${it}`),
  text.map((it) => `> ${it}`),
  words.map((it) => `\`\`\`ts\n${it}\n\`\`\``),
  fc.constant("---"),
  fc.tuple(text, text).map(([a, b]) => `| x | y |\n|---|---|\n| ${a} | ${b} |`),
);
const markdown = fc.array(piece, { maxLength: 6 }).map((all) => all.join("\n\n"));

test("anything is accepted as Markdown, and what it becomes survives encoding", async () => {
  await fc.assert(
    fc.property(fc.oneof(markdown, fc.string({ unit: "grapheme" }), fc.string()), (source) => {
      const blocks = toBlocks(source);
      expect(decode(encode(blocks))).toEqual(blocks);
      expect(encode(decode(encode(blocks)))).toBe(encode(blocks));
    }),
    { numRuns: 500 },
  );
});

test("the empty lines with which a text is read change nothing", async () => {
  const bits =
    "a|b c|- |* |1. |  |\n|\n\n|> |# |---|===|`|**|_|[a](b)|[a]: http://x|\\\\|- [ ] |:|!";
  const bit = fc.constantFrom(...bits.split("|"), "|", "| x | y |\n|---|---|\n");
  // In code that is left open lines at the end do mean something, and none are added.
  const closed = (source: string): boolean => !source.includes("```");
  const bitsOf = fc.array(bit, { maxLength: 40 }).map((all) => all.join(""));
  const loose = bitsOf.filter(closed);
  await fc.assert(
    fc.property(fc.oneof(markdown, loose), (source) => {
      // Behind blanks it is read as it stands.
      expect(toBlocks(`${source}\n\nx`)).toEqual(toBlocks(`${source}\n\nx\n \n`));
    }),
    { numRuns: 2_000 },
  );
});

test("no word of a text is lost", async () => {
  await fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 8 }), (all) => {
      const said = JSON.stringify(toBlocks(all.map((it) => `- **${it}**\n\n  ${it}`).join("\n")));
      for (const it of all)
        expect(said.split(JSON.stringify(it).slice(1, -1)).length).toBeGreaterThan(2);
    }),
  );
});

const block = fc.memo(
  (depth): fc.Arbitrary<Block> =>
    fc
      .tuple(
        fc.constantFrom(1, 50, 2500, 90_000),
        depth > 1 ? fc.array(block(depth - 1), { maxLength: 3 }) : fc.constant([]),
      )
      .map(([size, children]) => ({
        type: "bulleted_list_item",
        text: [{ text: "x".repeat(size) }],
        children,
      })),
);

test("batches keep to Notion's limits, always move on and keep the order", async () => {
  await fc.assert(
    fc.property(
      fc.array(block(5), { maxLength: 12 }),
      fc.integer({ min: 0, max: 250 }),
      (some, many) => {
        const plain: Block = { type: "divider", children: [] };
        let left: Block[] = [...some, ...new Array<Block>(many).fill(plain)];
        while (left.length > 0) {
          const batch = nextBatch(left);
          expect(batch.taken).toBeGreaterThan(0);
          expect(batch.taken).toBe(batch.children.length);
          expect(batch.children.length).toBeLessThanOrEqual(100);
          const json = JSON.stringify({ children: batch.children });
          expect(json.length).toBeLessThan(500_000);
          expect(json.split('"type":"bulleted_list_item"').length + batch.taken).toBeLessThan(1100);
          expect(nesting(batch.children as unknown as JsonObject[])).toBeLessThanOrEqual(2);
          left = left.slice(batch.taken);
        }
      },
    ),
    { numRuns: 60 },
  );
});

function nesting(blocks: readonly JsonObject[]): number {
  const inner = blocks.map((it) => {
    const own = it[String(it.type)] as JsonObject;
    const children = own.children as JsonObject[] | undefined;
    return children === undefined ? 0 : 1 + nesting(children);
  });
  return Math.max(0, ...inner);
}

test("from any content to any other: as asked, people's notes kept, and then nothing to do", async () => {
  const at = await workspace();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      markdown,
      markdown,
      fc.array(fc.nat(20), { maxLength: 3 }),
      async (first, second, places) => {
        count += 1;
        const input = (content: string) => ({ parent, title: `Page ${count}`, content });
        const receipt = await at.ensure("page", input(first));
        const id = String(receipt.id);
        for (const [index, place] of places.entries()) {
          const children = at.state().pages[id]!.children;
          const after = children[place % Math.max(1, children.length)];
          await at.person("PATCH", `blocks/${id}/children`, {
            children: [paragraph(`NOTE ${index}`)],
            ...(after === undefined
              ? {}
              : { position: { type: "after_block", after_block: { id: after } } }),
          });
        }
        const noted = at.sandbox.state();
        const before = await at.read("page", input(second), { receipt });
        const after = await at.ensure("page", input(second), { receipt });
        const notes = at.lines(id).filter((line) => line.startsWith("paragraph NOTE"));
        expect(notes).toHaveLength(places.length);
        expect(after.content).toBe(encode(toBlocks(second)));
        at.calls();
        expect(await at.ensure("page", input(second), { receipt: after })).toEqual(after);
        expect(at.writes()).toEqual([]);
        await at.undo("page", before, after);
        if (places.length === 0) expect(at.sandbox.state()).toBe(noted);
        const restored = await at.read("page", input(first), { receipt });
        expect(restored?.content).toBe(encode(toBlocks(first)));
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);
