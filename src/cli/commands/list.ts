import { exitCodes } from "../../core/exit-codes.ts";
import { graphJson, listLines } from "../../render/graph.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";

export async function run(_: unknown, context: Context): Promise<number> {
  const { screen, global } = context;
  const { sequence } = (await context.project("config")).config();
  if (global.json) writeJson(screen.out, graphJson(sequence));
  else writeLines(screen.out, listLines(sequence, screen.out.terminal));
  return exitCodes.done;
}
