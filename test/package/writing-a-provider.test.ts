import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Block, blocksOf, filesOf, pages } from "../docs/pages.ts";
import { missingLine, runAll, type Typed, typedIn } from "../docs/shell.ts";
import { root } from "../support/cli.ts";

const path = "docs/writing-a-provider.md";
const page = pages.find((it) => it.path === path) ?? { path, text: "" };
const quiet = ["--no-audit", "--no-fund", "--loglevel", "error"];
let home: string;
let tarball: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "testx-guide-"));
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", home, ...quiet];
  const packed = execFileSync("npm", pack, { cwd: root, encoding: "utf8" });
  tarball = join(home, packed.trim().split("\n").at(-1) ?? "");
}, 60_000);

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

/** The files that the reader writes and the commands that they type, in the order of the page. */
function steps(): Typed[] {
  const files = filesOf(page).map(({ path, text, line }) => {
    const block: Block = { language: "test", text, line };
    const command = `mkdir -p "${dirname(path)}"\ncat > "${path}" <<'END OF FILE'\n${text}END OF FILE`;
    return { block, command };
  });
  const commands = blocksOf(page)
    .filter(({ language }) => language === "console")
    .flatMap(typedIn);
  return [...files, ...commands].sort((a, b) => a.block.line - b.block.line);
}

/** `npm install` of what is packed and of what the checkout has: without a network. */
function offline(): string {
  const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
  const modules = join(root, "node_modules");
  return `
if [ "$1" != install ]; then exec "${npm}" "$@"; fi
"${npm}" install --offline --no-save ${quiet.join(" ")} "${tarball}" || exit
for name in vitest zod; do
  case " $* " in *" $name "*) ln -s "${modules}/$name" node_modules/$name ;; esac
done
ln -s "${modules}/.bin/vitest" node_modules/.bin/vitest
echo installed`;
}

it("a provider is made from nothing as the guide says, word for word", async () => {
  const typed = steps();
  expect(typed.length).toBeGreaterThan(12);
  const tsc = `"${process.execPath}" "${join(root, "node_modules/typescript/bin/tsc")}" --noEmit --strict \
    --skipLibCheck --target es2024 --allowImportingTsExtensions --types node \
    --typeRoots "${join(root, "node_modules/@types")}" providers/*.ts testx.config.ts`;
  // As projects are set up: with the strictest options and without, and by each way of finding modules.
  const checks = [
    "--module nodenext --noUncheckedIndexedAccess --exactOptionalPropertyTypes --erasableSyntaxOnly",
    "--module nodenext",
    "--module esnext --moduleResolution bundler --isolatedModules --verbatimModuleSyntax",
  ].map((options, index): Typed => {
    const command = `${tsc} ${options}`;
    return { block: { language: "test", text: command, line: 1e6 + index }, command };
  });
  const ran = await runAll([...typed, ...checks], { npm: offline() });
  for (const { block, command, shown, code, output, log } of ran) {
    const about = `${path}:${block.line}\n${command}\n${log}`;
    expect(code, about).toBe(0);
    if (shown !== undefined)
      expect(missingLine(shown, stripVTControlCharacters(output)), about).toBeUndefined();
  }
}, 120_000);
