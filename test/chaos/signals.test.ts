import { afterAll, beforeAll, expect, it } from "vitest";
import type { FaultRule } from "../../src/sandbox/fault.ts";
import { budget, seed } from "../support/chaos.ts";
import { finishedOf } from "../support/cli.ts";
import { seeded } from "../support/fake-clock.ts";
import { recovers, type Undisturbed, undisturbed, unwinds } from "../support/matrix.ts";
import { rollback, setup, type Victim, victim } from "../support/victim.ts";
import { workThrough } from "../support/workers.ts";

let subject: Victim;
let known: Undisturbed;
let usual: number;
beforeAll(async () => {
  subject = await victim();
  known = await undisturbed(subject);
  const started = performance.now();
  await subject.run(setup);
  usual = performance.now() - started;
});
afterAll(() => subject.close());

/** What the services do meanwhile: nothing bad, or let some of the calls hang for good. */
const troubles: readonly (FaultRule["fault"] | undefined)[] = [
  undefined,
  { kind: "stall", when: "headers", applies: true },
  { kind: "stall", when: "headers", applies: false },
  { kind: "stall", when: "body" },
  { kind: "delay", ms: 300 },
];

let slowest = 0;
let stopped = 0;

async function interrupt(own: Victim, number: number): Promise<void> {
  const random = seeded(number);
  await own.renew();
  const command = random() < 0.6 ? setup : rollback;
  if (command === rollback) expect((await own.run(setup)).code).toBe(0);
  const { writes } = known[command === setup ? "setup" : "rollback"];
  const { service, ...match } = writes[Math.floor(random() * writes.length)]!;
  const fault = troubles[Math.floor(random() * troubles.length)];
  if (fault) await own.sandbox.setFaults([{ service, match, fault }]);
  const signal = random() < 0.5 ? "SIGINT" : "SIGTERM";
  // From when Node has started to long after a call began to hang.
  const ms = Math.round((0.4 + random() * (fault?.kind === "stall" ? 1.4 : 0.7)) * usual);
  const about = `seed ${number}: ${signal} to ${command[0]} after ${ms} ms, ${JSON.stringify(fault ?? "no fault")} at ${service} ${match.method} ${match.path}`;
  let asked = 0;
  const ended = await own.run(command, {
    started: (child) => {
      setTimeout(() => {
        asked = performance.now();
        child.kill(signal);
      }, ms);
    },
  });
  const took = asked === 0 ? 0 : performance.now() - asked;
  slowest = Math.max(slowest, took);
  const all = `${about}\n${ended.code} ${ended.signal} in ${took} ms\n${ended.stderr}${ended.stdout.slice(-900)}`;
  expect(took, all).toBeLessThan(2000);
  expect(`${ended.stdout}${ended.stderr}`, all).not.toMatch(/\n\s+at .*[:(]/);
  // A signal before there was anybody to hear it ends Node at once.
  if (ended.signal === signal) expect(ended.stdout, all).toBe("");
  else {
    expect([0, 130], all).toContain(ended.code);
    if (ended.code === 130) stopped++;
    if (ended.stdout !== "") {
      const { outcome } = finishedOf(ended);
      expect(outcome, all).toBe(
        ended.code === 130 ? "interrupted" : command === setup ? "succeeded" : "rolled-back",
      );
    }
  }
  await own.sandbox.setFaults([]);
  // What was under way may still be carried out.
  if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
  if (random() < 0.6) await recovers(own, known, about);
  await unwinds(own, known, about);
}

it("SIGINT and SIGTERM at any moment end testx within 2 s, and the next run goes on", async () => {
  const seeds = Array.from({ length: budget(1, 100) }, (_, at) => seed() + at);
  const started = performance.now();
  const failures: string[] = [];
  await workThrough(seeds, 2, victim, async (own, number) => {
    try {
      await interrupt(own, number);
    } catch (error) {
      const replay = `TESTX_CHAOS_SEED=${number} TESTX_CHAOS_SEEDS=1 npm run chaos -- signals`;
      failures.push(`${replay}\n${error instanceof Error ? error.message : error}`);
    }
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `signals: ${seeds.length - failures.length} of ${seeds.length} seeds green from ${seed()} on, ${stopped} stopped in the middle, the slowest in ${slowest.toFixed(0)} ms, in ${seconds} s`,
  );
  expect(failures).toEqual([]);
}, 900_000);
