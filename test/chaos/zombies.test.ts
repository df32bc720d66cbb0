import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { budget, seed } from "../support/chaos.ts";
import { recovers, type Undisturbed, undisturbed, unwinds } from "../support/matrix.ts";
import { type Aim, rollback, setup, type Victim, victim } from "../support/victim.ts";
import { sample, workThrough } from "../support/workers.ts";

/** The service carries a write out this much later, whoever still waits for it. */
const zombieMs = 600;
/** Longer than that: what testx takes for the service's maximum. */
const patient = { INTEGRATION_SETTLE_TIME: "1200" };

let subject: Victim;
let known: Undisturbed;
beforeAll(async () => {
  subject = await victim();
  known = await undisturbed(subject);
});
afterAll(() => subject.close());

interface Case {
  readonly command: "setup" | "rollback";
  readonly aim: Aim;
  readonly next: "setup" | "rollback";
}

async function play(
  own: Victim,
  { command, aim, next }: Case,
  first: (own: Victim, line: readonly string[], aim: Aim) => Promise<void>,
): Promise<void> {
  const about = `${command} ${aim.service} ${aim.method} ${aim.path} #${aim.nth}, then ${next}`;
  await own.renew();
  if (command === "rollback") expect((await own.run(setup)).code, about).toBe(0);
  const { service, ...match } = aim;
  await own.sandbox.setFaults([{ service, match, fault: { kind: "delay", ms: zombieMs } }]);
  await first(own, command === "setup" ? setup : rollback, aim);
  await own.sandbox.setFaults([]);
  if (next === "setup") await recovers(own, known, about, patient);
  await unwinds(own, known, about, patient);
  // Nothing that was still under way comes to light later.
  await new Promise((resolve) => setTimeout(resolve, zombieMs));
  expect(await own.sandbox.state(), about).toBe(known.before);
}

function cases(nexts: readonly Case["next"][]): Case[] {
  return (["setup", "rollback"] as const).flatMap((command) =>
    known[command].writes.flatMap((aim) => nexts.map((next) => ({ command, aim, next }))),
  );
}

async function playAll(
  title: string,
  all: readonly Case[],
  few: number,
  first: (own: Victim, line: readonly string[], aim: Aim) => Promise<void>,
): Promise<void> {
  const chosen = sample(all, budget(few, all.length), seed());
  const started = performance.now();
  const failures: string[] = [];
  // Most of it is waiting.
  await workThrough(chosen, 6, victim, async (own, item) => {
    try {
      await play(own, item, first);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${title}: ${chosen.length - failures.length} of ${chosen.length} green (${all.length} in all) in ${seconds} s, seed ${seed()}`,
  );
  expect(failures).toEqual([]);
}

it("a write that takes effect long after testx was killed is not sent again", async () => {
  await playAll(
    "killed, then a zombie",
    cases(["setup", "rollback"]),
    1,
    async (own, line, aim) => {
      const kill = { at: "request", when: "sent", ...aim } as const;
      expect((await own.run(line, { kill })).signal).toBe("SIGKILL");
    },
  );
}, 900_000);

it("a write that takes effect long after testx gave up on it is not sent again", async () => {
  await playAll("given up, then a zombie", cases(["setup"]), 1, async (own, line) => {
    const file = join(own.folder, "config/integrations/retry-policies.json");
    const before = JSON.stringify({ version: 1 });
    const hasty = { default: { timeouts: { totalMs: 300 } } };
    writeFileSync(file, JSON.stringify({ version: 1, ...hasty }));
    const ended = await own.run(line, { env: patient });
    writeFileSync(file, before);
    expect(ended.code, ended.stdout.slice(-1200)).toBe(0);
    expect(ended.stdout).toContain("GATEWAY_TIMEOUT");
  });
}, 900_000);
