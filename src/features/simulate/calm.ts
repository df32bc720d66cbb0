import { failure, TestxError } from "../../core/failure.ts";
import { rollback } from "../rollback.ts";
import { setup } from "../setup.ts";
import type { Calm } from "./calm-weather.ts";
import { withOtherFields } from "./others.ts";
import type { Universe } from "./universe.ts";

/**
 * Sets up and undoes the sequence while nothing goes wrong.
 * @throws TestxError SIMULATION_NOT_CALM when even that does not work
 */
export async function calmly(universe: Universe): Promise<Calm> {
  const options = { command: "testx", faults: [] };
  const before = universe.accounts();
  const up = await universe.process(options, (deps) => setup(deps));
  if (up === "died" || up.outcome !== "succeeded") {
    const why = up === "died" || !up.failure ? "" : `: ${up.failure.code}: ${up.failure.message}`;
    const message = `Against the stand-ins, with nothing going wrong, setup does not succeed${why}`;
    throw new TestxError(failure("SIMULATION_NOT_CALM", message));
  }
  const after = universe.accounts();
  const receipts = [...universe.journal.receipts().values()];
  const writes: Record<string, number> = {};
  for (const integration of writtenTo(universe)) {
    writes[integration] = (writes[integration] ?? 0) + 1;
  }
  const setUp = writtenTo(universe).length;
  const undoable = universe.journal.operations("undoable").length > 0;
  const down = undoable ? await universe.process(options, (deps) => rollback(deps, {})) : undefined;
  const residue = down === undefined || down === "died" ? [] : down.residue;
  const undone = universe.accounts();
  const undoing = writtenTo(universe).length - setUp;
  await universe.process(options, (deps) => setup(deps));
  universe.forget();
  const others = await withOtherFields(universe);
  return { before, after, receipts, undone, writes, undoing, others, residue };
}

/** The integration of each write that was sent so far. */
function writtenTo({ moments }: Universe): string[] {
  return moments.flatMap((moment) =>
    moment.type === "wire" && moment.what === "sent" && moment.call.write
      ? [moment.call.integration]
      : [],
  );
}
