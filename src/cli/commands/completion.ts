import { exitCodes } from "../../core/exit-codes.ts";
import { writeJson } from "../../render/ndjson.ts";
import { treeOf } from "../completion/tree.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";
import { programFor } from "../program.ts";

export async function run(
  { shell }: CommandOptions["completion"],
  { screen, global }: Context,
): Promise<number> {
  const tree = treeOf(programFor(() => {}));
  const scripts = {
    bash: async () => (await import("../completion/bash.ts")).bashScript(tree),
    zsh: async () => (await import("../completion/zsh.ts")).zshScript(tree),
    fish: async () => (await import("../completion/fish.ts")).fishScript(tree),
  };
  const script = await scripts[shell]();
  if (global.json) writeJson(screen.out, { shell, script });
  else screen.out.write(script);
  return exitCodes.done;
}
