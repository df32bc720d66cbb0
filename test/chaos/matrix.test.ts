import { afterAll, beforeAll, expect, it } from "vitest";
import { budget, seed } from "../support/chaos.ts";
import {
  type Cell,
  matrix,
  named,
  play,
  type Undisturbed,
  undisturbed,
} from "../support/matrix.ts";
import { type Victim, victim } from "../support/victim.ts";
import { sample, workThrough } from "../support/workers.ts";

let subject: Victim;
let known: Undisturbed;

beforeAll(async () => {
  subject = await victim();
  known = await undisturbed(subject);
});
afterAll(() => subject.close());

it("a kill at any write of the default sequence leaves no duplicate, no orphan, no question", async () => {
  const all = matrix(known);
  expect(known.setup.writes.length).toBeGreaterThanOrEqual(13);
  const wanted = process.env.TESTX_CHAOS_CELL;
  const cells =
    wanted === undefined
      ? sample(all, budget(4, all.length), seed())
      : all.filter((cell) => named(cell).includes(wanted));
  const started = performance.now();
  const failures: string[] = [];
  await workThrough(cells, 2, victim, async (own, cell: Cell) => {
    try {
      await play(own, cell, known);
    } catch (error) {
      failures.push(`${named(cell)}\n${error instanceof Error ? error.message : error}`);
    }
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `crash matrix: ${cells.length - failures.length} of ${cells.length} cells green (${all.length} in all) in ${seconds} s, seed ${seed()}`,
  );
  const replay = 'replay one: TESTX_CHAOS_CELL="…its first line…" npm run chaos -- matrix';
  expect(failures, replay).toEqual([]);
}, 1_800_000);
