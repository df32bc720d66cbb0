import type { Json, JsonObject } from "../core/json.ts";
import type { Residue } from "../core/step.ts";
import { differing } from "../core/undo.ts";
import { differ } from "./applying.ts";
import { ensure, ensureEqual } from "./assert.ts";
import { Bench, type Subject } from "./bench.ts";
import { changeable, type Property, reversible } from "./property.ts";

export const undoing: readonly Property[] = [
  {
    name: "what cannot be undone says why",
    exempt: (subject) => (typeof subject.kind.undo === "string" ? undefined : "it can be undone"),
    check: async ({ kind }) => ensure(String(kind.undo).trim() !== "", "there is no reason"),
  },
  {
    name: "undo of a create removes it, byte for byte",
    exempt: reversible,
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const before = await bench.read(input);
        const initial = bench.account.state();
        await bench.apply(input, before);
        const residue = await bench.undo(before, (await bench.read(input)) as JsonObject);
        settled(subject, bench, "create", residue, initial);
        if (!subject.sample.residue?.includes("create")) {
          ensureEqual(await bench.read(input), before, "read gave another state than before");
        }
      }),
  },
  {
    name: "undo twice is undo once",
    exempt: reversible,
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const before = await bench.read(input);
        await bench.apply(input, before);
        const now = (await bench.read(input)) as JsonObject;
        await bench.undo(before, now);
        const once = bench.account.state();
        await bench.undo(before, now);
        const twice = bench.account.state();
        ensure(once === twice, differ("the second undo changed the account", once, twice));
      }),
  },
  {
    name: "undo after it was deleted by hand is a success",
    exempt: (subject) =>
      subject.sample.deleteByHand === undefined
        ? "the sample has no `deleteByHand`"
        : reversible(subject),
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const before = await bench.read(input);
        await bench.apply(input, before);
        const now = (await bench.read(input)) as JsonObject;
        const there = bench.account.state();
        await bench.byHand("deleteByHand", now);
        const gone = bench.account.state();
        ensure(gone !== there, "deleteByHand of the sample did nothing");
        await bench.undo(before, now);
        ensure(
          bench.account.state() === gone,
          differ("undo changed the account", gone, bench.account.state()),
        );
        await bench.ensure(input);
        const again = bench.account.state();
        ensure(again === there, differ("it cannot be made again", there, again));
      }),
  },
  {
    name: "undo of an update restores what was, byte for byte",
    exempt: (subject) => changeable(subject) ?? reversible(subject),
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const first = await bench.ensure(input);
        const wanted = bench.account.state();
        const second = await change(subject, bench, first);
        const residue = await bench.undo(restored(first, second, second), second);
        settled(subject, bench, "update", residue, wanted);
        if (!subject.sample.residue?.includes("update")) {
          ensureEqual(await bench.read(input), first, "read gave another state than before");
        }
      }),
  },
  {
    name: "undo of an update leaves alone what somebody else changed",
    exempt: (subject) =>
      subject.sample.alterByHand === undefined
        ? "the sample has no `alterByHand`"
        : (changeable(subject) ?? reversible(subject)),
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const first = await bench.ensure(input);
        const second = await change(subject, bench, first);
        await bench.byHand("alterByHand", second);
        const now = (await bench.read(input)) as JsonObject;
        const altered = differing(second, now);
        ensure(altered.length > 0, "alterByHand of the sample did nothing that read sees");
        const target = restored(first, second, now);
        await bench.undo(target, now);
        const after = await bench.read(input);
        ensureEqual(after, target, "read gave another state than was to be restored");
      }),
  },
];

async function change(subject: Subject, bench: Bench, now: JsonObject): Promise<JsonObject> {
  const changed = await bench.input(subject.sample.changed as never);
  return bench.apply(changed, now);
}

/** `now` with the fields that the update wrote set back: what the engine asks undo for. */
function restored(before: JsonObject, after: JsonObject, now: JsonObject): JsonObject {
  const target = { ...now };
  for (const field of differing(before, after)) {
    if (field in before) target[field] = before[field] as Json;
    else delete target[field];
  }
  return target;
}

/** Residue only where the sample says so, and otherwise the account as it was. */
function settled(
  subject: Subject,
  bench: Bench,
  after: "create" | "update",
  residue: readonly Residue[],
  wanted: string,
): void {
  for (const { what, why, fix } of residue) {
    ensure(what && why && fix, "a residue does not say what is left, why, and how to fix it");
  }
  if (subject.sample.residue?.includes(after)) {
    ensure(residue.length > 0, "undo names no residue, though the sample says there must be some");
    return;
  }
  ensureEqual(residue as never, [], "undo names residue");
  const actual = bench.account.state();
  ensure(actual === wanted, differ("undo did not restore the account", wanted, actual));
}
