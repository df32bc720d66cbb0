import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "../../src/cli/parse.ts";
import { catalogue } from "../../src/core/catalogue/catalogue.ts";
import { slack } from "../../src/providers/slack/provider.ts";
import { finishedOf, root, testx } from "../support/cli.ts";
import { testProject } from "../support/project.ts";
import { blocksOf, pages, prose } from "./pages.ts";

const page = (path: string): string => pages.find((it) => it.path === path)?.text ?? "";

function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm);
  return new Set(
    Array.from(headings, ([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-"),
    ),
  );
}

describe.each(pages)("$path", (it_) => {
  it("links to what is there", () => {
    for (const [, target = ""] of prose(it_).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const path = file === "" ? it_.path : join(dirname(it_.path), file);
      expect(existsSync(join(root, path)), target).toBe(true);
      if (anchor === undefined) continue;
      expect(anchorsOf(readFileSync(join(root, path), "utf8")), target).toContain(anchor);
    }
  });

  it("names commands that there are", () => {
    for (const command of commandsIn(prose(it_))) expect(understood(command), command).toBe(true);
  });
});

it("advice names commands that there are", () => {
  for (const [code, { what, why, next }] of Object.entries(catalogue)) {
    for (const command of commandsIn(`${what} ${why} ${next}`)) {
      expect(understood(command), `${code}: ${command}`).toBe(true);
    }
  }
});

function commandsIn(text: string): string[] {
  return Array.from(text.matchAll(/`(?:npx )?testx ([^`]+)`/g), ([, command]) => command ?? "");
}

/** With placeholders such as CODE, and `…` for more. */
function understood(command: string): boolean {
  const argv = command
    .replace(/ (?:…|\.\.\.)$/, "")
    .split(/\s+/)
    .filter((word) => !/^[>|]/.test(word));
  if (argv[0] === "…") return true;
  const parsed = parse(argv);
  // The last option may stand there without its value.
  if (parsed.kind !== "usage" || parse([...argv, "x"]).kind !== "usage") return true;
  // A group on its own, such as `testx config`, is a way to speak of its commands.
  return parsed.help !== undefined;
}

describe("docs/architecture.md", () => {
  const text = page("docs/architecture.md");

  it("names files that there are", () => {
    const paths = Array.from(text.matchAll(/`((?:src|bin|docs|test)\/[^`]+)`/g), ([, it]) => it);
    expect(paths.length).toBeGreaterThan(40);
    for (const path of paths) expect(existsSync(join(root, path as string)), path).toBe(true);
  });

  it("leaves out no folder of the house, and no provider", () => {
    const folders = ["src", "src/providers"].flatMap((parent) =>
      readdirSync(join(root, parent), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${parent}/${entry.name}`),
    );
    for (const folder of folders) expect(text).toMatch(new RegExp(`\`${folder}[/\`]`));
  });
});

describe("README.md", () => {
  const readme = page("README.md");
  const blocks = blocksOf({ path: "README.md", text: readme });

  it("asks for the scopes that the provider asks for", () => {
    const asked = new Set(slack.secrets[0]?.help.match(/\b[a-z]+:[a-z.]+\b/g));
    const row = readme.split("\n").find((line) => line.includes("`SLACK_BOT_TOKEN` |")) ?? "";
    expect(new Set(row.match(/\b[a-z]+:[a-z.]+\b/g))).toEqual(asked);
    expect(asked.size).toBeGreaterThan(10);
  });

  it("shows a sequence that is valid", async () => {
    const project = await testProject();
    try {
      const file = join(project.folder, "shown/integration-sequence.json");
      const { text = "" } = blocks.find((block) => block.text.includes('"integrations"')) ?? {};
      mkdirSync(dirname(file));
      writeFileSync(file, text);
      const checked = await project.run([
        "config",
        "validate",
        "--config",
        relative(project.folder, file),
      ]);
      expect(checked.code, checked.stderr).toBe(0);
    } finally {
      await project.close();
    }
  });

  it("shows the last line of a run as it is", async () => {
    const project = await testProject();
    try {
      const ended = await testx(["setup", "--sandbox", "--json"], { cwd: project.folder });
      const { text = "" } = blocks.find((block) => block.text.includes("run.finished")) ?? {};
      const shown = JSON.parse(text) as Record<string, unknown>;
      const real = finishedOf(ended) as unknown as Record<string, unknown>;
      expect(Object.keys(shown).sort()).toEqual(Object.keys(real).sort());
      expect(Object.keys(shown.counts as object)).toEqual(Object.keys(real.counts as object));
    } finally {
      await project.close();
    }
  });

  it("has the exit codes of the program", () => {
    const rows = (text: string) => text.match(/^\| \d+ \| .+ \|$/gm);
    expect(rows(readme)).toEqual(rows(page("docs/cli.md")));
  });
});
