import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";

const welcome = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

/** Writes the licences of all packages whose modules were bundled. */
export function notices(modules: Iterable<string>, file: string): void {
  const folders = new Set([...modules].map(packageFolder).filter((it) => it !== undefined));
  const texts = [...folders].map(notice).sort();
  const head = "testx contains code of these packages.\n";
  writeFileSync(file, [head, ...new Set(texts)].join(`\n${"-".repeat(80)}\n\n`));
}

/** The folder of the package that a module belongs to, when that is not testx. */
function packageFolder(module: string): string | undefined {
  const path = module.replace(/^\0/, "").split("?")[0] ?? "";
  const mark = `${sep}node_modules${sep}`;
  const start = path.lastIndexOf(mark);
  if (start < 0) return undefined;
  const parts = path.slice(start + mark.length).split(sep);
  return path.slice(0, start) + mark + parts.slice(0, parts[0]?.startsWith("@") ? 2 : 1).join(sep);
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!welcome.has(license)) throw new Error(`${name} has licence ${license}: may we ship it?`);
  const licence = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = licence === undefined ? "" : readFileSync(join(folder, licence), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}
