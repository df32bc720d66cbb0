import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rootFailure } from "../../src/core/failure.ts";
import {
  type RunningSandbox,
  type SandboxOptions,
  startSandbox,
} from "../../src/sandbox/server.ts";
import { type Note, notesService, notesToken } from "../support/notes-service.ts";

let folder: string;
let stateFile: string;
let open: RunningSandbox[];
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-sandbox-"));
  stateFile = join(folder, "deep", "sandbox.db");
  open = [];
  children = [];
});
afterEach(async () => {
  for (const sandbox of open) await sandbox.close();
  for (const child of children) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> {
  const sandbox = await startSandbox({ services: [notesService], stateFile, ...options });
  open.push(sandbox);
  return sandbox;
}

async function failureOf(work: Promise<unknown>) {
  return rootFailure(await work.catch((error: unknown) => error));
}

function post(url: string, note: { title: string; text?: string }): Promise<Response> {
  const headers = { authorization: `Bearer ${notesToken}`, "x-request-id": `add-${note.title}` };
  return fetch(`${url}/notes/notes`, { method: "POST", headers, body: JSON.stringify(note) });
}

async function add(url: string, title: string): Promise<Note> {
  const reply = await post(url, { title });
  expect(reply.status).toBe(201);
  return (await reply.json()) as Note;
}

function titles(sandbox: RunningSandbox): string[] {
  return (sandbox.fullState().notes as { notes: Note[] }).notes.map(({ title }) => title);
}

/** The first line that a sandbox in a process of its own says. */
async function child(
  limits = "",
): Promise<{ said: { url: string; failure?: unknown }; process: ChildProcess }> {
  const script = fileURLToPath(new URL("../support/sandbox-process.ts", import.meta.url));
  const command = `${limits}exec "$0" "$@"`;
  const started = spawn("sh", ["-c", command, process.execPath, script, stateFile], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(started);
  const [line] = (await once(createInterface(started.stdout), "line")) as [string];
  return { said: JSON.parse(line) as { url: string }, process: started };
}

describe("state is kept between processes", () => {
  test("accounts, ids and the log", async () => {
    const first = await start();
    expect(await add(first.url, "a")).toMatchObject({ id: 1 });
    const before = first.state();
    await first.close();

    const second = await start();
    expect(second.state()).toBe(before);
    expect(await add(second.url, "b")).toMatchObject({ id: 2 });
    expect(second.log()).toMatchObject([
      { requestId: "add-a", method: "POST", path: "/notes", write: true, status: 201 },
      { requestId: "add-b" },
    ]);
  });

  test("in files that are nobody else's", async () => {
    await add((await start()).url, "a");
    expect(statSync(join(folder, "deep")).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(folder, "deep"))) {
      expect([name, statSync(join(folder, "deep", name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  test("the log keeps the newest requests only", async () => {
    const first = await start({ logLimit: 3 });
    for (const title of ["a", "b", "c", "d", "e"]) await add(first.url, title);
    const kept = first.log();
    expect(kept.map(({ requestId }) => requestId)).toEqual(["add-c", "add-d", "add-e"]);
    await first.close();
    expect((await start({ logLimit: 3 })).log()).toEqual(kept);
  });

  test("a reset and an emptied log are kept, too", async () => {
    const first = await start();
    await add(first.url, "a");
    first.clearLog();
    await first.close();
    const second = await start();
    expect([second.log(), titles(second)]).toEqual([[], ["a"]]);
    second.reset();
    await second.close();
    const third = await start();
    expect([third.log(), titles(third)]).toEqual([[], []]);
    expect(await add(third.url, "b")).toMatchObject({ id: 1 });
  });

  test("no token is in any file", async () => {
    await add((await start()).url, "a");
    await open.pop()?.close();
    for (const name of readdirSync(join(folder, "deep"))) {
      expect(readFileSync(join(folder, "deep", name), "latin1")).not.toContain(notesToken);
    }
  });
});

describe("killed at any moment", () => {
  test("an acknowledged write is there afterwards, once", async () => {
    const acknowledged = new Set<string>();
    for (let round = 0; round < 4; round += 1) {
      const { said, process } = await child();
      const writes = Array.from({ length: 12 }, (_, at) => `${round}-${at}`).map((title) =>
        add(said.url, title).then(
          () => {
            acknowledged.add(title);
            if (acknowledged.size % 12 === 3) process.kill("SIGKILL");
          },
          () => {},
        ),
      );
      await Promise.all(writes);
      process.kill("SIGKILL");
      if (process.exitCode === null && process.signalCode === null) await once(process, "exit");
    }
    const found = titles(await start());
    expect(found).toEqual(expect.arrayContaining([...acknowledged]));
    expect(new Set(found).size).toBe(found.length);
    expect(acknowledged.size).toBeGreaterThanOrEqual(12);
  });
});

describe("one process at a time", () => {
  test("the second one is told who has it, and can begin when the first has closed", async () => {
    const first = await start({ pid: 4711 });
    expect(await failureOf(start())).toMatchObject({
      code: "SANDBOX_STATE_LOCKED",
      message: `The sandbox's state in ${stateFile} is in use by the sandbox at ${first.url}.`,
      details: { file: stateFile, pid: 4711, url: first.url },
    });
    await add(first.url, "a");
    await first.close();
    expect(titles(await start())).toEqual(["a"]);
  });

  test("across processes; a dead one holds nothing", async () => {
    const { said, process } = await child();
    expect(await failureOf(start())).toMatchObject({
      code: "SANDBOX_STATE_LOCKED",
      details: { pid: process.pid, url: said.url },
    });
    const second = await child();
    expect(second.said.failure).toMatchObject({ code: "SANDBOX_STATE_LOCKED" });
    await add(said.url, "a");
    process.kill("SIGKILL");
    await once(process, "exit");
    expect(titles(await start())).toEqual(["a"]);
  });
});

describe("a file that cannot be used", () => {
  test("is no state", async () => {
    await (await start()).close();
    writeFileSync(stateFile, "not a database, and longer than its header would be ".repeat(100));
    expect(await failureOf(start())).toMatchObject({ code: "SANDBOX_STATE_UNREADABLE" });
  });

  test("was written by a newer testx", async () => {
    await (await start()).close();
    const db = new DatabaseSync(stateFile);
    db.exec("PRAGMA user_version = 99");
    db.close();
    expect(await failureOf(start())).toMatchObject({
      code: "SANDBOX_STATE_UNREADABLE",
      message: expect.stringContaining("newer testx"),
    });
  });

  test("holds something else", async () => {
    await (await start()).close();
    const db = new DatabaseSync(stateFile);
    db.exec("UPDATE service SET state = '{'");
    db.close();
    expect(await failureOf(start())).toMatchObject({ code: "SANDBOX_STATE_UNREADABLE" });
  });

  test("cannot be made", async () => {
    writeFileSync(join(folder, "deep"), "");
    expect(await failureOf(start())).toMatchObject({ code: "SANDBOX_STATE_UNWRITABLE" });
  });

  test("a write that cannot be stored is not acknowledged, and never seen", async () => {
    // 256 blocks of 512 bytes (1,024 in some shells): files cannot grow beyond them.
    const { said } = await child("ulimit -f 256 && ");
    await add(said.url, "small");
    const refused = await post(said.url, { title: "big", text: "x".repeat(600_000) });
    expect([refused.status, await refused.text()]).toEqual([
      500,
      expect.stringContaining("cannot be kept"),
    ]);
    const before = await (await fetch(`${said.url}/__sandbox/state`)).text();
    expect(JSON.parse(before)).toEqual({ notes: [{ colour: "white", text: "", title: "small" }] });
    await add(said.url, "after");
    children[0]?.kill("SIGKILL");
    await once(children[0] as ChildProcess, "exit");
    expect(titles(await start())).toEqual(["small", "after"]);
  });
});

describe("seeds", () => {
  const seed = { notes: { notes: [{ id: 100, title: "seeded", text: "", colour: "red" }] } };

  test("begin the accounts; the same one again goes on with them", async () => {
    const first = await start({ seed });
    await add(first.url, "a");
    await first.close();
    const second = await start({ seed });
    expect(titles(second)).toEqual(["seeded", "a"]);
    await second.close();
    const third = await start();
    expect(titles(third)).toEqual(["seeded", "a"]);
    third.reset();
    expect(titles(third)).toEqual(["seeded"]);
  });

  test("another one begins anew", async () => {
    const first = await start();
    await add(first.url, "a");
    await first.close();
    expect(titles(await start({ seed }))).toEqual(["seeded"]);
  });

  test("given at a reset count once", async () => {
    const first = await start();
    first.reset(seed);
    expect(titles(first)).toEqual(["seeded"]);
    await first.close();
    const second = await start();
    expect(titles(second)).toEqual(["seeded"]);
    second.reset();
    expect(titles(second)).toEqual([]);
  });

  test.each([
    [{ note: {} }, '"note" is not a service (notes)'],
    [{ notes: 1 }, "notes must be an object"],
    [{ notes: { note: [] } }, "notes.note is not part of its state (notes)"],
    [{ notes: { notes: {} } }, "notes.notes must be an array"],
    [
      JSON.parse('{"notes":{"notes":[{"__proto__":{"x":1}}]}}'),
      "notes.notes.0.__proto__ is not allowed",
    ],
    [JSON.parse('{"__proto__":{"x":1}}'), '"__proto__" is not a service (notes)'],
  ])("%j is refused", async (bad, problem) => {
    expect(await failureOf(start({ seed: bad }))).toMatchObject({
      code: "SANDBOX_SEED_INVALID",
      details: { problems: [problem] },
    });
    // The file is free again, and nothing was made of the bad seed.
    expect(titles(await start())).toEqual([]);
  });
});
