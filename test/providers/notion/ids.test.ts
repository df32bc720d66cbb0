import { expect, it } from "vitest";
import { idOf } from "../../../src/providers/notion/ids.ts";

const [page, database] = ["1d000000000040008000000000000001", "2e000000000040008000000000000002"];
const dashed = "1d000000-0000-4000-8000-000000000001";

it.each([
  ["by itself", page],
  ["of a page's address", `https://www.notion.so/acme/Handbook-${page}`],
  ["in front of a view", `https://www.notion.so/acme/${page}?v=${database}`],
  [
    "peeked at beside a database",
    `https://www.notion.so/acme/${database}?v=${database}&p=${page}&pm=s`,
  ],
  ["above a block", `https://www.notion.so/acme/Handbook-${page}#${database}`],
])("finds the id %s", (_, written) => {
  expect(idOf(written)).toBe(dashed);
});
