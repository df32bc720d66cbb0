import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "./cli.ts";

/** Makes `import "testx"` work in a project's code, as after `npm install testx`. */
export function linkTestx(folder: string): void {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(root, join(folder, "node_modules/testx"), "dir");
}
