import { resolve } from "node:path";
import { exitCodes } from "../../core/exit-codes.ts";
import { fail } from "../../core/failure.ts";
import { quoted } from "../../core/quoted.ts";
import { suggest } from "../../core/suggest.ts";
import { writeJson } from "../../render/ndjson.ts";
import type { Prompts } from "../../render/prompts.ts";
import { writeLines } from "../../render/renderer.ts";
import { symbolsFor } from "../../render/terminal.ts";
import { hanging, listing } from "../../render/text.ts";
import type { Context } from "../context.ts";
import { askFor } from "../init/ask.ts";
import { type Answers, defaults, type Service, services, starterFiles } from "../init/starter.ts";
import { type Compared, compare, ignoreFile, installedSchemas, write } from "../init/write.ts";
import { streamOf } from "../io.ts";
import type { CommandOptions } from "../options.ts";

type Options = CommandOptions["init"];

export async function run(options: Options, context: Context): Promise<number> {
  const { io, global } = context;
  if (global.config !== undefined) {
    const where = "`testx init` writes into config/integrations of the folder that --dir names";
    fail("CLI_BAD_ARGUMENT", `${where}: it takes no --config.`);
  }
  const folder = resolve(io.cwd, options.dir);
  const chosen = options.services && servicesIn(options.services);
  const questions = options.yes ? undefined : await questionsFor(context, chosen !== undefined);
  const known: Answers = {
    ...defaults,
    ...(chosen && { services: chosen }),
    repository: io.env.GITHUB_REPOSITORY ?? "",
    parentPage: io.env.NOTION_PARENT_PAGE_ID ?? "",
  };
  questions?.intro("A starter configuration for testx");
  const answers =
    questions === undefined ? known : await askFor(questions, known, chosen !== undefined);
  if (answers === undefined) return givenUp(context);

  const files = compare(folder, starterFiles(answers, installedSchemas(folder)));
  const clashes = files.filter(({ state }) => state === "different");
  const replaced = new Set<Compared>(options.force ? clashes : []);
  if (!options.force && questions === undefined && clashes.length > 0) {
    const names = listing(clashes.map(({ path }) => path));
    const [is, it] = clashes.length === 1 ? ["is", "its"] : ["are", "their"];
    fail("CLI_FILE_EXISTS", `There ${is} ${names} already, and ${it} content differs.`, {
      details: { files: clashes.map(({ path }) => path) },
    });
  }
  for (const file of options.force ? [] : clashes) {
    const yes = await questions?.confirm(`Replace ${file.path}? It is there already.`);
    if (yes === undefined) return givenUp(context);
    if (yes) replaced.add(file);
  }
  const writing = files.filter((file) => file.state === "new" || replaced.has(file));
  const ignore = ignoreFile(folder);
  write(folder, ignore === undefined ? writing : [...writing, ignore]);

  const written = [...writing, ...(ignore === undefined ? [] : [ignore])].map(({ path }) => path);
  const kept = files.filter((file) => !writing.includes(file)).map(({ path }) => path);
  const next = `${options.dir === "." ? "" : `cd ${quoted(options.dir)} && `}testx integrations setup --sandbox`;
  if (global.json) writeJson(context.screen.out, { written, kept, next });
  else writeLines(context.screen.out, listed({ written, kept }, context));
  if (global.json) return exitCodes.done;
  if (questions === undefined) {
    writeLines(context.screen.out, advice(next, context));
    return exitCodes.done;
  }
  const { goOn } = await import("../init/go-on.ts");
  return goOn({ prompts: questions, context, folder, answers, next });
}

function servicesIn(names: readonly string[]): readonly Service[] {
  return names.map((text) => {
    const name = text.trim();
    const found = services.find((service) => service === name);
    if (found !== undefined) return found;
    if (name === "")
      fail("CLI_BAD_ARGUMENT", `--services names ${listing(services)}, with commas between.`);
    const [meant] = suggest(name, services);
    const hint =
      meant === undefined ? ` There are ${listing(services)}.` : ` Did you mean ${meant}?`;
    return fail("CLI_BAD_ARGUMENT", `testx init knows no service "${name}".${hint}`);
  });
}

/**
 * `undefined`: the options say enough, and there is nobody to ask.
 * @throws TestxError CLI_NO_TERMINAL
 */
async function questionsFor(
  { io, global, interruption, screen }: Context,
  enough: boolean,
): Promise<Prompts | undefined> {
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true || global.json) {
    if (enough) return undefined;
    fail("CLI_NO_TERMINAL", "`testx init` has questions, and there is no terminal to ask them on.");
  }
  const { prompts } = await import("../../render/prompts.ts");
  const { signal } = interruption;
  return prompts({ input: io.stdin, output: streamOf(io.stderr), signal }, screen.err.terminal);
}

function givenUp({ screen }: Context): number {
  writeLines(screen.err, ["Nothing was written."]);
  return exitCodes.interrupted;
}

function listed(
  result: { readonly written: string[]; readonly kept: string[] },
  { screen }: Context,
): string[] {
  const { done, dash } = symbolsFor(screen.out.terminal);
  return [
    "",
    ...result.written.map((path) => `${done} ${path}`),
    ...result.kept.map((path) => `${dash} ${path} (left as it is)`),
    "",
  ];
}

function advice(next: string, { screen }: Context): string[] {
  return [
    `Try it without an account: \`${next}\`.`,
    "For your own accounts copy .env.example to .env, fill it in and load it, then run `testx integrations plan` to see what would be done.",
  ].flatMap((line) => hanging("", line, screen.out.terminal.width));
}
