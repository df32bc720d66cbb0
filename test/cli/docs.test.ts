import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { cliMarkdown } from "../../scripts/docs/cli.ts";
import { troubleshootingMarkdown } from "../../scripts/docs/troubleshooting.ts";
import { catalogue, catalogueByArea } from "../../src/core/catalogue/catalogue.ts";
import { docsAnchor } from "../../src/render/failures.ts";

it.each([
  ["docs/troubleshooting-guide.md", troubleshootingMarkdown],
  ["docs/cli.md", cliMarkdown],
])("%s is what `npm run docs` makes", (file, make) => {
  expect(readFileSync(file, "utf8")).toBe(make());
});

it("has an anchor for every code", () => {
  const anchors = new Set(
    [...troubleshootingMarkdown().matchAll(/^### (.+)$/gm)].map(([, title]) =>
      (title as string).toLowerCase(),
    ),
  );
  for (const code of Object.keys(catalogue)) {
    expect(anchors).toContain(docsAnchor(code).split("#")[1]);
  }
});

it("says of every code what to do, with an exit code that there is", () => {
  for (const [code, { what, why, next, exit }] of Object.entries(catalogue)) {
    expect(code).toMatch(/^[A-Z][A-Z0-9_]*$/);
    for (const text of [what, why, next]) expect(text, code).toMatch(/\S.*[.:?!)]$/);
    expect([0, 1, 2, 4, 5, 6, 7, 130], code).toContain(exit);
  }
});

it("has each code once", () => {
  const all = Object.values(catalogueByArea).flatMap((area) => Object.keys(area));
  expect(all.length).toBe(new Set(all).size);
});
