import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { notion } from "../../src/sandbox/notion/service.ts";
import { personToken, privatePageId, teamPageId } from "../../src/sandbox/notion/state.ts";
import { type RunningSandbox, startSandbox } from "../../src/sandbox/server.ts";

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ services: [notion] });
});
afterEach(() => sandbox.close());

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string | undefined> = {},
): Promise<{ status: number; body: JsonObject; headers: Headers }> {
  const all = {
    authorization: `Bearer ${sandbox.environment.NOTION_TOKEN}`,
    "notion-version": "2026-03-11",
    ...headers,
  };
  const sent = Object.entries(all).filter((it): it is [string, string] => it[1] !== undefined);
  const reply = await fetch(`${sandbox.environment.NOTION_API_URL}/v1/${path}`, {
    method,
    headers: Object.fromEntries(sent),
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: reply.status, body: (await reply.json()) as JsonObject, headers: reply.headers };
}

const text = (content: string) => [{ type: "text", text: { content } }];
const block = (content: string) => ({ paragraph: { rich_text: text(content) } });
const page = (title: string, more: object = {}) => ({
  parent: { page_id: teamPageId },
  properties: { title: { title: text(title) } },
  ...more,
});

async function make(title = "A", more: object = {}): Promise<string> {
  const { status, body } = await ask("POST", "pages", page(title, more));
  expect(status).toBe(200);
  return String(body.id);
}

describe("who asks and how", () => {
  test.each([
    [{ authorization: undefined }, 401, "unauthorized"],
    [{ authorization: "Bearer nobody" }, 401, "unauthorized"],
    [{ "notion-version": undefined }, 400, "missing_version"],
    [{ "notion-version": "2020-01-01" }, 400, "validation_error"],
  ])("%j is refused", async (headers, status, code) => {
    const reply = await ask("GET", "users/me", undefined, headers);
    expect(reply).toMatchObject({ status, body: { object: "error", status, code } });
    expect(reply.headers.get("x-notion-request-id")).toBe(reply.body.request_id);
  });

  test("unknown addresses, broken JSON and bad ids are told apart", async () => {
    expect((await ask("GET", "nothing")).body.code).toBe("invalid_request_url");
    expect((await ask("POST", "pages", "{")).body.code).toBe("invalid_json");
    expect((await ask("GET", "pages/x")).body.message).toContain("should be a valid uuid");
  });

  test("what is not shared does not exist for the integration, but does for a person", async () => {
    const hidden = `pages/${privatePageId}`;
    expect((await ask("GET", hidden)).body.code).toBe("object_not_found");
    const seen = await ask("GET", hidden, undefined, { authorization: `Bearer ${personToken}` });
    expect(seen.status).toBe(200);
  });
});

describe("requests are checked as Notion does", () => {
  test.each([
    [page("A", { colour: "red" }), "body.colour should be not present"],
    [page("A", { children: "x" }), "body.children should be an array"],
    [
      page("A", { children: [{ paragraph: {} }] }),
      "body.children[0].paragraph.rich_text should be defined",
    ],
    [
      page("A", { children: [block("x".repeat(2001))] }),
      "text.content should be of length ≤ `2000`",
    ],
    [
      page("A", { children: new Array(101).fill(block("x")) }),
      "body.children should be of length ≤ `100`",
    ],
    [
      page("A", { children: [{ code: { rich_text: [], language: "klingon" } }] }),
      "body.children[0].code.language should be",
    ],
    [page("A", { icon: { emoji: "x" } }), "an emoji"],
    [{ properties: {} }, "body.parent should be defined"],
    [page("A", { children: [{ table: { table_width: 1, children: [] } }] }), "of length ≥ `1`"],
  ])("%#", async (body, message) => {
    const reply = await ask("POST", "pages", body);
    expect(reply).toMatchObject({ status: 400, body: { code: "validation_error" } });
    expect(reply.body.message).toContain(message);
    expect(sandbox.fullState().notion).toEqual(expect.objectContaining({ blocks: {} }));
  });

  test.each(["2026-01-31 09:00 GMT", "2026-01-31 09:00 PM"])("%s for a date", async (start) => {
    const database = await ask("POST", "databases", {
      parent: { type: "page_id", page_id: teamPageId },
      title: text("D"),
      initial_data_source: { properties: { Name: { title: {} }, Due: { date: {} } } },
    });
    const source = (database.body.data_sources as JsonObject[])[0]!.id;
    const properties = { Due: { date: { start } } };
    const row = { parent: { data_source_id: source }, properties };
    expect(await ask("POST", "pages", row)).toMatchObject({
      ...{ status: 400, body: { code: "validation_error" } },
    });
  });

  test("three levels of blocks in one request, not four", async () => {
    const nested = (depth: number): object => ({
      bulleted_list_item: {
        rich_text: text("x"),
        ...(depth === 0 ? {} : { children: [nested(depth - 1)] }),
      },
    });
    expect((await ask("POST", "pages", page("A", { children: [nested(2)] }))).status).toBe(200);
    const deep = await ask("POST", "pages", page("B", { children: [nested(3)] }));
    expect(deep.body.message).toContain("children should be not present");
  });

  test("`after` and `archived` are of the older version only", async () => {
    const id = await make();
    const append = { children: [block("x")], after: id };
    expect((await ask("PATCH", `blocks/${id}/children`, append)).body.message).toContain(
      "body.after",
    );
    expect((await ask("PATCH", `pages/${id}`, { archived: true })).status).toBe(400);
    const old = { "notion-version": "2025-09-03" };
    expect((await ask("PATCH", `pages/${id}`, { archived: true }, old)).status).toBe(200);
  });

  test("properties have to exist and fit", async () => {
    const bad = { ...page("A"), properties: { Status: { select: { name: "x" } } } };
    expect((await ask("POST", "pages", bad)).body.message).toBe(
      "Status is not a property that exists.",
    );
    const database = await ask("POST", "databases", {
      parent: { type: "page_id", page_id: teamPageId },
      title: text("D"),
      initial_data_source: { properties: { Name: { title: {} }, State: { status: {} } } },
    });
    const source = (database.body.data_sources as JsonObject[])[0]!.id;
    const row = (properties: object) =>
      ask("POST", "pages", { parent: { data_source_id: source }, properties });
    expect((await row({ Name: { number: 1 } })).body.message).toBe("Name is expected to be title.");
    expect((await row({ State: { status: { name: "x" } } })).body.message).toContain(
      "Invalid status option",
    );
    const both = { properties: { Link: { url: {} }, Name: null } };
    expect((await ask("PATCH", `data_sources/${source}`, both)).status).toBe(400);
    const now = await ask("GET", `data_sources/${source}`);
    expect(Object.keys(now.body.properties as object)).toEqual(["Name", "State"]);
  });
});

describe("lists", () => {
  test("every list is paged by page_size and start_cursor", async () => {
    const id = await make("A", { children: Array.from({ length: 7 }, (_, n) => block(`${n}`)) });
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const from = cursor === null ? "" : `&start_cursor=${cursor}`;
      const { body } = await ask("GET", `blocks/${id}/children?page_size=3${from}`);
      seen.push(...(body.results as unknown[]));
      cursor = body.next_cursor as string | null;
      expect(body.has_more).toBe(cursor !== null);
    } while (cursor !== null);
    expect(seen).toHaveLength(7);
    expect((await ask("GET", `blocks/${id}/children?page_size=101`)).status).toBe(400);
    expect((await ask("GET", `blocks/${id}/children?start_cursor=${id}`)).status).toBe(400);
  });

  test("blocks go to the start, the end, or behind another", async () => {
    const id = await make("A", { children: [block("1")] });
    const first = (await ask("GET", `blocks/${id}/children`)).body.results as JsonObject[];
    const add = (content: string, position?: object) =>
      ask("PATCH", `blocks/${id}/children`, {
        children: [block(content)],
        ...(position ? { position } : {}),
      });
    await add("4");
    await add("0", { type: "start" });
    const reply = await add("2", { type: "after_block", after_block: { id: first[0]!.id } });
    expect(reply.body.results).toHaveLength(1);
    const all = (await ask("GET", `blocks/${id}/children`)).body.results as JsonObject[];
    const said = all.map(
      (it) => ((it.paragraph as JsonObject).rich_text as JsonObject[])[0]!.plain_text,
    );
    expect(said).toEqual(["0", "1", "2", "4"]);
  });
});

describe("trash", () => {
  test("what is in the trash can be seen and brought back, but not what is below it", async () => {
    const id = await make("A", { children: [block("x")] });
    const inner = ((await ask("GET", `blocks/${id}/children`)).body.results as JsonObject[])[0]!.id;
    const before = sandbox.state();
    expect((await ask("PATCH", `pages/${id}`, { in_trash: true })).body.in_trash).toBe(true);
    expect((await ask("GET", `pages/${id}`)).body.in_trash).toBe(true);
    expect((await ask("GET", `blocks/${inner}`)).status).toBe(404);
    expect((await ask("GET", `blocks/${id}/children`)).status).toBe(404);
    expect((await ask("PATCH", `pages/${id}`, { icon: { emoji: "🎈" } })).body.message).toContain(
      "archived",
    );
    const below = { parent: { page_id: id }, properties: {} };
    expect((await ask("POST", "pages", below)).body.code).toBe("object_not_found");
    await ask("PATCH", `pages/${id}`, { in_trash: false });
    expect(sandbox.state()).toBe(before);
  });
});

describe("limits", () => {
  test("429 with Retry-After once the limit is reached", async () => {
    sandbox.reset({ notion: { rateLimit: { requests: 2, seconds: 30 } } });
    expect((await ask("GET", "users/me")).status).toBe(200);
    expect((await ask("GET", "users/me")).status).toBe(200);
    const reply = await ask("GET", "users/me");
    expect(reply).toMatchObject({ status: 429, body: { code: "rate_limited" } });
    expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("409 for the next writes, as often as was asked", async () => {
    sandbox.reset({ notion: { conflicts: 1 } });
    expect((await ask("GET", "users/me")).status).toBe(200);
    expect(await ask("POST", "pages", page("A"))).toMatchObject({
      status: 409,
      body: { code: "conflict_error" },
    });
    expect((await ask("POST", "pages", page("A"))).status).toBe(200);
  });
});

test("search finds by title what is shared and not in the trash", async () => {
  await make("Team rules");
  const gone = await make("Old rules");
  await ask("PATCH", `pages/${gone}`, { in_trash: true });
  const { body } = await ask("POST", "search", {
    query: "rules",
    filter: { property: "object", value: "page" },
  });
  expect((body.results as JsonObject[]).map(({ url }) => url)).toEqual([
    expect.stringContaining("Team-rules"),
  ]);
});

test("a property whose type is changed keeps the texts of its rows, and nothing else", async () => {
  const properties = { Name: { title: {} }, Link: { url: {} }, N: { number: {} } };
  const database = await ask("POST", "databases", {
    parent: { type: "page_id", page_id: teamPageId },
    title: text("D"),
    initial_data_source: { properties },
  });
  const source = (database.body.data_sources as JsonObject[])[0]!.id;
  const row = {
    Name: { title: text("Row") },
    Link: { url: "https://a.example" },
    N: { number: 1 },
  };
  await ask("POST", "pages", { parent: { data_source_id: source }, properties: row });
  const change = { properties: { Link: { rich_text: {} }, N: { checkbox: {} } } };
  await ask("PATCH", `data_sources/${source}`, change);
  const { body } = await ask("POST", `data_sources/${source}/query`, {});
  const [found] = body.results as { properties: JsonObject }[];
  expect(found?.properties).toMatchObject({
    Link: { type: "rich_text", rich_text: [{ plain_text: "https://a.example" }] },
    N: { type: "checkbox", checkbox: false },
  });
});

test("queries filter by type and sort", async () => {
  const database = await ask("POST", "databases", {
    parent: { type: "page_id", page_id: teamPageId },
    title: text("D"),
    initial_data_source: { properties: { Name: { title: {} }, N: { number: {} } } },
  });
  const source = (database.body.data_sources as JsonObject[])[0]!.id;
  for (const n of [3, 1, 2]) {
    const properties = { Name: { title: text(`Row ${n}`) }, N: { number: n } };
    await ask("POST", "pages", { parent: { data_source_id: source }, properties });
  }
  const query = async (body: object) => {
    const reply = await ask("POST", `data_sources/${source}/query`, body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    return (reply.body.results as JsonObject[]).map(
      ({ properties }) => ((properties as JsonObject).N as JsonObject).number,
    );
  };
  expect(await query({ sorts: [{ property: "N", direction: "descending" }] })).toEqual([3, 2, 1]);
  expect(await query({ filter: { property: "Name", title: { equals: "row 2" } } })).toEqual([2]);
  const some = {
    or: [
      { property: "N", number: { less_than: 2 } },
      { property: "Name", title: { ends_with: "3" } },
    ],
  };
  expect(await query({ filter: some })).toEqual([3, 1]);
  const wrong = await ask("POST", `data_sources/${source}/query`, {
    filter: { property: "N", title: { equals: "x" } },
  });
  expect(wrong.body.message).toBe("database property number does not match filter title");
});
