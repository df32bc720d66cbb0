import { describe, expect, it } from "vitest";
import { everyCommand, parse, path } from "../../src/cli/parse.ts";
import { examplesOf } from "../../src/cli/program/examples.ts";
import { programFor } from "../../src/cli/program.ts";

const commands = everyCommand(programFor(() => {})).map((command) => ({
  command,
  name: path(command),
  words: path(command).split(" ").slice(1),
}));

function help(words: readonly string[], columns: number): string {
  const parsed = parse([...words, "--help"], columns);
  expect(parsed.kind).toBe("help");
  return parsed.kind === "help" ? parsed.text : "";
}

describe.each(commands)("$name --help", ({ command, words }) => {
  it.each([80, 60, 50])("fits %i columns", (columns) => {
    for (const line of help(words, columns).split("\n")) {
      expect(line.length, line).toBeLessThanOrEqual(columns);
    }
  });

  it("ends with one to five examples that can be typed as they stand", () => {
    const examples = examplesOf(command);
    expect(examples.length).toBeGreaterThanOrEqual(1);
    expect(examples.length).toBeLessThanOrEqual(words.length === 0 ? 5 : 4);
    const text = help(words, 80);
    expect(text).toContain("\nExamples:\n");
    for (const [typed] of examples) {
      expect(text).toContain(typed);
      const line = /testx [^>|)]*/.exec(typed)?.[0].trim() ?? "";
      expect(parse(line.split(" ").slice(1)), typed).toMatchObject({ kind: "command" });
    }
  });

  it("is the same where only it is made", () => {
    const alone = everyCommand(programFor(() => {}, undefined, words));
    const found = alone.find((one) => path(one) === path(command));
    expect(found?.helpInformation()).toBe(command.helpInformation());
    if (words.length > 0) expect(alone.length).toBeLessThan(commands.length / 2);
  });

  it("says what it does in one sentence without a full stop", () => {
    expect(command.description()).toMatch(words.length === 0 ? /\.$/ : /^[A-Z].*[^.]$/);
  });
});

describe("testx --help", () => {
  it("has the commands in groups, by what one wants to do", () => {
    const titles = [...help([], 80).matchAll(/^([A-Z][^\n]*):$/gm)].map(([, title]) => title);
    expect(titles).toEqual([
      "Set up and undo",
      "Look",
      "Mend",
      "Try without an account",
      "Configure",
      "Options for every command",
      "Examples",
    ]);
  });
});
