import { catalogue } from "../../core/catalogue/catalogue.ts";
import { exitCodes } from "../../core/exit-codes.ts";
import { fail } from "../../core/failure.ts";
import { suggest } from "../../core/suggest.ts";
import { codeLines, codesJson, entryJson, entryLines } from "../../render/catalogue.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["explain"], context: Context): Promise<number> {
  const { screen, global } = context;
  const { code: given, list } = options;
  if (list && given !== undefined) {
    fail("CLI_BAD_ARGUMENT", "--list is of all codes: leave out one of the two.");
  }
  if (list) {
    if (global.json) writeJson(screen.out, codesJson());
    else writeLines(screen.out, codeLines(screen.out.terminal));
    return exitCodes.done;
  }
  if (given === undefined) fail("CLI_BAD_ARGUMENT", "Which code? Name one, or give --list.");
  const code = given.toUpperCase().replaceAll("-", "_");
  const entry = Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
  if (entry === undefined) unknown(given, code);
  if (global.json) writeJson(screen.out, entryJson(code, entry));
  else writeLines(screen.out, entryLines(code, entry, screen.out.terminal));
  return exitCodes.done;
}

function unknown(given: string, code: string): never {
  const [meant] = suggest(code, Object.keys(catalogue));
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  const details = meant === undefined ? {} : { details: { didYouMean: meant } };
  return fail("CLI_UNKNOWN_CODE", `There is no error code "${given}".${hint}`, details);
}
