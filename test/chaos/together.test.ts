import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { budget } from "../support/chaos.ts";
import { type Ended, eventsOf, finishedOf } from "../support/cli.ts";
import { recovers, type Undisturbed, undisturbed, unwinds } from "../support/matrix.ts";
import { masked } from "../support/project.ts";
import { setup, type Victim, victim } from "../support/victim.ts";

let subject: Victim;
let known: Undisturbed;
beforeAll(async () => {
  subject = await victim();
  known = await undisturbed(subject);
});
beforeEach(() => subject.renew());
afterAll(() => subject.close());

interface Refusal {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details?: { readonly pid: number; readonly host: string; readonly command: string };
  };
}

function refusalOf(ended: Ended): Refusal["error"] {
  return (JSON.parse(ended.stdout) as Refusal).error;
}

it("of two runs at once one sets up, and the other names it and exits with 7", async () => {
  const { service, ...match } = known.setup.writes[3]!;
  await subject.sandbox.setFaults([{ service, match, fault: { kind: "delay", ms: 1000 } }]);
  let pid = 0;
  const before = Date.now();
  const running = Promise.withResolvers<void>();
  const first = subject.run(setup, {
    started: (child) => {
      pid = child.pid!;
      child.stdout!.once("data", () => running.resolve());
    },
  });
  await running.promise;
  const second = await subject.run(setup);
  expect(second.code, second.stdout).toBe(7);
  const { code, message, details } = refusalOf(second);
  expect(code).toBe("RUN_LOCKED");
  expect(details).toMatchObject({ pid, host: hostname(), command: "testx integrations setup" });
  const since = new Date(/since (\S+?)\.?$/.exec(message)?.[1]?.replace(/\.$/, "") ?? "").getTime();
  expect(since, message).toBeGreaterThanOrEqual(before);
  expect(since, message).toBeLessThanOrEqual(Date.now());
  for (const part of [String(pid), hostname(), "testx integrations setup"]) {
    expect(message).toContain(part);
  }

  // A third one waits its turn, and finds everything done.
  const third = await subject.run([...setup, "--wait", "30s"]);
  expect(third.code, third.stdout).toBe(0);
  expect(finishedOf(third).counts).toMatchObject({ created: 0, unchanged: 12 });
  expect((await first).code).toBe(0);
  expect(masked(await subject.sandbox.state()) === known.after, "one of each").toBe(true);
  await unwinds(subject, known, "two runs at once");
}, 30_000);

const crowd = budget(6, 100);

it(`of ${crowd} processes at once one wins, and the rest say so`, async () => {
  // The winner stays at work until everybody has tried.
  const { service, ...match } = known.setup.writes[0]!;
  const fault = { kind: "stall", when: "headers", applies: true } as const;
  await subject.sandbox.setFaults([{ service, match, fault }]);
  const started = performance.now();
  const children: { kill(signal: NodeJS.Signals): boolean }[] = [];
  const over = new Set<number>();
  const sentSoFar = async () => (await subject.sandbox.log()).filter(({ write }) => write);
  const all = Array.from({ length: crowd }, (_, at) =>
    subject.run(setup, { started: (child) => void children.push(child) }).then(async (ended) => {
      over.add(at);
      // The last one left is the winner, which hangs in its first write: a dead holder by then.
      if (over.size === crowd - 1) {
        while ((await sentSoFar()).length === 0) await setTimeout(20);
        for (const [which, child] of children.entries()) {
          if (!over.has(which)) child.kill("SIGKILL");
        }
      }
      return ended;
    }),
  );
  const ended = await Promise.all(all);
  const winners = ended.filter(({ signal }) => signal === "SIGKILL");
  expect(winners).toHaveLength(1);
  const winner = children[ended.indexOf(winners[0]!)] as { pid?: number };
  const losers = ended.filter(({ signal }) => signal === null);
  for (const loser of losers) {
    expect(loser.code, loser.stdout + loser.stderr).toBe(7);
    expect(refusalOf(loser)).toMatchObject({ code: "RUN_LOCKED", details: { pid: winner.pid } });
  }
  expect(await sentSoFar(), "only one of them has written").toHaveLength(1);
  expect(eventsOf({ ...winners[0]!, stdout: whole(winners[0]!.stdout) })[0]?.type).toBe(
    "run.started",
  );
  await subject.sandbox.setFaults([]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${crowd} processes at once: 1 won, ${losers.length} named it, in ${seconds} s`);

  // A dead holder never blocks.
  await recovers(subject, known, "after a dead holder");
  await unwinds(subject, known, "after a dead holder");
}, 180_000);

/** The lines that were finished when it was killed. */
function whole(stdout: string): string {
  return stdout.slice(0, stdout.lastIndexOf("\n"));
}
