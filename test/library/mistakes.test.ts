import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import {
  type AnyProvider,
  createOrchestrator,
  failure,
  type Orchestrator,
  type RunFinished,
  TestxError,
} from "../../src/index.ts";
import { type RunningSandbox, startSandbox } from "../../src/testing.ts";
import { notesService, notesToken } from "../support/notes-service.ts";
import { memos } from "./memos.ts";

let folder: string;
let sandbox: RunningSandbox;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "testx-mistakes-"));
  const config = join(folder, "config/integrations");
  mkdirSync(config, { recursive: true });
  const steps = { one: { kind: "memo", with: { title: "one", text: "first" } } };
  const sequence = { version: 1, integrations: { board: { provider: "memos", steps } } };
  writeFileSync(join(config, "integration-sequence.json"), JSON.stringify(sequence));
  sandbox = await startSandbox({ services: [notesService] });
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function boom(): never {
  throw new RangeError("boom");
}
const kind = memos.kinds.memo as AnyProvider["kinds"][string];
const memo = (parts: object): object => ({ kinds: { memo: { ...kind, ...parts } } });
const notes = () => JSON.parse(sandbox.state()).notes as unknown[];

/** The project with a provider that has these parts. */
function projectWith(parts: object): Orchestrator {
  return createOrchestrator({
    cwd: folder,
    env: {
      NOTES_API_URL: sandbox.environment.NOTES_API_URL,
      MEMO_DOOR: notesToken,
      INTEGRATION_SETTLE_TIME: "0",
    },
    providers: [{ ...memos, ...parts }],
  });
}

/** How a setup ends with it. */
async function setupWith(parts: object): Promise<RunFinished["failure"]> {
  try {
    return (await projectWith(parts).setup()).failure;
  } catch (error) {
    expect(error).toBeInstanceOf(TestxError);
    return (error as TestxError).failure;
  }
}

describe("a mistake in a provider of one's own is told as that, and where it is", () => {
  const here = /^The provider "memos" has a mistake: (.+) threw boom( \(.*:\d+\))?\.$/;

  test.each<[string, object]>([
    ["memo.title", memo({ title: boom })],
    ["memo.key", memo({ key: boom })],
    ["the schema of memo.input", memo({ input: z.any().refine(boom) })],
    ["wire.describe", { wire: { describe: boom } }],
    ["wire.judge", { wire: { ...memos.wire, judge: boom } }],
    ["wire.cacheable", { wire: { ...memos.wire, cacheable: boom } }],
    ["limits[0].cost", { limits: [{ id: "x", requests: 9, perMs: 1000, cost: boom }] }],
    ["classify", { ...memo({ read: boom }), classify: boom }],
  ])("%s", async (part, parts) => {
    const found = await setupWith(parts);
    expect(found).toMatchObject({ code: "PROVIDER_FAILED" });
    expect(here.exec(found?.message ?? "")?.[1]).toBe(part);
    expect(notes()).toEqual([]);
  });

  test("what connect throws is for classify, as what it asks the service may fail", async () => {
    expect(await setupWith({ connect: async () => boom() })).toMatchObject({
      code: "MEMOS_FAILED",
      integration: "board",
    });
    const refused = new TestxError(failure("MEMOS_CLOSED", "It is Sunday."));
    expect(await setupWith({ connect: () => Promise.reject(refused) })).toMatchObject({
      code: "MEMOS_CLOSED",
    });
  });

  test.each<[string, object]>([
    ["memo.read gave null, which is no state", memo({ read: async () => null })],
    [
      "memo.read gave a state that is not JSON: at",
      memo({ read: async () => ({ at: new Date() }) }),
    ],
    ["memo.apply gave undefined, which is no state", memo({ apply: async () => undefined })],
    ["memo.apply gave a state that is not JSON: a.0", memo({ apply: async () => ({ a: [5n] }) })],
    [
      "classify gave undefined, which is no failure",
      { ...memo({ read: boom }), classify: () => {} },
    ],
    ["health gave undefined", { health: async () => undefined }],
    ["health gave another object", { health: async () => ({ status: "good" }) }],
  ])("%s", async (mistake, parts) => {
    const found = await setupWith(parts);
    expect(found?.message).toContain(`The provider "memos" has a mistake: ${mistake}`);
    expect(found?.code).toBe("PROVIDER_FAILED");
    expect(notes()).toEqual([]);
  });

  test("one that is made by a class, and frozen, works as any other", async () => {
    class Kind {
      readonly #title = "memo";
      title = (): string => this.#title;
      key(): string {
        return this.#title;
      }
    }
    const odd = new Kind();
    const frozen = Object.freeze(Object.assign(odd, { ...kind, title: odd.title, key: odd.key }));
    expect(await setupWith({ kinds: Object.freeze({ memo: frozen }) })).toBeUndefined();
    expect(notes()).toHaveLength(1);
  });

  test("one whose parts need what is private to its class works as any other", async () => {
    class Kind {
      readonly #asked: string[] = [];
      async ours(): Promise<boolean> {
        return this.#asked.push("ours") > 0;
      }
      async duplicates(): Promise<[]> {
        this.#asked.push("duplicates");
        return [];
      }
      get asked(): readonly string[] {
        return this.#asked;
      }
    }
    const own = Object.assign(new Kind(), kind);
    const match = { method: "POST", nth: 1 };
    sandbox.setFaults([{ match, fault: { kind: "reset", when: "after" } }]);
    expect(await setupWith({ kinds: { memo: own } })).toBeUndefined();
    expect(new Set(own.asked)).toEqual(new Set(["ours", "duplicates"]));
    expect(notes()).toHaveLength(1);
  });

  test("holds: what may hold something that was left is left, and the mistake is told", async () => {
    const steps = {
      box: { kind: "box", with: { title: "box", text: "outer" } },
      one: { kind: "memo", with: { title: "one", text: "${board.box.text}" } },
    };
    const sequence = { version: 1, integrations: { board: { provider: "memos", steps } } };
    const file = join(folder, "config/integrations/integration-sequence.json");
    writeFileSync(file, JSON.stringify(sequence));
    const holds = (state: { id: number }, other: { parent: { id: number } }) =>
      other.parent.id === state.id;
    const testx = projectWith({
      kinds: { memo: kind, box: { ...kind, kind: "memos.box", holds } },
    });
    expect((await testx.setup()).failure).toBeUndefined();
    const url = `${sandbox.environment.NOTES_API_URL}/notes/2`;
    const headers = { authorization: `Bearer ${notesToken}` };
    await fetch(url, { method: "PATCH", headers, body: JSON.stringify({ text: "by hand" }) });
    const { residue } = await testx.rollback();
    expect(residue.map(({ step }) => step)).toEqual(["board.one", "board.box"]);
    expect(residue[1]?.why).toMatch(
      /memo one.+The provider "memos" has a mistake: box\.holds threw /,
    );
    expect(notes()).toHaveLength(2);
  });

  test("what read gives in an undo is no write without an answer, and looked at once", async () => {
    expect(await setupWith({})).toBeUndefined();
    let reads = 0;
    const read = async (): Promise<null> => {
      reads++;
      return null;
    };
    const { residue } = await projectWith(memo({ read })).rollback();
    expect(residue[0]?.why).toContain("memo.read gave null, which is no state");
    expect(reads).toBe(1);
  });

  test.each<[string, object]>([
    ["classify is a function.", { classify: undefined }],
    ["concurrency has reads and writes, from 1.", { concurrency: { reads: 4, writes: 0 } }],
    ["timeouts has connectMs and totalMs, from 1.", { timeouts: { connectMs: 1, totalMs: -1 } }],
    ["Each of limits has an id, and requests", { limits: [{ id: "x", requests: 0, perMs: 1000 }] }],
    ["Each of limits has an id, and requests", { limits: [null] }],
  ])("is refused before anything is asked: %s %j", async (message, parts) => {
    const found = await setupWith(parts);
    expect(found?.code).toBe("PROVIDER_INVALID");
    expect(found?.message).toContain(message);
    expect(sandbox.log()).toEqual([]);
  });
});
