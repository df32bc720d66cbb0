import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { root } from "../support/cli.ts";
import { folder } from "./world.ts";

it("npm run testx is about the folder it is started in, not the clone's own", () => {
  const cwd = folder();
  const typed = (line: string) =>
    execFileSync("npm", ["--prefix", root, "run", "-s", "testx", "--", ...line.split(" ")], {
      ...{ cwd, encoding: "utf8" },
    });
  expect(typed("status")).toContain("There is no configuration here");
  typed("init --yes");
  expect(readdirSync(cwd).sort()).toEqual([".env.example", ".gitignore", "config"]);
  expect(typed("config validate")).toContain("3 integrations, 5 steps");
});
