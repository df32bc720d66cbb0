import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EntryBody, Origin } from "../../src/core/journal.ts";
import { noCounts } from "../../src/core/journal.ts";
import type { Clock, JournalStore } from "../../src/core/ports.ts";
import fc from "../support/property.ts";

export interface Subject {
  /** A journal that holds nothing. */
  make(clock: Pick<Clock, "now">): JournalStore;
  dispose?(): void;
}

export const started: EntryBody = { type: "run-started", command: "setup" };
export const finished: EntryBody = {
  type: "run-finished",
  outcome: "succeeded",
  counts: { ...noCounts, created: 1 },
  residue: [],
};

export function done(step: string, origin: Origin, op?: string, after = {}): EntryBody {
  const common = { type: "done", step, kind: "x.thing", title: `thing ${step}`, origin } as const;
  return { ...common, after, ...(op === undefined ? {} : { op }) };
}

export function undone(step: string, op: string): EntryBody {
  return { type: "undone", step, op, residue: [] };
}

export function intent(step: string, op: string): EntryBody {
  const [integration = ""] = step.split(".");
  const target = { step, integration, provider: "x", kind: "x.thing", config: {}, input: {} };
  const common = { title: `thing ${step}`, key: step, before: null, changes: [], adopting: false };
  return { type: "intent", op, target, ...common };
}

function doubted(step: string, op: string): EntryBody {
  const { target, title } = intent(step, op) as Extract<EntryBody, { type: "intent" }>;
  return { type: "doubted", op, step, target, title };
}

function conflicting(step: string, op: string): EntryBody {
  return { type: "conflict", op, step, key: step, found: {} };
}

/** What every JournalStore does. */
export function journalStoreContract(name: string, subject: () => Subject): void {
  describe(name, () => {
    let time = 0;
    let current: Subject;
    let journal: JournalStore;

    beforeEach(() => {
      time = 1_000;
      current = subject();
      journal = current.make({ now: () => time });
    });
    afterEach(() => {
      journal.close();
      current.dispose?.();
    });

    test("is empty at first", () => {
      expect(journal.entries()).toEqual([]);
      expect(journal.entries("r1")).toEqual([]);
      expect(journal.runs()).toEqual([]);
      expect(journal.receipts().size).toBe(0);
      expect(journal.operations("undoable")).toEqual([]);
      expect(journal.looseEnds()).toEqual([]);
    });

    test("keeps loose ends until they are tied up, of all runs", async () => {
      const swept = (op: string, final: boolean): EntryBody => {
        return { type: "swept", op, step: "a.b", removed: [], residue: [], final };
      };
      const names = () =>
        journal
          .looseEnds()
          .map((end) => `${end.type} ${end.type === "doubted" ? end.op : end.step}`);
      await journal.append("r1", [doubted("a.b", "o1"), doubted("a.c", "o2")]);
      await journal.append("r1", [conflicting("a.c", "o2"), undone("a.b", "o1")]);
      expect(names()).toEqual(["doubted o1", "doubted o2", "conflict a.c"]);
      await journal.append("r2", [swept("o1", false), doubted("a.c", "o2")]);
      expect(names()).toEqual(["doubted o1", "conflict a.c", "doubted o2"]);
      expect(journal.looseEnds()[2]).toMatchObject({ run: "r2", seq: 6, title: "thing a.c" });
      await journal.append("r2", [swept("o1", true), intent("a.c", "o3")]);
      expect(names()).toEqual(["doubted o2"]);
      await journal.append("r2", [conflicting("a.d", "o4"), done("a.d", "adopted")]);
      expect(names()).toEqual(["doubted o2"]);
    });

    test("keeps what waits until it ends: the newest record of a step counts", async () => {
      const waits = (step: string, attempts: number): EntryBody => ({
        ...{ type: "deferred", id: `id-${step}`, step, integration: "a", provider: "x" },
        ...{ kind: "x.thing", title: step, input: {}, first: { run: "r1", at: 1 }, attempts },
        failure: { code: "X", message: "x", outcome: "not-applied", transient: true },
        dead: false,
      });
      const left = () =>
        journal.looseEnds().map((end) => (end.type === "deferred" ? [end.step, end.attempts] : []));
      await journal.append("r1", [waits("a.b", 0), waits("a.c", 0)]);
      await journal.append("r2", [waits("a.b", 1), done("a.c", "created", "o1")]);
      expect(left()).toEqual([
        ["a.c", 0],
        ["a.b", 1],
      ]);
      await journal.append("r2", [{ type: "deferred-ended", step: "a.c", why: "done" }]);
      expect(left()).toEqual([["a.b", 1]]);
    });

    test("gives entries back in order, numbered without gaps, with run and time", async () => {
      const first = await journal.append("r1", [started, done("a.b", "created", "op1", { n: 1 })]);
      time = 500; // a clock that was set back
      const second = await journal.append("r2", [started]);

      expect(first.map(({ seq, run, at, type }) => ({ seq, run, at, type }))).toEqual([
        { seq: 1, run: "r1", at: 1_000, type: "run-started" },
        { seq: 2, run: "r1", at: 1_000, type: "done" },
      ]);
      expect(second).toEqual([{ seq: 3, run: "r2", at: 500, ...started }]);
      expect(journal.entries()).toEqual([...first, ...second]);
      expect(journal.entries("r1")).toEqual(first);
      expect(journal.entries("r2")).toEqual(second);
      expect(journal.entries("r3")).toEqual([]);
    });

    test("keeps entries of runs that write by turns apart", async () => {
      await Promise.all(["r1", "r2", "r1", "r2"].map((run) => journal.append(run, [started])));
      expect(journal.entries("r1")).toHaveLength(2);
      expect(journal.entries("r2")).toHaveLength(2);
      expect(journal.entries().map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    });

    test("appends nothing for nothing", async () => {
      expect(await journal.append("r1", [])).toEqual([]);
      expect(journal.entries()).toEqual([]);
    });

    test("is not changed by what happens to the values later", async () => {
      const after = { list: [1] };
      const appended = await journal.append("r1", [done("a.b", "created", "op1", after)]);
      after.list.push(2);
      (appended[0] as { type: string }).type = "changed";
      (journal.entries()[0] as { type: string }).type = "changed";
      expect(journal.entries()).toMatchObject([{ type: "done", after: { list: [1] } }]);
      expect(journal.receipts().get("a.b")?.state).toEqual({ list: [1] });
    });

    test("keeps any text and any key", async () => {
      const after = JSON.parse(
        `{"__proto__":{"x":1},"constructor":"c","text":"a\\u0000\\ud83d\\ude00\\u2028'; DROP TABLE entries"}`,
      );
      await journal.append("r'1", [done("a.b", "created", "op1", after)]);
      const [entry] = journal.entries("r'1");
      expect(JSON.stringify((entry as { after: unknown }).after)).toBe(JSON.stringify(after));
    });

    test("refuses to append when it is closed", async () => {
      journal.close();
      journal.close();
      await expect(journal.append("r1", [started])).rejects.toThrow("closed");
    });

    describe("runs", () => {
      test("are under way until they are finished", async () => {
        await journal.append("r1", [started]);
        expect(journal.runs()).toEqual([{ run: "r1", command: "setup", startedAt: 1_000 }]);
        time = 2_000;
        await journal.append("r1", [finished]);
        expect(journal.runs()).toEqual([
          {
            run: "r1",
            command: "setup",
            startedAt: 1_000,
            finishedAt: 2_000,
            outcome: "succeeded",
          },
        ]);
      });

      test("that go on after an interruption are under way again, in their old place", async () => {
        await journal.append("r1", [started, { ...finished, outcome: "interrupted" } as EntryBody]);
        await journal.append("r2", [{ type: "run-started", command: "rollback", of: "r1" }]);
        time = 2_000;
        await journal.append("r1", [started]);
        expect(journal.runs()).toEqual([
          { run: "r1", command: "setup", startedAt: 1_000 },
          { run: "r2", command: "rollback", of: "r1", startedAt: 1_000 },
        ]);
      });
    });

    describe("operations", () => {
      const known = (which: "undoable" | "open") => journal.operations(which).map(({ op }) => op);

      test("are those that could still be undone, of all runs, in order of start", async () => {
        await journal.append("r1", [intent("a.a", "op1"), done("a.a", "created", "op1", { v: 1 })]);
        await journal.append("r2", [intent("a.b", "op2"), intent("b.a", "op3")]);
        await journal.append("r3", [{ type: "absent", op: "op3", step: "b.a" }]);
        expect(journal.operations("undoable")).toMatchObject([
          { op: "op1", run: "r1", state: "done", after: { v: 1 }, undo: "none" },
          { op: "op2", run: "r2", state: "open", undo: "none" },
        ]);
        await journal.append("r4", [undone("a.a", "op1")]);
        expect(known("undoable")).toEqual(["op2"]);
      });

      test("are open until it is known what became of them", async () => {
        await journal.append("r1", [intent("a.a", "op1"), intent("a.b", "op2")]);
        expect(known("open")).toEqual(["op1", "op2"]);
        await journal.append("r1", [done("a.a", "created", "op1")]);
        expect(known("open")).toEqual(["op2"]);
        await journal.append("r2", [{ type: "undo-intent", op: "op1", step: "a.a" }]);
        expect(known("open")).toEqual(["op1", "op2"]);
        const failed = { type: "undo-failed", op: "op1", step: "a.a", residue: [] } as const;
        await journal.append("r2", [failed]);
        expect(known("open")).toEqual(["op2"]);
        expect(known("undoable")).toEqual(["op1", "op2"]);
      });
    });

    describe("receipts", () => {
      const origins = () =>
        Object.fromEntries(
          [...journal.receipts()].map(([step, { origin, state }]) => [step, [origin, state.v]]),
        );

      test("are the newest done of each step", async () => {
        await journal.append("r1", [done("a.b", "created", "op1", { v: 1 })]);
        time = 2_000;
        await journal.append("r2", [
          done("a.b", "updated", "op2", { v: 2 }),
          done("c.d", "adopted", undefined, { v: 3 }),
        ]);
        expect([...journal.receipts().values()]).toEqual([
          {
            step: "a.b",
            kind: "x.thing",
            title: "thing a.b",
            run: "r2",
            at: 2_000,
            state: { v: 2 },
            origin: "updated",
            made: { run: "r2", at: 2_000 },
            op: "op2",
          },
          {
            step: "c.d",
            kind: "x.thing",
            title: "thing c.d",
            run: "r2",
            at: 2_000,
            state: { v: 3 },
            origin: "adopted",
            made: { run: "r2", at: 2_000 },
          },
        ]);
      });

      test("keep the earlier origin over sightings", async () => {
        await journal.append("r1", [done("a.b", "created", "op1", { v: 1 })]);
        await journal.append("r2", [done("a.b", "unchanged", undefined, { v: 1 })]);
        await journal.append("r3", [done("a.b", "unchanged", undefined, { v: 1 })]);
        expect(journal.receipts().get("a.b")).toMatchObject({
          run: "r3",
          origin: "created",
          made: { run: "r1", at: 1_000 },
          op: "op1",
        });
      });

      test("are as they were, of the run that has seen them last", async () => {
        await journal.append("r1", [done("a.b", "created", "op1", { v: 1 })]);
        time = 2_000;
        await journal.append("r2", [{ type: "seen", steps: ["a.b", "c.d"] }]);
        expect([...journal.receipts().values()]).toMatchObject([
          { step: "a.b", run: "r2", at: 2_000, state: { v: 1 }, origin: "created", op: "op1" },
        ]);
        time = 3_000;
        await journal.append("r3", [done("a.b", "updated", "op2", { v: 2 })]);
        expect(journal.receipts().get("a.b")).toMatchObject({ run: "r3", at: 3_000 });
        await journal.append("r4", [{ type: "seen", steps: ["a.b"] }, undone("a.b", "op2")]);
        expect(journal.receipts().get("a.b")).toMatchObject({ run: "r1", at: 1_000 });
      });

      test("say unchanged of what was never anything else", async () => {
        await journal.append("r1", [done("a.b", "unchanged", undefined, { v: 1 })]);
        expect(origins()).toEqual({ "a.b": ["unchanged", 1] });
      });

      test("go when the step is undone, sightings too", async () => {
        await journal.append("r1", [done("a.b", "created", "op1", { v: 1 })]);
        await journal.append("r2", [done("a.b", "unchanged", undefined, { v: 1 })]);
        await journal.append("r3", [undone("a.b", "op1")]);
        expect(origins()).toEqual({});
      });

      test("come back when an update is undone", async () => {
        await journal.append("r1", [done("a.b", "created", "op1", { v: 1 })]);
        await journal.append("r2", [done("a.b", "updated", "op2", { v: 2 })]);
        await journal.append("r3", [undone("a.b", "op2")]);
        expect(origins()).toEqual({ "a.b": ["created", 1] });
      });

      test("do not come back when what was created again is undone", async () => {
        await journal.append("r1", [done("a.b", "created", "op1", { v: 1 })]);
        await journal.append("r2", [done("a.b", "created", "op2", { v: 2 })]);
        await journal.append("r3", [undone("a.b", "op2")]);
        expect(origins()).toEqual({});
      });

      test("stay when something else is undone, or undoing failed", async () => {
        await journal.append("r1", [done("a.b", "created", "op1", { v: 1 })]);
        await journal.append("r2", [
          undone("a.b", "op-without-done"),
          undone("c.d", "op1"),
          { type: "undo-intent", step: "a.b", op: "op1" },
          { type: "undo-failed", step: "a.b", op: "op1", residue: [] },
        ]);
        expect(origins()).toEqual({ "a.b": ["created", 1] });
      });
    });
  });
}

const step = fc.constantFrom("a.a", "a.b", "b.a");
const op = fc.constantFrom("op1", "op2", "op3", "op4");

const body: fc.Arbitrary<EntryBody> = fc.oneof(
  fc.constant(started),
  fc.constant(finished),
  fc
    .record({
      step,
      op: fc.option(op, { nil: undefined }),
      origin: fc.constantFrom<Origin>("created", "updated", "adopted", "unchanged"),
      v: fc.string(),
    })
    .map((it) =>
      done(it.step, it.origin, it.origin === "unchanged" ? undefined : it.op, { v: it.v }),
    ),
  fc.record({ step, op }).map((it) => undone(it.step, it.op)),
  fc.record({ step, op }).map((it) => intent(it.step, it.op)),
  fc
    .record({ step, op, type: fc.constantFrom("absent" as const, "undo-intent" as const) })
    .map((it): EntryBody => it),
  fc.record({ step, op }).map((it): EntryBody => ({ type: "undo-failed", residue: [], ...it })),
  fc.uniqueArray(step).map((steps): EntryBody => ({ type: "seen", steps })),
);

/** Any history: appends, each by some run. What is said of an operation is said after its intent. */
export const history = fc
  .array(
    fc.record({
      run: fc.constantFrom("r1", "r2", "r3"),
      bodies: fc.array(body, { maxLength: 4 }),
    }),
    { maxLength: 30 },
  )
  .map((appends) => {
    const used = new Set<string>();
    const fits = (entry: EntryBody): boolean => {
      const op = "op" in entry ? entry.op : undefined;
      if (op === undefined) return true;
      const first = !used.has(op);
      used.add(op);
      return first || entry.type !== "intent";
    };
    return appends.map(({ run, bodies }) => ({ run, bodies: bodies.filter(fits) }));
  });
