import type { JsonObject } from "../core/json.ts";
import type { Fault } from "../sandbox/fault.ts";
import { ensure, ensureEqual } from "./assert.ts";
import { Bench, type Subject } from "./bench.ts";
import { faults, silences } from "./faults.ts";
import { classified, failing, trail } from "./judging.ts";
import type { Property } from "./property.ts";

/** Deadline for calls that are left without an answer, in ms: short, nothing else ends them. */
const patienceMs = 250;

export const hostile: readonly Property[] = [
  {
    name: "every fault has a code, a true outcome, and no secret in it",
    check: async (subject) => {
      const requests = (await trail(subject)).length;
      for (const [name, fault] of Object.entries(faults)) {
        for (let nth = 1; nth <= requests; nth += 1) await strike(subject, name, fault, nth);
      }
    },
  },
  {
    name: "silence ends by the deadline, with a code and no secret in it",
    check: async (subject) => {
      const requests = await trail(subject);
      const firsts = [1, 1 + requests.findIndex((entry) => entry.write)].filter((nth) => nth > 0);
      await Promise.all(
        Object.entries(silences).flatMap(([name, fault]) =>
          [...new Set(firsts)].map((nth) => strike(subject, name, fault, nth, patienceMs)),
        ),
      );
    },
  },
];

/** Reads and applies with one fault at the nth request. */
async function strike(
  subject: Subject,
  name: string,
  fault: Fault,
  nth: number,
  totalMs?: number,
): Promise<void> {
  const where = `the error of "${name}" at request ${nth}`;
  await Bench.ready(subject, async (bench, input) => {
    // Only now: what is not under a fault may take its time on a busy machine.
    await bench.reconnect(totalMs);
    const before = bench.account.log().length;
    bench.account.setFaults([{ match: { nth }, fault }]);
    let applied: JsonObject | undefined;
    const error = await failing(async () => {
      if (subject.kind.readOnly) await bench.read(input);
      else applied = await bench.ensure(input);
    });
    bench.account.setFaults([]);
    await bench.reconnect();
    if (error === undefined) {
      if (applied) await believable(subject, bench, input, applied, `"${name}" at request ${nth}`);
      return;
    }
    const failure = classified(subject, bench, error.thrown, where);
    const last = bench.account.log().slice(before).at(-1);
    if (last?.fault !== undefined && last.write && last.served) {
      ensure(
        failure.outcome === "unknown",
        `${where}: the account has acted, but the outcome is "${failure.outcome}"`,
      );
    }
  });
}

/** A success in spite of a fault must be one; `receipt` is what it gave. */
async function believable(
  subject: Subject,
  bench: Bench,
  input: unknown,
  receipt: JsonObject,
  where: string,
): Promise<void> {
  const now = await bench.read(input, { receipt });
  ensure(now !== undefined, `${where} was taken for a success: nothing is there`);
  const changes = bench.run(async (_client, call) => subject.kind.changes(input, now, call));
  const taken = `${where} was taken for a success: something is left to change`;
  ensureEqual((await changes) as never, [], taken);
}
