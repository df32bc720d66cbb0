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

it("says of how many things nothing is known, and whose they are", async () => {
  const { run, close } = await testProject();
  onTestFinished(close);
  const env = { NOTION_API_URL: "http://127.0.0.1:1" };
  const before = await run(["doctor"], { env });
  expect(before.stdout).toMatch(
    /Set-up things +nothing is set up, \d+ to create, .*\d+ unknown\s+\(notion\)/,
  );
  expect((await run(["setup"])).code).toBe(0);
  const after = await run(["doctor"], { env });
  expect(after.stdout).toMatch(/Set-up things +\d+ unchanged, \d+ unknown\s+\(notion\)/);
});
