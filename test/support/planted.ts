import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { cli } from "../../scripts/build/bundle.ts";
import { root } from "./cli.ts";

/** A bug that is put into testx while it is built, by changing text that must be there. */
export interface Bug {
  /** In `src`. */
  readonly file: string;
  readonly changes: readonly (readonly [is: string, becomes: string])[];
}

/** Builds the command line with the bug in it; nothing of it stays in the sources. */
export async function buildWith({ file, changes }: Bug, dist: string): Promise<void> {
  const path = join(root, "src", file);
  let planted = false;
  const plugin: Plugin = {
    name: "planted-bug",
    load(id) {
      if (id !== path) return null;
      planted = true;
      let text = readFileSync(path, "utf8");
      for (const [is, becomes] of changes) {
        if (text.split(is).length !== 2) throw new Error(`${file} does not say once: ${is}`);
        text = text.replace(is, () => becomes);
      }
      return text;
    },
  };
  const [input, output] = cli(dist);
  const build = await rolldown({ ...input, plugins: [plugin, input.plugins] });
  await build.write(output);
  await build.close();
  if (!planted) throw new Error(`${file} is not part of the command line`);
}
