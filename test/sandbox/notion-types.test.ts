import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Fetch } from "../../src/core/http.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { AnyKind } from "../../src/core/provider.ts";
import type { NotionClient } from "../../src/providers/notion/client.ts";
import { notion as provider } from "../../src/providers/notion/provider.ts";
import { notion } from "../../src/sandbox/notion/service.ts";
import { teamPageId } from "../../src/sandbox/notion/state.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { connectProvider } from "../../src/testing/connect.ts";
import { samples } from "../providers/notion/samples.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The SDK's own types of request and reply, which are generated from Notion's description. */
const types: [RegExp, request: string, reply: string][] = [
  [/^GET users\/me$/, "GetSelfParameters", "GetSelfResponse"],
  [/^GET users\/(?<user_id>[^/]+)$/, "GetUserParameters", "GetUserResponse"],
  [/^GET users$/, "ListUsersParameters", "ListUsersResponse"],
  [/^POST pages$/, "CreatePageParameters", "CreatePageResponse"],
  [/^GET pages\/(?<page_id>[^/]+)$/, "GetPageParameters", "GetPageResponse"],
  [/^PATCH pages\/(?<page_id>[^/]+)$/, "UpdatePageParameters", "UpdatePageResponse"],
  [
    /^GET blocks\/(?<block_id>[^/]+)\/children$/,
    "ListBlockChildrenParameters",
    "ListBlockChildrenResponse",
  ],
  [
    /^PATCH blocks\/(?<block_id>[^/]+)\/children$/,
    "AppendBlockChildrenParameters",
    "AppendBlockChildrenResponse",
  ],
  [/^GET blocks\/(?<block_id>[^/]+)$/, "GetBlockParameters", "GetBlockResponse"],
  [/^PATCH blocks\/(?<block_id>[^/]+)$/, "UpdateBlockParameters", "UpdateBlockResponse"],
  [/^DELETE blocks\/(?<block_id>[^/]+)$/, "DeleteBlockParameters", "DeleteBlockResponse"],
  [/^POST databases$/, "CreateDatabaseParameters", "CreateDatabaseResponse"],
  [/^GET databases\/(?<database_id>[^/]+)$/, "GetDatabaseParameters", "GetDatabaseResponse"],
  [
    /^PATCH databases\/(?<database_id>[^/]+)$/,
    "UpdateDatabaseParameters",
    "UpdateDatabaseResponse",
  ],
  [
    /^GET data_sources\/(?<data_source_id>[^/]+)$/,
    "GetDataSourceParameters",
    "GetDataSourceResponse",
  ],
  [
    /^PATCH data_sources\/(?<data_source_id>[^/]+)$/,
    "UpdateDataSourceParameters",
    "UpdateDataSourceResponse",
  ],
  [
    /^POST data_sources\/(?<data_source_id>[^/]+)\/query$/,
    "QueryDataSourceParameters",
    "QueryDataSourceResponse",
  ],
  [/^POST search$/, "SearchParameters", "SearchResponse"],
];

test("what testx sends and what the stand-in answers are of the SDK's own types", async () => {
  const source = ['import type * as N from "@notionhq/client";'];
  const seen = new Set<string>();
  const sandbox = await startSandbox({ services: [notion] });
  const record: Fetch = async (url, init) => {
    const reply = await fetch(url, init as RequestInit);
    const json = (await reply.clone().json()) as JsonObject;
    if (reply.ok) note(String(url), init?.method ?? "GET", init?.body, json);
    return reply as unknown as ReturnType<Fetch> extends Promise<infer R> ? R : never;
  };
  const note = (
    url: string,
    method: string,
    body: unknown,
    { request_id: _, ...reply }: JsonObject,
  ) => {
    const { pathname, searchParams } = new URL(url);
    const call = `${method} ${pathname.replace(/^.*\/v1\//, "")}`;
    const known = types.find(([pattern]) => pattern.test(call));
    expect(known, call).toBeDefined();
    const [pattern, request, response] = known!;
    seen.add(request);
    const query = [...searchParams].map(([name, value]) => [
      name,
      name === "page_size" ? Number(value) : value,
    ]);
    const sent = {
      ...pattern.exec(call)?.groups,
      ...Object.fromEntries(query),
      ...(typeof body === "string" ? (JSON.parse(body) as JsonObject) : {}),
    };
    const at = source.length;
    source.push(`export const sent${at}: N.${request} = ${JSON.stringify(sent)};`);
    source.push(`export const got${at}: N.${response} = ${JSON.stringify(reply)};`);
  };
  try {
    const { environment } = sandbox;
    const { client, run } = await connectProvider<NotionClient>(provider, {
      environment,
      fetch: record,
    });
    const give = (sample: unknown, receipts: Record<string, JsonObject>) =>
      (typeof sample === "function" ? sample({ environment, receipts }) : sample) as Json;
    const ensure = (name: string, input: unknown) =>
      run(async (call) => {
        const kind = provider.kinds[name] as AnyKind;
        const parsed = await kind.input["~standard"].validate(input);
        if (parsed.issues) throw new Error(JSON.stringify(parsed.issues));
        const now = await kind.read(client, parsed.value, call);
        return kind.apply(client, parsed.value, now, call) as Promise<JsonObject>;
      });
    for (const [name, sample] of Object.entries(samples.kinds)) {
      const receipts: Record<string, JsonObject> = {};
      for (const need of sample.needs ?? []) {
        receipts[need.name] = await ensure(need.kind, give(need.input, receipts));
      }
      const made = await ensure(name, give(sample.input, receipts));
      const changed = await ensure(name, give(sample.changed, receipts));
      const undo = provider.kinds[name]!.undo as Exclude<AnyKind["undo"], string>;
      await run((call) => undo(client, made, changed, call));
      await run((call) => undo(client, undefined, made, call));
    }
    const { id } = await client.api.users.me({});
    await client.api.users.retrieve({ user_id: id });
    await client.api.users.list({ page_size: 10 });
    await client.api.search({ query: "" });
    await client.api.blocks.retrieve({ block_id: teamPageId });
  } finally {
    await sandbox.close();
  }
  expect([...seen].sort()).toEqual(types.map(([, request]) => request).sort());

  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "notion-types-"));
  try {
    writeFileSync(join(folder, "replies.ts"), source.join("\n"));
    const compilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: "nodenext",
      target: "es2024",
      types: [],
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["replies.ts"] }),
    );
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", folder], {
      encoding: "utf8",
    });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
