import { afterAll, beforeAll, expect, it } from "vitest";
import { budget, seed } from "../support/chaos.ts";
import { seeded } from "../support/fake-clock.ts";
import { recovers, type Undisturbed, undisturbed, unwinds } from "../support/matrix.ts";
import { rollback, setup, type Victim, victim } from "../support/victim.ts";
import { workThrough } from "../support/workers.ts";

let known: Undisturbed;
/** How long an undisturbed run takes here: kills fall anywhere within. */
let usual: number;

beforeAll(async () => {
  const subject = await victim();
  known = await undisturbed(subject);
  const started = performance.now();
  await subject.run(setup);
  usual = performance.now() - started;
  await subject.close();
});

let killed = 0;
let runs = 0;

/** A life of one to five runs, each killed at some instant, or not: recovery and unwinding too. */
async function live(subject: Victim, number: number): Promise<void> {
  const random = seeded(number);
  await subject.renew();
  const story: string[] = [];
  for (let left = 1 + Math.floor(random() * 5); left > 0; left--) {
    const command = random() < 0.6 ? setup : rollback;
    // Nothing can go wrong before the first quarter: Node is starting.
    const ms = Math.round((0.25 + random() * 0.85) * usual);
    story.push(`${command[0] === "rollback" ? "rollback" : "setup"} killed after ${ms} ms`);
    const ended = await subject.run(command, { kill: { at: "time", ms } });
    runs++;
    if (ended.signal === "SIGKILL") killed++;
    else expect(ended.code, `${story.join(", ")}\n${ended.stdout.slice(-900)}`).toBe(0);
  }
  const about = `seed ${number}: ${story.join(", ")}`;
  if (random() < 0.6) await recovers(subject, known, about);
  await unwinds(subject, known, about);
}

it("SIGKILL at random instants, again and again, loses and doubles nothing", async () => {
  const wanted = process.env.TESTX_CHAOS_SEED;
  const first = seed();
  const seeds = Array.from({ length: budget(2, 120) }, (_, at) => first + at);
  const started = performance.now();
  const failures: string[] = [];
  await workThrough(seeds, 2, victim, async (subject, number) => {
    try {
      await live(subject, number);
    } catch (error) {
      const replay = `TESTX_CHAOS_SEED=${number} TESTX_CHAOS_SEEDS=1 npm run chaos -- random`;
      failures.push(`${replay}\n${error instanceof Error ? error.message : error}`);
    }
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `random kills: ${seeds.length - failures.length} of ${seeds.length} seeds green from ${wanted ?? first} on, ${killed} of ${runs} runs killed, in ${seconds} s`,
  );
  expect(failures).toEqual([]);
}, 1_800_000);

afterAll(() => {
  expect(runs).toBeGreaterThan(0);
});
