import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { failure } from "../../src/core/failure.ts";
import { failureAnnotations, githubRenderer, inert } from "../../src/render/github.ts";
import { collect } from "../support/terminal.ts";
import { unwound } from "./recordings.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-render-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function show(summary: string | undefined, events = unwound) {
  const terminal = { width: Number.POSITIVE_INFINITY, interactive: false };
  const screen = { out: collect(terminal), err: collect(terminal) };
  const renderer = githubRenderer(screen, { verbose: false, quiet: false }, summary);
  for (const event of events) renderer.event(event);
  await renderer.close();
  return screen.err.text();
}

it("folds the log into groups and annotates what failed", async () => {
  const commands = (await show(undefined)).split("\n").filter((line) => line.startsWith("::"));
  expect(commands).toEqual([
    "::group::Health of the services",
    "::endgroup::",
    "::group::Plan",
    "::endgroup::",
    "::group::Setup",
    "::error title=github.label::BUG: Refused: ::error::50%25, done ##[error] red | <b>",
    "::endgroup::",
    "::group::Undo",
    "::endgroup::",
    "::warning title=left behind by slack.channel::archived channel #dev-old: Slack does not delete channels Delete it in Slack's settings.",
  ]);
});

it("annotates a run that failed before any step", async () => {
  const [started, end] = [unwound[0]!, unwound.at(-1)!] as const;
  const cause = failure("SECRET_MISSING", "SLACK_BOT_TOKEN is not set.");
  const text = await show(undefined, [
    started,
    { ...end, type: "run.finished", residue: [], failure: cause } as typeof end,
  ]);
  expect(text).toContain("\n::error title=SECRET_MISSING::SLACK_BOT_TOKEN is not set.\n");
});

it("lets no text of a service pass for a command", async () => {
  const lines = (await show(undefined)).split("\n").filter((line) => !line.startsWith("::"));
  for (const line of lines) expect(line).not.toContain("##[error]");
  expect(inert("::stop-commands::x")).not.toMatch(/^\s*::/);
  expect(inert("  ::error::x")).not.toMatch(/^\s*::/);
});

it("appends a summary of the job", async () => {
  const file = join(folder, "summary.md");
  await show(file);
  const text = readFileSync(file, "utf8");
  expect(text).toBe(`## testx setup: Failed, and not everything could be undone

1 failed, 1 undone in 3.0s. Run \`r2\`.

> **BUG** Refused: ::error::50%, done ##\\[error\\] red \\| &lt;b>

| Step | What | Result | Time |
| --- | --- | --- | ---: |
| slack.channel | channel #dev | undone | 310ms |
| github.label | label needs-triage | failed BUG | 90ms |

### Left behind

| Step | What | Why | What to do |
| --- | --- | --- | --- |
| slack.channel | archived channel #dev-old | Slack does not delete channels | Delete it in Slack's settings. |

`);
  await show(file);
  expect(readFileSync(file, "utf8")).toBe(text + text);
});

it("warns when the summary cannot be written, and goes on", async () => {
  expect(await show(join(folder, "none", "summary.md"))).toMatch(
    /::warning title=no step summary::ENOENT/,
  );
});

it("puts each problem of the configuration at its line", () => {
  const problems = [
    { code: "A", message: "Wrong, 100%", text: "x", file: "config/a,b:c.json", line: 3, column: 7 },
    { code: "B", message: "No", text: "y", suggestion: '"yes"', variable: "GITHUB_TOKEN" },
  ];
  expect(
    failureAnnotations(failure("CONFIG_INVALID", "2 problems", { details: { problems } })),
  ).toBe(
    `::error file=config/a%2Cb%3Ac.json,line=3,col=7,title=A::Wrong, 100%25
::error title=B::No Did you mean "yes"?
`,
  );
  expect(failureAnnotations(failure("RUN_LOCKED", "a\nb"))).toBe(
    "::error title=RUN_LOCKED::a%0Ab\n",
  );
});
