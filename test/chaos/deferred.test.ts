import { afterAll, beforeAll, expect, it } from "vitest";
import { budget, seed } from "../support/chaos.ts";
import { matrix, named, type Undisturbed, undisturbed, unwinds } from "../support/matrix.ts";
import { masked } from "../support/project.ts";
import { type KillOrder, setup, type Victim, victim } from "../support/victim.ts";
import { sample, workThrough } from "../support/workers.ts";

const offline = [...setup, "--offline"];
const sync = ["integrations", "sync", "--json"];

/** Which command is killed: the one that puts everything off, or the one that carries it out. */
interface Cell {
  readonly victim: "offline" | "sync";
  readonly kill: KillOrder;
}

let subject: Victim;
let known: Undisturbed;

beforeAll(async () => {
  subject = await victim();
  known = await undisturbed(subject);
});
afterAll(() => subject.close());

function cells(): Cell[] {
  const inSync = matrix(known)
    .filter((cell) => cell.victim === "setup" && cell.next === "setup")
    .map(({ kill }): Cell => ({ victim: "sync", kill }));
  const types: readonly [Cell["victim"], string, string | undefined][] = [
    ["offline", "run-started", undefined],
    ["offline", "deferred", "slack.channel"],
    ["offline", "run-finished", undefined],
    ["sync", "deferred-ended", "slack.channel"],
  ];
  const records = types.flatMap(([victim, type, step]) =>
    (["before", "torn", "after"] as const).map((when): Cell => {
      const about = step === undefined ? {} : { step };
      const cut = when === "torn" ? { cut: 0.5 } : {};
      return { victim, kill: { at: "record", type, ...about, when, ...cut } };
    }),
  );
  return [...records, ...inSync];
}

async function play(own: Victim, { victim: which, kill }: Cell, about: string): Promise<void> {
  await own.renew();
  if (which === "offline") {
    const killed = await own.run(offline, { kill });
    expect(killed.signal, `${about}: it must die\n${killed.stdout.slice(-300)}`).toBe("SIGKILL");
    expect((await own.sandbox.state()) === known.before, about).toBe(true);
  }
  expect((await own.run(offline)).code, about).toBe(5);
  if (which === "sync") {
    const killed = await own.run(sync, { kill });
    expect(killed.signal, `${about}: it must die\n${killed.stdout.slice(-300)}`).toBe("SIGKILL");
  }
  const ended = await own.run(sync);
  expect(ended.code, `${about}\n${ended.stderr}${ended.stdout.slice(-900)}`).toBe(0);
  const same = masked(await own.sandbox.state()) === known.after;
  expect(same, `${about}: the state differs`).toBe(true);
  await unwinds(own, known, about);
}

it("a kill while writes are put off or carried out leaves none out and does none twice", async () => {
  const all = cells();
  const chosen = sample(all, budget(4, all.length), seed());
  const failures: string[] = [];
  await workThrough(chosen, 2, victim, async (own, cell: Cell) => {
    const about = `${cell.victim}: ${named({ victim: "setup", kill: cell.kill, next: "setup" })}`;
    try {
      await play(own, cell, about);
    } catch (error) {
      failures.push(`${about}\n${error instanceof Error ? error.message : error}`);
    }
  });
  console.log(
    `${chosen.length - failures.length} of ${chosen.length} green (${all.length} in all)`,
  );
  expect(failures).toEqual([]);
}, 1_800_000);
