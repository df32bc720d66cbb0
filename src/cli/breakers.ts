import { exitCodes } from "../core/exit-codes.ts";
import type { BreakerItem } from "../core/results.ts";
import type { BreakersDeps } from "../features/breakers.ts";
import { breakerLines } from "../render/breakers.ts";
import { writeJson } from "../render/ndjson.ts";
import { writeLines } from "../render/renderer.ts";
import type { Context } from "./context.ts";
import { nowhere } from "./nothing.ts";

/** What all commands about breakers do: look at them or change them, and show how they are. */
export async function showBreakers(
  context: Context,
  work: (deps: BreakersDeps) => BreakerItem[],
): Promise<number> {
  const { screen, global, redactor, now } = context;
  const project = await context.project("remembered");
  const found = work({ memo: project.memo(), sequence: project.sequence(), now });
  const items = redactor.json(found as never) as typeof found;
  if (global.json) writeJson(screen.out, { breakers: items } as never);
  else {
    const none = project.configured || items.length > 0 ? undefined : nowhere(context, project);
    writeLines(screen.out, none ?? breakerLines(items, screen.out.terminal, now()));
  }
  return exitCodes.done;
}
