import type { JsonObject } from "../core/json.ts";
import type { Residue } from "../core/step.ts";
import type { Fault } from "../sandbox/fault.ts";
import { differ } from "./applying.ts";
import { ensure } from "./assert.ts";
import { Bench, type Subject } from "./bench.ts";
import { faults, lostReplies } from "./faults.ts";
import { classified, failing, trail } from "./judging.ts";
import { type Property, reversible, writes } from "./property.ts";

/** What the next run makes of what an earlier one left half done. */
export const resuming: readonly Property[] = [
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
      // As after a restart: what the client remembers is gone.
      await bench.reconnect();
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
    let residue: readonly Residue[] = [];
    const error = await failing(async () => {
      residue = await bench.undo(before, now);
    });
    bench.account.setFaults([]);
    const struck = bench.account
      .log()
      .slice(sent)
      .some((entry) => entry.fault !== undefined);
    const where = `"${name}" at request ${nth} of the undo`;
    if (error !== undefined) classified(subject, bench, error.thrown, `the error of ${where}`);
    else if (residue.length === 0 && !saysDone(fault)) {
      const said = bench.account.state();
      ensure(said === initial, differ(`${where} was taken for a success`, initial, said));
    }
    await bench.reconnect();
    const left = await bench.read(input);
    if (left !== undefined) await bench.undo(before, left);
    const actual = bench.account.state();
    ensure(actual === initial, differ(`${where}: not restored`, initial, actual));
    return struck;
  });
}

/** "Done" or "already gone" is a success of undo, and nothing gives a service away that lies. */
function saysDone(fault: Fault): boolean {
  return fault.kind === "status" && (fault.status < 300 || fault.status === 404);
}
