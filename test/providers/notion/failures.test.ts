import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../../src/core/catalogue/catalogue.ts";
import { notion } from "../../../src/providers/notion/provider.ts";
import type { Fault } from "../../../src/sandbox/fault.ts";
import { sandboxToken } from "../../../src/sandbox/notion/state.ts";
import { parent, workspace } from "./workspace.ts";

const page = { parent, title: "Handbook", content: "# Hello\n\none\n" };

async function failureOf(work: () => Promise<unknown>) {
  const error = await work().then(
    () => undefined,
    (it: unknown) => it,
  );
  expect(error).toBeDefined();
  return { error, failure: notion.classify(error) };
}

describe("a reply that is lost after the service has acted", () => {
  const lost: Fault = { kind: "reset", when: "after" };

  test("creating is sent once; what it made is found and known to be ours", async () => {
    const at = await workspace();
    at.sandbox.setFaults([{ match: { method: "POST", path: "/pages$", nth: 1 }, fault: lost }]);
    const { failure } = await failureOf(() => at.ensure("page", page));
    expect(failure.outcome).toBe("unknown");
    const now = await at.read("page", page);
    expect(now).toBeDefined();
    const ours = await at.connected.run((call) =>
      notion.kinds.page!.ours!(at.connected.client, now, call),
    );
    expect(ours).toBe(true);
    await at.ensure("page", page);
    expect(at.lines(parent)).toEqual(["PAGE Handbook"]);
    expect(
      at.sandbox.log().filter(({ method, path }) => method === "POST" && path === "/v1/pages"),
    ).toHaveLength(1);
  });

  test("appending is sent once; the next apply goes on from what is there", async () => {
    const at = await workspace();
    const long = { ...page, content: Array.from({ length: 250 }, (_, n) => `- ${n}`).join("\n") };
    at.sandbox.setFaults([{ match: { method: "PATCH", path: "/children$", nth: 1 }, fault: lost }]);
    await failureOf(() => at.ensure("page", long));
    const made = await at.ensure("page", long);
    expect(at.lines(String(made.id))).toEqual(
      Array.from({ length: 250 }, (_, n) => `bulleted_list_item ${n}`),
    );
  });

  test("a page of somebody else is not ours", async () => {
    const at = await workspace();
    await at.person("POST", "pages", {
      parent: { page_id: parent },
      properties: { title: { title: [{ text: { content: "Handbook" } }] } },
    });
    const now = await at.read("page", page);
    const ours = await at.connected.run((call) =>
      notion.kinds.page!.ours!(at.connected.client, now, call),
    );
    expect(ours).toBe(false);
  });
});

describe("stopped at any write, the next run comes to the same end", () => {
  const wanted = { ...page, content: "# B\n\none\n\n- x\n  - y\n    - z\n      - deep\n\nlast\n" };
  const points = ["PATCH", "DELETE"].flatMap((method) => [1, 2].map((nth) => ({ method, nth })));
  const faults: Fault[] = [
    { kind: "status", status: 400 },
    { kind: "reset", when: "after" },
  ];
  test.each(points.flatMap((point) => faults.map((fault) => ({ ...point, fault }))))(
    "$method $nth $fault.kind",
    async ({ method, nth, fault }) => {
      const at = await workspace();
      const receipt = await at.ensure("page", {
        ...page,
        content: "# A\n\nzero\n\none\n\n- x\n\ngone\n\nlast\n\n- end\n",
      });
      // A DELETE is sent again by itself, so it has to fail three times.
      const times = method === "DELETE" || nth === 1 ? 3 : 1;
      at.sandbox.setFaults([{ match: { method, nth }, fault, times }]);
      await at.ensure("page", wanted, { receipt }).catch(() => {});
      expect(at.sandbox.log().some((it) => it.fault === fault.kind)).toBe(true);
      at.sandbox.setFaults([]);
      await at.ensure("page", wanted, { receipt });
      expect(at.lines(String(receipt.id))).toEqual([
        "heading_1 B",
        "paragraph one",
        "bulleted_list_item x",
        "  bulleted_list_item y",
        "    bulleted_list_item z",
        "      bulleted_list_item deep",
        "paragraph last",
      ]);
    },
  );
});

describe("classification", () => {
  const refusal = (status: number, code: string): Fault => ({
    kind: "status",
    status,
    body: { object: "error", status, code, message: "Said Notion", request_id: "r-1" },
    headers: { "retry-after": "0" },
  });

  test.each([
    [refusal(400, "validation_error"), "NOTION_VALIDATION", "not-applied", false],
    [refusal(401, "unauthorized"), "NOTION_TOKEN_INVALID", "not-applied", false],
    [refusal(403, "restricted_resource"), "NOTION_FORBIDDEN", "not-applied", false],
    [refusal(404, "object_not_found"), "NOTION_PAGE_NOT_SHARED", "not-applied", false],
    // One that the SDK does not know: it leaves out what Notion said.
    [refusal(400, "quite_new"), "NOTION_VALIDATION", "not-applied", false],
    [refusal(413, "validation_error"), "NOTION_TOO_LARGE", "not-applied", false],
  ] as const)("%j", async (fault, code, outcome, transient) => {
    const at = await workspace();
    at.sandbox.setFaults([{ match: { path: "/pages$" }, fault }]);
    const { failure } = await failureOf(() => at.ensure("page", page));
    expect(failure).toMatchObject({ code, outcome, transient, requestId: "r-1" });
    expect(catalogue[failure.code]).toBeDefined();
    expect(failure.message).toContain("Said Notion");
  });

  test("every code in the catalogue says what to do next", () => {
    const codes = Object.keys(catalogue).filter((it) => it.startsWith("NOTION_"));
    expect(codes.length).toBeGreaterThan(10);
    for (const code of codes) expect(catalogue[code]!.next.length).toBeGreaterThan(20);
  });

  test("no error carries the token, whatever happens", async () => {
    const at = await workspace();
    const faults: Fault[] = [
      refusal(400, "validation_error"),
      refusal(500, "internal_server_error"),
      { kind: "html" },
      { kind: "garble" },
      { kind: "truncate" },
      { kind: "reset", when: "before" },
    ];
    for (const fault of faults) {
      at.sandbox.setFaults([{ fault }]);
      const { error, failure } = await failureOf(() => at.ensure("page", page));
      const said = inspect(error, { depth: 8, showHidden: true }) + JSON.stringify(failure);
      expect(said).not.toContain(sandboxToken);
      expect(failure.code).not.toBe("NOTION_UNEXPECTED");
    }
    expect(inspect(at.connected.client, { depth: 8, showHidden: true })).not.toContain(
      sandboxToken,
    );
  });

  test("the SDK says nothing on the console", async () => {
    const said: unknown[] = [];
    const { warn, error } = console;
    console.warn = (...all) => said.push(all);
    console.error = (...all) => said.push(all);
    try {
      const at = await workspace();
      at.sandbox.setFaults([{ fault: refusal(400, "validation_error") }]);
      await failureOf(() => at.ensure("page", page));
    } finally {
      Object.assign(console, { warn, error });
    }
    expect(said).toEqual([]);
  });

  test("a wrong token is told apart from a page that is not shared", async () => {
    const at = await workspace();
    const other = await at.connect({ NOTION_TOKEN: "ntn_wrong" });
    const { failure } = await failureOf(() =>
      other.run((call) => notion.health(other.client, call)),
    );
    expect(failure.code).toBe("NOTION_TOKEN_INVALID");
  });
});
