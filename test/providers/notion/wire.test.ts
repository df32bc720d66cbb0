import { expect, test } from "vitest";
import { RecordHeaders } from "../../../src/core/reply.ts";
import { wire } from "../../../src/providers/notion/wire.ts";

const id = "7ea40000-0000-4000-8000-000000000001";

test.each([
  ["GET", "users/me", "users.me", false, true],
  ["POST", "pages", "pages.create", true, false],
  ["GET", `pages/${id}`, "pages.retrieve", false, true],
  ["PATCH", `pages/${id}`, "pages.update", true, true],
  ["GET", `blocks/${id}/children`, "blocks.children.list", false, true],
  ["PATCH", `blocks/${id}/children`, "blocks.children.append", true, false],
  ["PATCH", `blocks/${id}`, "blocks.update", true, true],
  ["DELETE", `blocks/${id}`, "blocks.delete", true, true],
  ["POST", "databases", "databases.create", true, false],
  ["PATCH", `databases/${id}`, "databases.update", true, true],
  ["POST", `data_sources/${id}/query`, "dataSources.query", false, true],
  ["GET", `data_sources/${id}`, "dataSources.retrieve", false, true],
  ["POST", "search", "search", false, true],
  ["POST", "comments", "POST comments", true, false],
])("%s %s", (method, path, name, write, idempotent) => {
  for (const base of ["https://api.notion.com/v1/", "http://127.0.0.1:1234/notion/v1/"]) {
    const url = new URL(`${base}${path}?page_size=100`);
    expect(wire.describe({ method, url, body: undefined })).toEqual({ name, write, idempotent });
  }
});

test.each([
  [{ properties: { Link: { type: "url", url: {} } } }, true],
  [{ properties: { Name: { name: "Task" } } }, false],
  [{ properties: { Link: null } }, false],
])(
  "an update of properties may be sent twice only when the second changes nothing: %j",
  (body, idempotent) => {
    const url = new URL(`https://api.notion.com/v1/data_sources/${id}`);
    const request = { method: "PATCH", url, body: JSON.stringify(body) };
    expect(wire.describe(request).idempotent).toBe(idempotent);
  },
);

test.each([
  [200, '{"object":"page"}', "applied", false, undefined],
  [200, '{"object":"error"}', "unknown", true, "unreadable reply"],
  [200, "[]", "unknown", true, "unreadable reply"],
  [200, "<html>", "unknown", true, "unreadable reply"],
  [409, '{"code":"conflict_error"}', "not-applied", true, "conflict_error"],
  [429, '{"code":"rate_limited"}', "not-applied", true, "rate_limited"],
  [
    429,
    '{"code":"rate_limited","additional_data":{"rate_limit_reason":"workspace"}}',
    "not-applied",
    true,
    "rate_limited (workspace)",
  ],
  [
    429,
    '{"code":"rate_limited","additional_data":{"rate_limit_reason":"\\u001b[31m"}}',
    "not-applied",
    true,
    "rate_limited",
  ],
  [529, '{"code":"service_overload"}', "not-applied", true, "service_overload"],
  [500, '{"code":"internal_server_error"}', "unknown", true, "internal_server_error"],
  [502, "<html>", "unknown", true, "HTTP 502"],
  [503, '{"code":"service_unavailable"}', "unknown", true, "service_unavailable"],
  [504, "", "unknown", true, "HTTP 504"],
  [400, '{"code":"validation_error"}', "not-applied", false, "validation_error"],
  [404, '{"code":"object_not_found"}', "not-applied", false, "object_not_found"],
])("%i %s is %s", (status, text, outcome, transient, reason) => {
  const request = { method: "POST", url: new URL("https://api.notion.com/v1/pages"), body: "{}" };
  const headers = new RecordHeaders({});
  expect(wire.judge?.(request, { status, headers, text })).toEqual({
    outcome,
    transient,
    ...(reason === undefined ? {} : { reason }),
  });
});
