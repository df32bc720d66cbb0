import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Emits the library's declarations, and removes those that its entries do not lead to. */
export function types(folder: string): void {
  const tsc = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--outDir", folder];
  const { status } = spawnSync(process.execPath, tsc, { stdio: "inherit" });
  if (status !== 0) throw new Error("The declarations could not be made.");
  const entries = readdirSync(folder).filter((name) => name.endsWith(".d.ts"));
  const needed = reachable(entries.map((name) => resolve(folder, name)));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = resolve(entry.parentPath, entry.name);
    if (entry.isFile() && !needed.has(path)) rmSync(path);
  }
}

function reachable(entries: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, specifier] of text.matchAll(/(?:from |import\()"([^"]+)"/g)) {
      if (specifier?.startsWith(".")) {
        queue.push(join(dirname(file), specifier.replace(/\.[jt]s$/, ".d.ts")));
      } else {
        throw new Error(`${file} needs the types of ${specifier}, which a user does not have.`);
      }
    }
  }
  return seen;
}
