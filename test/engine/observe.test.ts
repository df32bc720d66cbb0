import { expect, it } from "vitest";
import * as z from "zod";
import type { JsonObject } from "../../src/core/json.ts";
import type { Receipt } from "../../src/core/ports.ts";
import type { AnyProvider, ResourceKind } from "../../src/core/provider.ts";
import type { StepSpec } from "../../src/core/sequence.ts";
import type { EngineDeps, Session } from "../../src/engine/deps.ts";
import { observeAll } from "../../src/engine/observe-all.ts";
import { Sessions } from "../../src/engine/session.ts";
import { World } from "../support/world.ts";

type Thing = { id: string; name: string; text: string };

/** Things by name; no read ends before `answer`, so that what waits for what can be seen. */
class Shelf {
  readonly asked: string[] = [];
  readonly things = new Map<string, Thing>();
  #waiting: (() => void)[] = [];

  readonly kind: ResourceKind<{ name: string; text: string }, Thing, unknown> = {
    kind: "shelf.thing",
    input: z.strictObject({ name: z.string(), text: z.string() }),
    identity: ["name"],
    title: ({ name }) => name,
    key: ({ name }) => name,
    read: async (_, { name, text }) => {
      this.asked.push(`${name} ${text}`);
      await new Promise<void>((answer) => this.#waiting.push(answer));
      return this.things.get(name);
    },
    changes: ({ text }, now) =>
      text === now.text ? [] : [{ field: "text", from: now.text, to: text }],
    apply: () => Promise.reject(new Error("nothing is written here")),
    undo: "It is never written.",
  };

  /** Lets the reads under way end, until nothing more is asked; gives what was asked together. */
  async rounds(): Promise<string[][]> {
    const rounds: string[][] = [];
    for (;;) {
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      if (this.#waiting.length === 0) return rounds;
      rounds.push(this.asked.splice(0));
      for (const answer of this.#waiting.splice(0)) answer();
    }
  }

  async plan(texts: Record<string, string>, receipts: Record<string, Thing> = {}) {
    const provider = { id: "shelf", kinds: { thing: this.kind } } as unknown as AnyProvider;
    const session: Session = {
      ...{ integration: "shelf", provider, client: undefined, config: {}, identity: "" },
    };
    let deps: EngineDeps | undefined;
    await new World().process(async (make) => {
      const all = make({ file: "test", integrations: [], steps: [] });
      deps = {
        ...all,
        ...all.connector(() => {}),
        emit: () => {},
        effects: () => 0,
        unsureAt: () => undefined,
      };
    });
    const specs = Object.entries(texts).map(
      ([name, text]): StepSpec => ({
        id: `shelf.${name}`,
        integration: "shelf",
        kind: "shelf.thing",
        with: { name, text },
        after: [],
      }),
    );
    const known = Object.entries(receipts).map(([name, state]) => [
      `shelf.${name}`,
      { at: 0, state: state as JsonObject } as Receipt,
    ]) as [string, Receipt][];
    const found = observeAll(
      {
        deps: deps as EngineDeps,
        sessions: new Sessions(deps as EngineDeps),
        receipts: new Map(known),
        session: () => session,
      },
      specs,
    );
    const rounds = await this.rounds();
    const items = [...(await found).values()].map((seen) =>
      "item" in seen ? [seen.item.action, seen.item.changes.map(({ to }) => to)] : seen.failure,
    );
    return { rounds, items };
  }
}

const texts = { a: "plain", b: "${shelf.a.id}", c: "${shelf.b.id}" };

it("looks at everything at once where nothing is there yet", async () => {
  const { rounds, items } = await new Shelf().plan(texts);
  expect(rounds).toEqual([["a plain", "b ⟨shelf.a.id⟩", "c ⟨shelf.b.id⟩"]]);
  expect(items).toEqual([
    ["create", []],
    ["create", []],
    ["create", []],
  ]);
});

it("looks at everything at once, and once, where all is as it was", async () => {
  const shelf = new Shelf();
  const there = {
    a: { id: "1", name: "a", text: "plain" },
    b: { id: "2", name: "b", text: "1" },
    c: { id: "3", name: "c", text: "2" },
  };
  for (const [name, thing] of Object.entries(there)) shelf.things.set(name, thing);
  const { rounds, items } = await shelf.plan({ ...texts, b: "now ${shelf.a.id}" }, there);
  expect(rounds).toEqual([["a plain", "b now 1", "c 2"]]);
  expect(items).toEqual([
    ["unchanged", []],
    ["update", ["now 1"]],
    ["unchanged", []],
  ]);
});

it("looks again where the values turn out to be others", async () => {
  const shelf = new Shelf();
  shelf.things.set("a", { id: "7", name: "a", text: "plain" });
  shelf.things.set("b", { id: "2", name: "b", text: "1" });
  const { rounds, items } = await shelf.plan(
    { a: "plain", b: "is ${shelf.a.id}" },
    { a: { id: "1", name: "a", text: "plain" } },
  );
  expect(rounds).toEqual([["a plain", "b is 1"], ["b is 7"]]);
  expect(items).toEqual([
    // Another one stands in its place.
    ["adopt", []],
    ["adopt", ["is 7"]],
  ]);
});
