import { type Failure, rootFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { Fault } from "../sandbox/fault.ts";
import { differ } from "./applying.ts";
import { ensure, ensureEqual } from "./assert.ts";
import { Bench, type Subject } from "./bench.ts";
import { faults, lostReplies, silences } from "./faults.ts";
import { ensureNoSecret } from "./leaks.ts";
import { type Property, reversible, writes } from "./property.ts";

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
  {
    name: "after a lost reply, reading and applying again gives what an undisturbed run gives",
    exempt: writes,
    check: async (subject) => {
      const wanted = await Bench.ready(subject, async (bench, input) => {
        await bench.ensure(input);
        return bench.account.state();
      });
      const entries = await trail(subject);
      for (const [name, fault] of Object.entries(lostReplies)) {
        for (const [at, entry] of entries.entries()) {
          if (entry.write) await goOn(subject, `${name}, request ${at + 1}`, fault, at + 1, wanted);
        }
      }
    },
  },
  {
    name: "an undo that failed is finished by the next one",
    exempt: (subject) =>
      subject.sample.residue?.includes("create")
        ? "it leaves residue"
        : (reversible(subject) ?? undefined),
    check: async (subject) => {
      for (const [name, fault] of Object.entries(faults)) {
        for (let nth = 1; await undoAgain(subject, name, fault, nth); nth += 1);
      }
    },
  },
];

type Trail = { readonly write: boolean }[];

/** The requests of one undisturbed read and apply, in order. */
async function trail(subject: Subject): Promise<Trail> {
  return Bench.ready(subject, async (bench, input) => {
    const before = bench.account.log().length;
    if (subject.kind.readOnly) await bench.read(input);
    else await bench.ensure(input);
    return bench.account
      .log()
      .slice(before)
      .map(({ write }) => ({ write }));
  });
}

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

async function goOn(
  subject: Subject,
  name: string,
  fault: Fault,
  nth: number,
  wanted: string,
): Promise<void> {
  await Bench.ready(subject, async (bench, input) => {
    bench.account.setFaults([{ match: { nth }, fault }]);
    const before = await bench.read(input);
    const error = await failing(() => bench.apply(input, before));
    bench.account.setFaults([]);
    if (error !== undefined) {
      const now = await bench.read(input);
      const { ours } = subject.kind;
      if (before === undefined && now !== undefined && ours !== undefined) {
        const mine = await bench.run((client, call) => ours(client, now, call));
        ensure(mine, `${name}: ours() does not know its own`);
      }
      await bench.apply(input, now);
    }
    const actual = bench.account.state();
    ensure(
      actual === wanted,
      differ(`${name}: the account is not as it should be`, wanted, actual),
    );
  });
}

/** Whether the undo still has an nth request. */
async function undoAgain(
  subject: Subject,
  name: string,
  fault: Fault,
  nth: number,
): Promise<boolean> {
  return Bench.ready(subject, async (bench, input) => {
    const before = await bench.read(input);
    const initial = bench.account.state();
    await bench.apply(input, before);
    const now = (await bench.read(input)) as JsonObject;
    const sent = bench.account.log().length;
    bench.account.setFaults([{ match: { nth }, fault }]);
    const error = await failing(() => bench.undo(before, now));
    bench.account.setFaults([]);
    const struck = bench.account
      .log()
      .slice(sent)
      .some((entry) => entry.fault !== undefined);
    const where = `"${name}" at request ${nth} of the undo`;
    if (error !== undefined) classified(subject, bench, error.thrown, `the error of ${where}`);
    const left = await bench.read(input);
    if (left !== undefined) await bench.undo(before, left);
    const actual = bench.account.state();
    ensure(actual === initial, differ(`${where}: not restored`, initial, actual));
    return struck;
  });
}

async function failing(work: () => Promise<unknown>): Promise<{ thrown: unknown } | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}

/** The failure behind an error, which has to have a known code and to hold no secret. */
export function classified(subject: Subject, bench: Bench, error: unknown, where: string): Failure {
  ensureNoSecret(subject, bench.environment, error, where);
  const known = subject.provider.classify(error);
  ensureNoSecret(subject, bench.environment, known, `classify() of ${where}`);
  ensure(subject.codes.has(known.code), `${where}: ${known.code} is not in the catalogue`);
  ensure(known.message.trim() !== "", `${where}: the failure has no message`);
  const root = rootFailure(error);
  if (root !== undefined) {
    ensure(
      root.outcome === known.outcome,
      `${where}: the gateway says "${root.outcome}", classify() says "${known.outcome}"`,
    );
  }
  return known;
}
