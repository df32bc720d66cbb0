import { expect, test } from "vitest";
import { encode } from "../../../src/providers/notion/block.ts";
import { toBlocks } from "../../../src/providers/notion/markdown.ts";

const show = (markdown: string) => encode(toBlocks(markdown)).split("\n");

test.each([
  [
    "# a\n## b\n### c\n#### d",
    ['heading_1 "a"', 'heading_2 "b"', 'heading_3 "c"', 'heading_3 "d"'],
  ],
  ["one\ntwo  \nthree", ['paragraph "one two\\nthree"']],
  [
    "a **b _c_** `d`",
    [
      'paragraph ["a ",{"text":"b ","bold":true},{"text":"c","bold":true,"italic":true}," ",{"text":"d","code":true}]',
    ],
  ],
  [
    "~~a~~ [b](https://x.y)",
    ['paragraph [{"text":"a","strike":true}," ",{"text":"b","link":"https://x.y/"}]'],
  ],
  ["[a](/relative) [b](javascript:x)", ['paragraph "a b"']],
  ["&amp; &copy; &#x41; \\*", ['paragraph "& © A *"']],
  [
    "- a\n  - b\n- c",
    ['bulleted_list_item "a"', '  bulleted_list_item "b"', 'bulleted_list_item "c"'],
  ],
  ["1. a\n2. b", ['numbered_list_item "a"', 'numbered_list_item "b"']],
  ["- [ ] a\n- [x] b", ['to_do {"checked":false} "a"', 'to_do {"checked":true} "b"']],
  ["- [ ] a\n\n- [x] b", ['to_do {"checked":false} "a"', 'to_do {"checked":true} "b"']],
  ["> a\n>\n> - b", ['quote "a"', '  bulleted_list_item "b"']],
  ["> - b", ["quote", '  bulleted_list_item "b"']],
  ["```js\nx\n```", ['code {"language":"javascript"} "x"']],
  ["```brainfuck\nx\n```", ['code {"language":"plain text"} "x"']],
  ["    x", ['code {"language":"plain text"} "x"']],
  ["***", ["divider"]],
  ["![a](https://x.y/z.png)", ['image {"url":"https://x.y/z.png"} "a"']],
  ["![a](z.png)", ['paragraph "a"']],
  [
    "|a|b|\n|-|-|\n|1|**2**|",
    ['table {"width":2}', '  table_row ["a","b"]', '  table_row ["1",[{"text":"2","bold":true}]]'],
  ],
  ["<details>x</details>", ['paragraph "<details>x</details>"']],
  ["<!-- note -->\n\nx", ['paragraph "x"']],
  ["", [""]],
])("%j", (markdown, lines) => {
  expect(show(markdown)).toEqual(lines);
});

test("a text that no block can hold becomes several", () => {
  const blocks = toBlocks("x".repeat(250_000));
  expect(blocks.map(({ type }) => type)).toEqual(["paragraph", "paragraph", "paragraph"]);
  expect(blocks.map(({ text }) => text?.[0]?.text).join("")).toHaveLength(250_000);
});
