import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { masked, record } from "../../scripts/record/record.ts";
import { root } from "../support/cli.ts";

const kept = (name: string): string => readFileSync(join(root, "docs/images", name), "utf8");

/** What a reader sees of the picture. */
function seen(svg: string): string[] {
  return Array.from(svg.matchAll(/<text [^>]*y="(\d+)"[^>]*>([^<]*)<\/text>/g), (it) =>
    masked(`${it[1]} ${it[2]}`),
  );
}

it("the README's picture is what `npm run record` takes now", async () => {
  const { text, svg } = await record();
  expect(masked(kept("setup.txt"))).toBe(masked(text));
  expect(seen(kept("setup.svg"))).toEqual(seen(svg));
  expect(seen(svg).length).toBeGreaterThan(40);
});
