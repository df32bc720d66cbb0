import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Keeps a name for what was built, so that nothing compiled of another build is taken for it. */
export function writeBuildName(folder: string): void {
  const hash = createHash("sha256");
  for (const file of readdirSync(folder).sort()) {
    hash.update(`${file}\n`).update(readFileSync(`${folder}/${file}`));
  }
  writeFileSync(`${folder}/build.txt`, hash.digest("hex").slice(0, 16));
}
