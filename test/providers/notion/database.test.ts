import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { notion } from "../../../src/providers/notion/provider.ts";
import { parent, workspace } from "./workspace.ts";

const tasks = {
  parent,
  title: "Tasks",
  description: "What is to do",
  properties: { Task: "title", Status: { select: ["Todo", "Done"] }, Due: "date" },
};

describe("database", () => {
  test("a rerun reads the parent's list and the data source, nothing else", async () => {
    const at = await workspace();
    const receipt = await at.ensure("database", tasks);
    at.calls();
    expect(await at.read("database", tasks, { receipt })).toEqual(receipt);
    expect(at.calls().sort()).toEqual(["GET /blocks/*/children", "GET /data_sources/*"]);
    expect(await at.read("database", tasks)).toEqual(receipt);
  });

  test("options and properties are added; those of others stay, in their order", async () => {
    const at = await workspace();
    const receipt = await at.ensure("database", tasks);
    await at.person("PATCH", `data_sources/${receipt.dataSourceId}`, {
      properties: {
        Status: {
          select: { options: [{ name: "Todo" }, { name: "Done" }, { name: "Blocked" }] },
        },
        Priority: { number: {} },
      },
    });
    const wider = {
      ...tasks,
      properties: { ...tasks.properties, Status: { select: ["Doing", "Done"] }, Link: "url" },
    };
    const now = await at.read("database", wider, { receipt });
    expect(await at.changes("database", wider, now!)).toEqual([
      {
        field: "properties.Status",
        from: { select: ["Todo", "Done", "Blocked"] },
        to: { select: ["Todo", "Done", "Blocked", "Doing"] },
      },
      { field: "properties.Link", to: "url" },
    ]);
    const state = at.sandbox.state();
    const after = await at.ensure("database", wider, { receipt });
    expect(await at.read("database", wider, { receipt: after })).toEqual(after);
    expect(after["properties.Priority"]).toBe("number");
    await at.undo("database", now, after);
    expect(at.sandbox.state()).toBe(state);
  });

  test("an option's colour is set when it is made and left alone afterwards", async () => {
    const at = await workspace();
    const red = { ...tasks, properties: { Status: { select: [{ name: "Todo", color: "red" }] } } };
    const receipt = await at.ensure("database", red);
    const blue = {
      ...tasks,
      properties: { Status: { select: [{ name: "Todo", color: "blue" }, "Done"] } },
    };
    await at.ensure("database", blue, { receipt });
    expect(at.sandbox.state()).toContain('"color":"red"');
  });

  test("a property of another type is refused before anything is written", async () => {
    const at = await workspace();
    const receipt = await at.ensure("database", tasks);
    at.calls();
    const other = { ...tasks, properties: { Due: "rich_text" } };
    await expect(at.ensure("database", other, { receipt })).rejects.toMatchObject({
      code: "NOTION_PROPERTY_TYPE",
    });
    expect(at.writes()).toEqual([]);
  });

  test("changed by hand, it is drift by field; trashed by hand, it is made anew", async () => {
    const at = await workspace();
    const receipt = await at.ensure("database", tasks);
    await at.person("PATCH", `databases/${receipt.id}`, {
      title: [{ text: { content: "Chores" } }],
      description: [],
    });
    const now = await at.read("database", tasks, { receipt });
    expect(await at.changes("database", tasks, now!)).toEqual([
      { field: "title", from: "Chores", to: "Tasks" },
      { field: "description", from: "", to: "What is to do" },
    ]);
    expect(await at.ensure("database", tasks, { receipt })).toEqual(receipt);
    await at.person("PATCH", `databases/${receipt.id}`, { in_trash: true });
    expect(await at.read("database", tasks, { receipt })).toBeUndefined();
    expect((await at.ensure("database", tasks, { receipt })).id).not.toBe(receipt.id);
  });

  test("a property that somebody has filled in is left by undo, and an option that somebody uses", async () => {
    const at = await workspace();
    const small: JsonObject = {
      parent,
      title: "Tasks",
      properties: { Task: "title", Area: { select: ["a"] } },
    };
    const before = await at.ensure("database", small);
    const wider = { Notes: "rich_text", Spare: "rich_text", Area: { select: ["b"] } };
    const after = await at.ensure(
      "database",
      { ...small, properties: { Task: "title", ...wider } },
      { receipt: before },
    );
    const row = await at.person("POST", "pages", {
      parent: { type: "data_source_id", data_source_id: after.dataSourceId },
      properties: {
        Task: { title: [{ text: { content: "Mine" } }] },
        Notes: { rich_text: [{ text: { content: "worth keeping" } }] },
        Area: { select: { name: "b" } },
      },
    });
    expect(await at.undo("database", before, after)).toMatchObject([
      { what: 'options of property "Area"', again: true },
      { what: 'property "Notes"', again: true },
    ]);
    const now = await at.read("database", small, { receipt: after });
    expect(now).toMatchObject({ "properties.Area": { select: ["a", "b"] } });
    expect(now).toHaveProperty(["properties.Notes"]);
    expect(now).not.toHaveProperty(["properties.Spare"]);
    await at.person("PATCH", `pages/${row.id}`, {
      properties: { Notes: { rich_text: [] }, Area: { select: null } },
    });
    expect(await at.undo("database", before, now!)).toEqual([]);
    expect(await at.read("database", small, { receipt: after })).toEqual(before);
  });

  test("what somebody has filled in of a row of ours stays, whoever has written the row last", async () => {
    const at = await workspace();
    const small: JsonObject = { parent, title: "Tasks", properties: { Task: "title" } };
    const before = await at.ensure("database", small);
    const row = { database: String(before.id), key: { Task: "Read" } };
    const entry = await at.ensure("entry", row);
    const wider = { Task: "title", Owner: "rich_text", State: { select: ["Doing"] } };
    const after = await at.ensure("database", { ...small, properties: wider }, { receipt: before });
    await at.ensure("entry", { ...row, properties: { State: "Doing" } });
    await at.person("PATCH", `pages/${entry.id}`, {
      properties: { Owner: { rich_text: [{ text: { content: "Ann" } }] } },
    });
    const found = await at.read("entry", row);
    await at.undo("entry", { ...found!, "properties.State": null }, found!);
    expect(await at.undo("database", before, after)).toMatchObject([
      { what: 'property "Owner"', why: "somebody has filled it in since", again: true },
    ]);
    const now = await at.read("entry", row);
    expect(now).toHaveProperty(["properties.Owner"], "Ann");
    expect(now).not.toHaveProperty(["properties.State"]);
  });

  const many = 105;
  async function filled(property: string) {
    const at = await workspace();
    const small: JsonObject = { parent, title: "Tasks", properties: { Task: "title" } };
    const before = await at.ensure("database", small);
    const wider = { ...small, properties: { Task: "title", Notes: "rich_text", Due: "date" } };
    const after = await at.ensure("database", wider, { receipt: before });
    for (let index = 0; index < many; index++) {
      await at.person("POST", "pages", {
        parent: { data_source_id: after.dataSourceId },
        properties: {
          Task: { title: [{ text: { content: `${index}` } }] },
          ...(property === "" ? {} : { [property]: { rich_text: [{ text: { content: "x" } }] } }),
          Due: { date: { start: "2026-01-31" } },
        },
      });
    }
    at.calls();
    return { at, before, after };
  }

  test("the look before an undo reads no further than it has to", async () => {
    const { at, before, after } = await filled("Notes");
    expect(await at.undo("database", before, after)).toHaveLength(2);
    expect(at.calls()).toEqual(["GET /data_sources/*", "POST /data_sources/*/query"]);
    expect(await at.undo("database", undefined, after)).toHaveLength(1);
    expect(at.calls()).toEqual(["POST /data_sources/*/query"]);
    const { createdBy: _, ...unknown } = after;
    expect(await at.undo("database", undefined, unknown)).toEqual([]);
    expect(at.calls()).toEqual(["PATCH /databases/*"]);
  });

  test("it reads on as long as a property may still be filled", async () => {
    const { at, before, after } = await filled("");
    expect(await at.undo("database", before, after)).toMatchObject([{ what: 'property "Due"' }]);
    expect(at.calls().filter((it) => it.endsWith("/query"))).toHaveLength(2);
  });

  test("with rows of others in it, undo leaves it and says so", async () => {
    const at = await workspace();
    const made = await at.ensure("database", tasks);
    await at.person("POST", "pages", {
      parent: { data_source_id: made.dataSourceId },
      properties: { Task: { title: [{ text: { content: "mine" } }] } },
    });
    expect(await at.undo("database", undefined, made)).toMatchObject([
      { what: 'database "Tasks"' },
    ]);
    expect(at.lines(parent)).toEqual(["DATABASE Tasks"]);
  });

  test("a relation points at another database's data source", async () => {
    const at = await workspace();
    const made = await at.ensure("database", tasks);
    const input = {
      parent,
      title: "Projects",
      properties: { Tasks: { relation: String(made.dataSourceId).replaceAll("-", "") } },
    };
    const projects = await at.ensure("database", input);
    expect(projects["properties.Tasks"]).toEqual({ relation: made.dataSourceId });
    expect(await at.changes("database", input, projects)).toEqual([]);
  });
});

describe("entry", () => {
  async function ready() {
    const at = await workspace();
    const made = await at.ensure("database", {
      ...tasks,
      properties: { ...tasks.properties, Count: "number", Ready: "checkbox", Who: "people" },
    });
    const database = String(made.id);
    return { at, made, database, row: { database, key: { Task: "Read" } } };
  }

  test("by the database, its data source or its address, and one query a rerun", async () => {
    const { at, made, database, row } = await ready();
    const receipt = await at.ensure("entry", { ...row, properties: { Status: "Todo", Count: 2 } });
    at.calls();
    expect(await at.read("entry", row, { receipt })).toEqual(receipt);
    expect(at.calls()).toEqual(["POST /data_sources/*/query"]);
    const address = `https://www.notion.so/acme/${database.replaceAll("-", "")}?v=1`;
    for (const written of [String(made.dataSourceId), address]) {
      const found = await at.read("entry", { ...row, database: written });
      expect(found?.id).toBe(receipt.id);
    }
  });

  test("rows of a database that was just made need no look for its data source, and nothing is refused", async () => {
    const { at, made, row } = await ready();
    at.sandbox.clearLog();
    await at.ensure("entry", row);
    expect(at.sandbox.log().map(({ status }) => status)).toEqual([200, 200]);
    expect(at.calls()).toEqual(["POST /data_sources/*/query", "POST /pages"]);
    const other = await at.connect();
    for (const database of [row.database, String(made.dataSourceId)]) {
      const input = { database, key: { Task: "Read" } };
      const kind = notion.kinds.entry!;
      const parsed = await kind.input["~standard"].validate(input);
      if (parsed.issues) throw new Error("not valid");
      expect(await other.run((call) => kind.read(other.client, parsed.value, call))).toBeDefined();
      // The last of them asks for a database by the id of a data source; Notion says what it is.
      expect(at.sandbox.log().filter(({ status }) => status !== 200).length).toBeLessThan(2);
    }
  });

  test("page, database and entries together need four reads when nothing has changed", async () => {
    const at = await workspace();
    const page = { parent, title: "Handbook", content: "# Hello\n" };
    const first = await at.ensure("page", page);
    const list = { ...tasks, parent: String(first.id) };
    const second = await at.ensure("database", list);
    const row = { database: String(second.id), key: { Task: "Read" } };
    const third = await at.ensure("entry", row);
    const other = { ...row, key: { Task: "Write" } };
    const fourth = await at.ensure("entry", other);
    at.calls();
    const loads = new Map<string, Promise<unknown>>();
    const shared = <T>(key: string, load: () => Promise<T>): Promise<T> => {
      const known = loads.get(key) ?? load();
      loads.set(key, known);
      return known as Promise<T>;
    };
    await Promise.all([
      at.read("page", page, { receipt: first, shared }),
      at.read("database", list, { receipt: second, shared }),
      at.read("entry", row, { receipt: third, shared }),
      at.read("entry", other, { receipt: fourth, shared }),
    ]);
    expect(at.calls().sort()).toEqual([
      "GET /blocks/*/children",
      "GET /data_sources/*",
      "GET /pages/*",
      "POST /data_sources/*/query",
    ]);
  });

  test("a row beyond the first hundred of one key is found, two of one key are not guessed", async () => {
    const { at, made, row } = await ready();
    const person = (text: string) =>
      at.person("POST", "pages", {
        parent: { data_source_id: made.dataSourceId },
        properties: { Task: { title: [{ text: { content: text } }] } },
      });
    // Notion compares without regard to case; testx does not.
    for (let index = 0; index < 105; index++) await person("READ");
    const receipt = await at.ensure("entry", row);
    expect((await at.read("entry", row))?.id).toBe(receipt.id);
    await person("Read");
    const planning = at.read("entry", row, { operation: "" });
    await expect(planning).rejects.toMatchObject({ code: "NOTION_AMBIGUOUS" });
    expect((await at.read("entry", row))?.id, "a look after a write").toBe(receipt.id);
    expect((await at.read("entry", row, { receipt }))?.id).toBe(receipt.id);
  });

  test("a key changed by hand is drift, a trashed row is absent", async () => {
    const { at, row } = await ready();
    const receipt = await at.ensure("entry", row);
    await at.person("PATCH", `pages/${receipt.id}`, {
      properties: { Task: { title: [{ text: { content: "Skim" } }] } },
    });
    const now = await at.read("entry", row, { receipt });
    expect(await at.changes("entry", row, now!)).toEqual([
      { field: "properties.Task", from: "Skim", to: "Read" },
    ]);
    await at.person("PATCH", `pages/${receipt.id}`, { in_trash: true });
    expect(await at.read("entry", row, { receipt })).toBeUndefined();
  });

  test.each([
    [{ Stauts: "Todo" }, "NOTION_PROPERTY_UNKNOWN", 'Is it "Status"?'],
    [{ Status: "Tood" }, "NOTION_VALUE_INVALID", 'Is it "Todo"?'],
    [{ Count: "two" }, "NOTION_VALUE_INVALID", "takes a number"],
    [{ Ready: "yes" }, "NOTION_VALUE_INVALID", "takes true or false"],
  ])("%j is refused as %s before anything is written", async (properties, code, hint) => {
    const { at, row } = await ready();
    at.calls();
    const error = await at.ensure("entry", { ...row, properties }).catch((it: unknown) => it);
    expect(error).toMatchObject({ code, message: expect.stringContaining(hint) });
    expect(at.writes()).toEqual([]);
  });

  test("people, numbers and checkboxes come back as they were given", async () => {
    const { at, row } = await ready();
    const ada = "9e500000-0000-4000-8000-000000000001";
    const input = {
      ...row,
      properties: {
        Who: ada.replaceAll("-", ""),
        Count: 0,
        Ready: true,
        Due: "2026-03-01T08:00:00+01:00",
      },
    };
    const receipt = await at.ensure("entry", input);
    expect(receipt).toMatchObject({
      "properties.Who": [ada],
      "properties.Count": 0,
      "properties.Due": "2026-03-01T07:00:00.000Z",
    });
    at.calls();
    await at.ensure("entry", input, { receipt });
    expect(at.writes()).toEqual([]);
  });

  test.each(["2026-01-31 09:00 PM", "2026-01-31 09:00 GMT", "2026-01-31 09:00 in the office"])(
    "a text that only begins like a moment is a text: %s",
    async (text) => {
      const at = await workspace();
      const made = await at.ensure("database", {
        parent,
        title: "Meetings",
        properties: { Name: "title", When: "rich_text" },
      });
      const row = { database: String(made.id), key: { Name: text }, properties: { When: text } };
      const receipt = await at.ensure("entry", row);
      expect(receipt).toMatchObject({ "properties.Name": text, "properties.When": text });
      expect(await at.changes("entry", row, { ...receipt, "properties.When": null })).toEqual([
        { field: "properties.When", from: null, to: text },
      ]);
      expect(await at.changes("entry", row, receipt)).toEqual([]);
    },
  );

  test("an incomplete query is never taken for absence", async () => {
    const { at, row } = await ready();
    at.sandbox.setFaults([
      {
        match: { path: "/query$" },
        fault: {
          kind: "status",
          status: 200,
          body: {
            object: "list",
            results: [],
            has_more: false,
            next_cursor: null,
            type: "page_or_data_source",
            page_or_data_source: {},
            request_status: { type: "incomplete", incomplete_reason: "query_result_limit_reached" },
          },
        },
      },
    ]);
    await expect(at.read("entry", row)).rejects.toMatchObject({ code: "NOTION_QUERY_INCOMPLETE" });
  });

  test("when the page above was trashed by hand, all that was in it is gone, not unreadable", async () => {
    const at = await workspace();
    const page = await at.ensure("page", { parent, title: "Handbook" });
    const list = { ...tasks, parent: String(page.id) };
    const made = await at.ensure("database", list);
    const row = { database: String(made.id), key: { Task: "Read" } };
    const entry = await at.ensure("entry", row);
    const inner = await at.ensure("page", { parent: String(page.id), title: "Inner" });
    await at.person("PATCH", `pages/${page.id}`, { in_trash: true });
    expect(await at.read("entry", row, { receipt: entry })).toBeUndefined();
    expect(await at.read("database", list, { receipt: made })).toBeUndefined();
    const below = { parent: String(page.id), title: "Inner" };
    expect(await at.read("page", below, { receipt: inner })).toBeUndefined();
    await expect(at.read("page", below)).rejects.toMatchObject({ code: "object_not_found" });
  });
});
