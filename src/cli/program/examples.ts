import type { Command } from "commander";
import { hanging } from "../../render/text.ts";

/** How it is typed, and what that does. */
export type Example = readonly [typed: string, does: string];

const all = new WeakMap<Command, readonly Example[]>();

/** Ends a command's help with these. */
export function withExamples(made: Command, ...examples: readonly Example[]): Command {
  all.set(made, examples);
  return made.addHelpText("after", () => {
    const width = made.configureOutput().getOutHelpWidth?.() ?? 80;
    return ["\nExamples:", ...lines(examples, width)].join("\n");
  });
}

export function examplesOf(made: Command): readonly Example[] {
  return all.get(made) ?? [];
}

/** Side by side where that fits, else one below the other. */
function lines(examples: readonly Example[], width: number): string[] {
  const column = Math.max(...examples.map(([typed]) => typed.length)) + 2;
  const fits = examples.every(([, does]) => 2 + column + does.length <= width);
  return examples.flatMap(([typed, does]) =>
    fits
      ? [`  ${typed.padEnd(column)}${does}`]
      : [...hanging("  ", typed, width), ...hanging("      ", does, width)],
  );
}
