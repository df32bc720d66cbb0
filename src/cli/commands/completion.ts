import { exitCodes } from "../../core/exit-codes.ts";
import { treeOf } from "../completion/tree.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";
import { programFor } from "../program.ts";

export async function run(
  { shell }: CommandOptions["completion"],
  { screen }: Context,
): Promise<number> {
  const tree = treeOf(programFor(() => {}));
  const script = {
    bash: async () => (await import("../completion/bash.ts")).bashScript(tree),
    zsh: async () => (await import("../completion/zsh.ts")).zshScript(tree),
    fish: async () => (await import("../completion/fish.ts")).fishScript(tree),
  };
  screen.out.write(await script[shell]());
  return exitCodes.done;
}
