import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FaultRule } from "../../src/sandbox/fault.ts";
import { Faults } from "../../src/sandbox/fault.ts";
import { type RunningSandbox, startSandbox } from "../../src/sandbox/server.ts";
import { notesService, notesToken } from "../support/notes-service.ts";

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ services: [notesService] });
});
afterEach(() => sandbox.close());

async function inject(...rules: FaultRule[]): Promise<void> {
  const body = JSON.stringify(rules);
  const reply = await fetch(`${sandbox.url}/__sandbox/faults`, { method: "POST", body });
  expect(reply.status).toBe(204);
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

async function write(signal?: AbortSignal): Promise<Answer> {
  const reply = await fetch(`${sandbox.url}/notes/notes`, {
    method: "POST",
    headers: { authorization: `Bearer ${notesToken}` },
    body: JSON.stringify({ title: "a" }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: reply.status, text: await reply.text(), headers: reply.headers };
}

/** How many notes there are: whether the service acted. */
function acted(): number {
  return (sandbox.fullState().notes as { notes: unknown[] }).notes.length;
}

/** Gives up as soon as the sandbox has logged the request. */
async function giveUp(): Promise<Answer | string> {
  const stop = new AbortController();
  const waiting = write(stop.signal).catch((error: Error) => error.name);
  while (sandbox.log().length === 0) await new Promise(setImmediate);
  stop.abort();
  return waiting;
}

describe("what each fault does to the caller, and whether the service acts", () => {
  test("status", async () => {
    const headers = { "retry-after": "7", "content-type": "text/plain" };
    await inject({ fault: { kind: "status", status: 429, headers, body: "slow down" } });
    const answer = await write();
    expect([answer.status, answer.text, answer.headers.get("retry-after")]).toEqual([
      429,
      "slow down",
      "7",
    ]);
    expect(acted()).toBe(0);
    expect(sandbox.log()).toMatchObject([{ status: 429, served: false, fault: "status" }]);
  });

  test("reset before", async () => {
    await inject({ fault: { kind: "reset", when: "before" } });
    await expect(write()).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(acted()).toBe(0);
    expect(sandbox.log()[0]).toMatchObject({ served: false, fault: "reset" });
    expect(sandbox.log()[0]).not.toHaveProperty("status");
  });

  test("reset after", async () => {
    await inject({ fault: { kind: "reset", when: "after" } });
    await expect(write()).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(acted()).toBe(1);
    expect(sandbox.log()[0]).toMatchObject({ served: true, fault: "reset" });
  });

  test("stall, before the headers", async () => {
    await inject({ fault: { kind: "stall", when: "headers" } });
    expect(await giveUp()).toBe("AbortError");
    expect(acted()).toBe(0);
  });

  test("stall, before the headers, after acting", async () => {
    await inject({ fault: { kind: "stall", when: "headers", applies: true } });
    expect(await giveUp()).toBe("AbortError");
    expect(acted()).toBe(1);
  });

  test("stall, in the body", async () => {
    await inject({ fault: { kind: "stall", when: "body" } });
    const stop = new AbortController();
    const reply = await fetch(`${sandbox.url}/notes/notes`, {
      method: "POST",
      headers: { authorization: `Bearer ${notesToken}` },
      body: JSON.stringify({ title: "a" }),
      signal: stop.signal,
    });
    expect(reply.status).toBe(201);
    const first = await reply.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value as Uint8Array)).toMatch(/^\{/);
    stop.abort();
    expect(acted()).toBe(1);
  });

  test("truncate", async () => {
    await inject({ fault: { kind: "truncate" } });
    await expect(write()).rejects.toThrow("terminated");
    expect(acted()).toBe(1);
  });

  test("garble", async () => {
    await inject({ fault: { kind: "garble" } });
    const answer = await write();
    expect(answer.status).toBe(201);
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError);
    expect(acted()).toBe(1);
  });

  test("garble and truncate a reply that has no body", async () => {
    await write();
    await inject({ match: { method: "delete" }, fault: { kind: "garble" } });
    const headers = { authorization: `Bearer ${notesToken}` };
    const reply = await fetch(`${sandbox.url}/notes/notes/1`, { method: "DELETE", headers });
    const text = await reply.text();
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(acted()).toBe(0);
    await inject({ match: { method: "DELETE" }, fault: { kind: "truncate" } });
    await write();
    const cut = fetch(`${sandbox.url}/notes/notes/2`, { method: "DELETE", headers });
    await expect(cut.then((answer) => answer.text())).rejects.toThrow();
    expect(acted()).toBe(0);
  });

  test("html", async () => {
    await inject({ fault: { kind: "html" } });
    const answer = await write();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(answer.text).toMatch(/^<!doctype html>/);
    expect(acted()).toBe(0);
    await inject({ fault: { kind: "html", applies: true } });
    await write();
    expect(acted()).toBe(1);
  });

  test("delay: the write lands even when the caller has given up", async () => {
    await inject({ fault: { kind: "delay", ms: 30 } });
    const stop = new AbortController();
    const failed = write(stop.signal).catch((error: Error) => error.name);
    while ((await sandbox.connections()) === 0) await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await failed).toBe("AbortError");
    while (sandbox.log().length === 0) await new Promise(setImmediate);
    expect(acted()).toBe(1);
  });
});

describe("which requests are hit", () => {
  const boom = { kind: "status", status: 500 } as const;
  const target = { service: "notes", method: "GET", path: "/notes/1" };

  function hits(rule: Omit<FaultRule, "fault">, count = 6): number[] {
    const faults = new Faults();
    faults.set([{ ...rule, fault: boom }]);
    return Array.from({ length: count }, (_, at) => at + 1).filter(
      () => faults.strike(target).fault !== undefined,
    );
  }

  test.each<[Omit<FaultRule, "fault">, number[]]>([
    [{}, [1, 2, 3, 4, 5, 6]],
    [{ times: 2 }, [1, 2]],
    [{ match: { nth: 3 } }, [3]],
    [{ match: { nth: 3 }, times: 2 }, [3, 4]],
    [{ service: "notes" }, [1, 2, 3, 4, 5, 6]],
    [{ service: "other" }, []],
    [{ match: { method: "get" }, times: 1 }, [1]],
    [{ match: { method: "POST" } }, []],
    [{ match: { path: "^/notes/\\d+$" }, times: 1 }, [1]],
    [{ match: { path: "^/letters" } }, []],
  ])("%j", (rule, expected) => {
    expect(hits(rule)).toEqual(expected);
  });

  test("nth counts matching requests only", () => {
    const faults = new Faults();
    faults.set([{ match: { method: "POST", nth: 2 }, fault: boom }]);
    const methods = ["POST", "GET", "GET", "POST", "POST"];
    const struck = methods.map((method) => faults.strike({ ...target, method }).fault?.kind);
    expect(struck).toEqual([undefined, undefined, undefined, "status", undefined]);
  });

  test("delays add up, and the first other fault decides", () => {
    const faults = new Faults();
    faults.set([
      { fault: { kind: "delay", ms: 5 } },
      { fault: { kind: "truncate" }, times: 1 },
      { fault: { kind: "delay", ms: 7 } },
      { fault: boom },
    ]);
    expect(faults.strike(target)).toEqual({ delayMs: 12, fault: { kind: "truncate" } });
    expect(faults.strike(target)).toEqual({ delayMs: 12, fault: boom });
  });

  test("DELETE takes them all away; GET shows them", async () => {
    await inject({ service: "notes", fault: boom });
    const url = `${sandbox.url}/__sandbox/faults`;
    expect(await (await fetch(url)).json()).toEqual([{ service: "notes", fault: boom }]);
    expect((await write()).status).toBe(500);
    expect((await fetch(url, { method: "DELETE" })).status).toBe(204);
    expect((await write()).status).toBe(201);
  });
});

test.each([
  ["not json", "faults: "],
  ["{}", "faults: "],
  ['[{"fault":{"kind":"earthquake"}}]', "0.fault.kind: "],
  ['[{"fault":{"kind":"status"}}]', "0.fault.status: "],
  ['[{"fault":{"kind":"status","status":99}}]', "0.fault.status: "],
  ['[{"fault":{"kind":"garble","extra":1}}]', "0.fault: "],
  ['[{"fault":{"kind":"garble"},"match":{"path":"("}}]', "0.match.path: not a regular expression"],
  ['[{"fault":{"kind":"garble"},"match":{"nth":0}}]', "0.match.nth: "],
  ['[{"fault":{"kind":"delay","ms":-1}}]', "0.fault.ms: "],
])("%s is refused, and the faults in force stay", async (body, problem) => {
  await inject({ fault: { kind: "garble" } });
  const reply = await fetch(`${sandbox.url}/__sandbox/faults`, { method: "POST", body });
  expect(reply.status).toBe(422);
  const answer = (await reply.json()) as { error: string; message: string };
  expect(answer.error).toBe("SANDBOX_FAULTS_INVALID");
  expect(answer.message).toContain(problem);
  expect(await (await fetch(`${sandbox.url}/__sandbox/faults`)).json()).toHaveLength(1);
});
