import { exitCodes } from "../../core/exit-codes.ts";
import { graphDot, graphJson, graphMermaid, graphTree } from "../../render/graph.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["graph"], context: Context): Promise<number> {
  const { screen, global } = context;
  const { sequence } = (await context.project("config")).config();
  if (global.json || options.format === "json") writeJson(screen.out, graphJson(sequence));
  else if (options.format === "mermaid") writeLines(screen.out, graphMermaid(sequence));
  else if (options.format === "dot") writeLines(screen.out, graphDot(sequence));
  else writeLines(screen.out, graphTree(sequence, screen.out.terminal));
  return exitCodes.done;
}
