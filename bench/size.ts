// npm run bench:size: what installing testx puts on a disk.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const goalMb = 10;
const folder = mkdtempSync(join(tmpdir(), "testx-size-"));
try {
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    encoding: "utf8",
  }).trim();
  const tarball = join(folder, packed.split("\n").at(-1) ?? "");
  const install = ["install", "--offline", "--no-audit", "--no-fund", "--prefix", folder, tarball];
  execFileSync("npm", [...install, "--loglevel", "error"]);

  const files = readdirSync(join(folder, "node_modules"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const installed = files.reduce((sum, file) => sum + statSync(file).size, 0);
  console.table([
    { what: "packed", MB: mb(statSync(tarball).size), goal: "" },
    { what: `installed, ${files.length} files`, MB: mb(installed), goal: `≤ ${goalMb}` },
  ]);
  if (installed > goalMb * 1e6) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
