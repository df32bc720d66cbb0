import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blocksOf } from "../docs/pages.ts";
import { runAll, typedIn } from "../docs/shell.ts";
import { root, testx } from "../support/cli.ts";
import { linkTestx } from "../support/linked.ts";

const example = join(root, "examples/team");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "testx example "));
  cpSync(example, folder, { recursive: true });
  link(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As after `npm install`. */
function link(project: string): void {
  linkTestx(project);
  for (const name of ["zod", "vitest", "@types"]) {
    symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name), "dir");
  }
  const vitest = "node_modules/.bin/vitest";
  mkdirSync(join(project, "node_modules/.bin"), { recursive: true });
  symlinkSync(join(root, vitest), join(project, vitest));
}

function node(script: string, ...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: "1" };
    execFile(process.execPath, [script, ...args], { cwd: folder, env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, output: `${out}${err}` });
    });
  });
}

it("has types that hold, against the types that are shipped", async () => {
  const options =
    "--noEmit --strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --skipLibCheck --module nodenext --target es2024 --erasableSyntaxOnly --allowImportingTsExtensions --types node";
  const files = ["testx.config.ts", "providers/kudos.ts", "providers/kudos.test.ts"];
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const checked = await node(tsc, ...options.split(" "), ...files, "scripts/onboard.ts");
  expect(checked.output).toBe("");
});

it("keeps the contract of providers", async () => {
  const ran = await node(join(root, "node_modules/vitest/vitest.mjs"), "run");
  expect(ran.code, ran.output).toBe(0);
  expect(ran.output).toContain("providers/kudos.test.ts");
}, 60_000);

it("does what its README says", async () => {
  const path = "examples/team/README.md";
  const page = { path, text: readFileSync(join(root, path), "utf8") };
  const [block] = blocksOf(page).filter(({ language }) => language === "sh");
  if (block === undefined) throw new Error("there is no block of commands");
  const install = "npm install\n";
  expect(block.text).toContain(install);
  const copied = `cp -r "${folder}/." . && rm -rf .testx`;
  const text = block.text.replace(install, "").replaceAll("npx testx", "testx");
  const lines = [copied, ...text.trim().split("\n")];
  const ran = await runAll(
    lines.flatMap((line) => typedIn({ ...block, language: "test", text: line })),
  );
  for (const { command, code, log } of ran) expect(code, `${command}\n${log}`).toBe(0);
  expect(ran.find(({ command }) => command.includes("onboard"))?.output).toContain("It succeeded.");
}, 120_000);

it("names no package that is somebody else's", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(example, "package.json"), "utf8"));
  const { version } = JSON.parse(
    readFileSync(join(example, devDependencies.testx.slice(5), "package.json"), "utf8"),
  );
  expect(devDependencies.testx).toMatch(/^file:/);
  expect(version).toBeDefined();
});

it("changes nothing during the freeze", async () => {
  const options = { cwd: folder, env: { CHANGE_FREEZE: "1" } };
  const ended = await testx(["setup", "--sandbox", "--json"], options);
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain("CHANGE_FREEZE");
});

it("has a program that works in a folder of any name", async () => {
  const ran = await node("scripts/onboard.ts", "--sandbox");
  expect(ran.output).toContain("It succeeded.");
  expect(ran.code).toBe(0);
});
