import { exitCodes } from "../core/exit-codes.ts";
import type { JournalStore } from "../core/ports.ts";
import type { StatusItem } from "../core/results.ts";
import { status } from "../features/status.ts";
import { inPlace } from "../render/in-place.ts";
import { writeJsonLine } from "../render/ndjson.ts";
import { writeLines } from "../render/renderer.ts";
import { changeLines, statusLines } from "../render/status.ts";
import type { Context } from "./context.ts";
import { watching } from "./watching.ts";

/**
 * Shows what is set up until somebody ends it: drawn anew in place on a terminal; elsewhere a line
 * for each change, with `--json` everything at each change.
 */
export async function watchStatus(journal: JournalStore, context: Context): Promise<number> {
  const { screen, global, redactor, now } = context;
  const { terminal } = screen.out;
  const drawing = terminal.interactive && !global.json;
  const picture = drawing ? inPlace(screen.out) : undefined;
  let before: readonly StatusItem[] | undefined;
  await watching(context, drawing, () => {
    const items = redactor.json(status(journal) as never) as unknown as StatusItem[];
    const at = now();
    const changed = JSON.stringify(items) !== JSON.stringify(before);
    if (picture !== undefined) {
      const width = screen.out.size?.().columns ?? terminal.width;
      picture.draw([...statusLines(items, { ...terminal, width }, at), "", "q ends this."]);
    } else if (changed && global.json) writeJsonLine(screen.out, { at, steps: items } as never);
    else if (changed) writeLines(screen.out, changeLines(before ?? [], items, at));
    before = items;
  });
  return exitCodes.done;
}
