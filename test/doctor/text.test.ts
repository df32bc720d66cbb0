import { expect, it, onTestFinished } from "vitest";
import { testProject } from "../support/project.ts";
import { editing, sequenceFile } from "./causes/cause.ts";

it("shows the line of a mistake, with what is wrong marked below it", async () => {
  const { folder, run, close } = await testProject();
  onTestFinished(close);
  editing(folder).edit(sequenceFile, (text) =>
    text.replace('"kind": "channel"', '"kind": "chanel"'),
  );
  const { stdout } = await run(["doctor"]);
  const lines = stdout.split("\n");
  const at = lines.findIndex((line) => line.includes('"kind": "chanel"'));
  const marks = lines[at + 1]?.replaceAll("^", "#") ?? "";
  expect(lines[at]).toMatch(/^ {2}seen {2}\d+ \| /);
  expect(marks).toContain("#".repeat('"chanel"'.length));
  expect(marks.indexOf("#")).toBe(lines[at]?.indexOf('"chanel"'));
});
