import { describe, expect, test } from "vitest";
import { paragraph, parent, workspace } from "./workspace.ts";

const basics = { parent, title: "Handbook" };

describe("finding", () => {
  test("any way of writing the parent means the same page", async () => {
    const at = await workspace();
    const made = await at.ensure("page", basics);
    const plain = parent.replaceAll("-", "");
    for (const written of [
      plain,
      `https://www.notion.so/acme/Team-${plain}?pvs=4`,
      parent.toUpperCase(),
    ]) {
      expect(await at.read("page", { ...basics, parent: written })).toEqual(made);
    }
  });

  test("a page beyond the first hundred children is found", async () => {
    const at = await workspace();
    for (let block = 0; block < 3; block++) {
      const children = Array.from({ length: 90 }, (_, index) => paragraph(`${block}.${index}`));
      await at.person("PATCH", `blocks/${parent}/children`, { children });
    }
    const made = await at.ensure("page", basics);
    at.calls();
    expect((await at.read("page", basics))?.id).toBe(made.id);
    expect(at.calls()).toEqual([
      "GET /blocks/*/children",
      "GET /blocks/*/children",
      "GET /blocks/*/children",
      "GET /pages/*",
    ]);
  });

  test("the receipt is looked at first, and one read is enough without content", async () => {
    const at = await workspace();
    const receipt = await at.ensure("page", basics);
    at.calls();
    expect(await at.read("page", basics, { receipt })).toEqual(receipt);
    expect(at.calls()).toEqual(["GET /pages/*"]);
  });

  test("a title changed by hand is drift, and set back", async () => {
    const at = await workspace();
    const receipt = await at.ensure("page", basics);
    await at.person("PATCH", `pages/${receipt.id}`, {
      properties: { title: { title: [{ text: { content: "Guide" } }] } },
    });
    const now = await at.read("page", basics, { receipt });
    expect(now).toMatchObject({ id: receipt.id, title: "Guide" });
    expect(await at.changes("page", basics, now!)).toEqual([
      { field: "title", from: "Guide", to: "Handbook" },
    ]);
    expect(await at.ensure("page", basics, { receipt })).toEqual(receipt);
  });

  test("one that was trashed by hand is absent, receipt or not, and made anew", async () => {
    const at = await workspace();
    const receipt = await at.ensure("page", basics);
    await at.person("PATCH", `pages/${receipt.id}`, { in_trash: true });
    expect(await at.read("page", basics, { receipt })).toBeUndefined();
    const again = await at.ensure("page", basics, { receipt });
    expect(again.id).not.toBe(receipt.id);
    expect(at.lines(parent)).toEqual(["PAGE Handbook"]);
  });

  test("of two with one title, the receipt tells; without it nothing is guessed", async () => {
    const at = await workspace();
    const receipt = await at.ensure("page", basics);
    await at.person("POST", "pages", {
      parent: { page_id: parent },
      properties: { title: { title: [{ text: { content: "Handbook" } }] } },
    });
    expect((await at.read("page", basics, { receipt }))?.id).toBe(receipt.id);
    // A look for what became of a write of its own goes on with its own; a plan guesses nothing.
    expect((await at.read("page", basics))?.id).toBe(receipt.id);
    const planning = at.read("page", basics, { operation: "" });
    await expect(planning).rejects.toMatchObject({ code: "NOTION_AMBIGUOUS" });
  });

  test("a parent that is not shared is said to be that, never an absent page", async () => {
    const at = await workspace();
    const input = { parent: "7ea40000-0000-4000-8000-000000000002", title: "Handbook" };
    const error = await at.read("page", input).catch((it: unknown) => it);
    const { notion } = await import("../../../src/providers/notion/provider.ts");
    expect(notion.classify(error)).toMatchObject({
      code: "NOTION_PAGE_NOT_SHARED",
      outcome: "not-applied",
      transient: false,
      status: 404,
    });
  });
});

describe("content", () => {
  const input = (content: string) => ({ ...basics, content });

  test("more than a hundred blocks, deep lists and long texts arrive whole and in order", async () => {
    const at = await workspace();
    const items = Array.from({ length: 230 }, (_, index) => `- item ${index}`).join("\n");
    const rows = Array.from({ length: 150 }, (_, index) => `| ${index} | x |`).join("\n");
    const long = "ä".repeat(2500);
    const content = `${items}\n- a\n  - b\n    - c\n      - d\n        - e\n\n| n | v |\n|---|---|\n${rows}\n\n${long}\n`;
    const made = await at.ensure("page", input(content));
    const lines = at.lines(String(made.id));
    expect(lines.filter((line) => line.startsWith("bulleted_list_item item"))).toEqual(
      Array.from({ length: 230 }, (_, index) => `bulleted_list_item item ${index}`),
    );
    expect(lines.slice(230, 236)).toEqual([
      "bulleted_list_item a",
      "  bulleted_list_item b",
      "    bulleted_list_item c",
      "      bulleted_list_item d",
      "        bulleted_list_item e",
      "table ",
    ]);
    expect(lines.filter((line) => line.startsWith("  table_row"))).toHaveLength(151);
    expect(lines.at(-1)).toBe(`paragraph ${long}`);
    at.calls();
    expect(await at.ensure("page", input(content), { receipt: made })).toEqual(made);
    expect(at.writes()).toEqual([]);
  });

  test("one request makes a page with up to a hundred blocks, and two reads check it", async () => {
    const at = await workspace();
    const content = "# One\n\ntwo\n";
    const receipt = await at.ensure("page", input(content));
    expect(at.calls()).toEqual(["GET /blocks/*/children", "POST /pages"]);
    expect(await at.read("page", input(content), { receipt })).toEqual(receipt);
    expect(at.calls()).toEqual(["GET /pages/*", "GET /blocks/*/children"]);
  });

  test("a changed line is changed in place, an added one inserted, a removed one deleted", async () => {
    const at = await workspace();
    const receipt = await at.ensure("page", input("# A\n\none\n\ntwo\n\nthree\n\nfour\n"));
    const before = at.state().pages[String(receipt.id)]!.children;
    at.calls();
    await at.ensure("page", input("# A\n\none\n\nTWO\n\nthree\n\nnew\n\nfour\n"), { receipt });
    expect(at.writes()).toEqual(["PATCH /blocks/*", "PATCH /blocks/*/children"]);
    const after = at.state().pages[String(receipt.id)]!.children;
    expect(after.filter((id) => before.includes(id))).toEqual(before);
    await at.ensure("page", input("# A\n\nthree\n\nnew\n\nfour\n"), { receipt });
    expect(at.writes()).toEqual(["DELETE /blocks/*", "DELETE /blocks/*"]);
    expect(at.lines(String(receipt.id))).toEqual([
      "heading_1 A",
      "paragraph three",
      "paragraph new",
      "paragraph four",
    ]);
  });

  test("what people added stays where it is; what they changed of ours is set back", async () => {
    const at = await workspace();
    const wanted = input("# A\n\none\n\ntwo\n");
    const receipt = await at.ensure("page", wanted);
    const [, one] = at.state().pages[String(receipt.id)]!.children;
    await at.person("PATCH", `blocks/${receipt.id}/children`, {
      children: [paragraph("a note")],
      position: { type: "after_block", after_block: { id: one } },
    });
    await at.person("PATCH", `blocks/${one}`, {
      paragraph: { rich_text: [{ text: { content: "ONE" } }] },
    });
    await at.person("POST", "pages", {
      parent: { page_id: receipt.id },
      properties: { title: { title: [{ text: { content: "Minutes" } }] } },
    });
    const now = await at.read("page", wanted, { receipt });
    expect(now?.content).toBe('heading_1 "A"\nparagraph "ONE"\nparagraph "two"');
    await at.ensure("page", wanted, { receipt });
    expect(at.lines(String(receipt.id))).toEqual([
      "heading_1 A",
      "paragraph one",
      "paragraph a note",
      "paragraph two",
      "PAGE Minutes",
    ]);
    at.calls();
    await at.ensure("page", wanted, { receipt });
    expect(at.writes()).toEqual([]);
    await at.ensure("page", input("# A\n"), { receipt });
    expect(at.lines(String(receipt.id))).toEqual([
      "heading_1 A",
      "paragraph a note",
      "PAGE Minutes",
    ]);
  });

  test("a note under a block of ours keeps that block alive", async () => {
    const at = await workspace();
    const receipt = await at.ensure("page", input("- one\n- two\n"));
    const [, two] = at.state().pages[String(receipt.id)]!.children;
    await at.person("PATCH", `blocks/${two}/children`, { children: [paragraph("a note")] });
    await at.ensure("page", input("- one\n"), { receipt });
    expect(at.lines(String(receipt.id))).toEqual([
      "bulleted_list_item one",
      "bulleted_list_item two",
      "  paragraph a note",
    ]);
    at.calls();
    await at.ensure("page", input("- one\n"), { receipt });
    expect(at.writes()).toEqual([]);
  });

  test("a page made by hand is adopted with its content, and undo takes out only ours", async () => {
    const at = await workspace();
    const { id } = await at.person("POST", "pages", {
      parent: { page_id: parent },
      properties: { title: { title: [{ text: { content: "Handbook" } }] } },
      children: [paragraph("theirs"), paragraph("one")],
    });
    const wanted = input("one\n\ntwo\n");
    const before = await at.read("page", wanted);
    const state = at.sandbox.state();
    const after = await at.ensure("page", wanted);
    expect(after.id).toBe(id);
    expect(at.lines(String(id))).toEqual(["paragraph theirs", "paragraph one", "paragraph two"]);
    expect(await at.undo("page", before, after)).toEqual([]);
    expect(at.sandbox.state()).toBe(state);
  });

  test("a colleague without receipts brings new content, and nothing is doubled", async () => {
    const at = await workspace();
    const made = await at.ensure("page", input("old\n\nkept\n"));
    await at.ensure("page", input("kept\n\nnew\n"));
    expect(at.lines(String(made.id))).toEqual(["paragraph kept", "paragraph new"]);
  });

  test("content that is taken away and brought back stands in front of the pages again", async () => {
    const at = await workspace();
    const before = await at.ensure("page", input("one\n\ntwo\n"));
    const id = String(before.id);
    await at.ensure("page", { parent: id, title: "Below" });
    const after = await at.ensure("page", input(""), { receipt: before });
    expect(at.lines(id)).toEqual(["PAGE Below"]);
    expect(await at.undo("page", before, after)).toEqual([]);
    expect(at.lines(id)).toEqual(["paragraph one", "paragraph two", "PAGE Below"]);
  });

  test("blocks that become others in kind stay in front of the pages", async () => {
    const at = await workspace();
    const before = await at.ensure("page", input("one\n"));
    const id = String(before.id);
    await at.ensure("page", { parent: id, title: "Below" });
    await at.ensure("page", input("# one\n"), { receipt: before });
    expect(at.lines(id)).toEqual(["heading_1 one", "PAGE Below"]);
  });

  test("something in a page that is gone by the time it is looked into keeps it from no undo", async () => {
    const at = await workspace();
    const made = await at.ensure("page", { ...basics, content: "- ours\n  - deeper" });
    const [item] = at.state().pages[String(made.id)]!.children;
    const body = { object: "error", status: 404, code: "object_not_found", message: "Gone." };
    at.sandbox.setFaults([
      { match: { path: `/blocks/${item}/children` }, fault: { kind: "status", status: 404, body } },
    ]);
    expect(await at.undo("page", undefined, made)).toEqual([]);
    expect(at.lines(parent)).toEqual([]);
    expect(await at.undo("page", undefined, made), "a second time").toEqual([]);
  });

  test("where Notion does not say who made a page, undo looks for nobody else's hand", async () => {
    const at = await workspace();
    const { createdBy: _, ...made } = await at.ensure("page", input("one\n"));
    at.calls();
    expect(await at.undo("page", undefined, made)).toEqual([]);
    expect(at.calls()).toEqual(["PATCH /pages/*"]);
  });

  test("what somebody has written below a block of ours keeps the page", async () => {
    const at = await workspace();
    const made = await at.ensure("page", { ...basics, content: "- ours\n  - deeper" });
    const [item] = at.state().pages[String(made.id)]!.children;
    const [deeper] = at.state().blocks[item!]!.children;
    await at.person("PATCH", `blocks/${deeper}/children`, { children: [paragraph("theirs")] });
    const residue = await at.undo("page", undefined, made);
    expect(residue).toMatchObject([{ what: 'page "Handbook"', again: true }]);
    expect(at.lines(parent)).toEqual(["PAGE Handbook"]);
  });

  test("a page into which others wrote is left in place by undo, and said to be", async () => {
    const at = await workspace();
    const made = await at.ensure("page", input("one\n"));
    await at.person("PATCH", `blocks/${made.id}/children`, { children: [paragraph("a note")] });
    const residue = await at.undo("page", undefined, made);
    expect(residue).toMatchObject([{ what: 'page "Handbook"', url: made.url }]);
    expect(at.lines(parent)).toEqual(["PAGE Handbook"]);
  });
});
