import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import type { Output } from "../../src/cli/io.ts";
import { main } from "../../src/cli/main.ts";
import { Screen, type Stretch } from "./screen.ts";
import { svg } from "./svg.ts";

const columns = 80;
/** What somebody would type; testx runs what begins with its name. */
const typed = [
  "testx integrations setup --sandbox",
  "testx integrations setup --sandbox --quiet",
  "testx rollback --sandbox",
];

export interface Recording {
  readonly text: string;
  readonly svg: string;
}

/** Runs testx on a starter configuration, on a terminal, and keeps what stands there in the end. */
export async function record(): Promise<Recording> {
  const cwd = mkdtempSync(join(tmpdir(), "testx-record-"));
  const screen = new Screen(columns);
  try {
    await run(["init", "--yes"], cwd, new Screen(columns));
    for (const [index, line] of typed.entries()) {
      screen.write(`${index === 0 ? "" : "\n"}\u001b[1m$ ${line}\u001b[22m\n`);
      await run(line.split(" ").slice(1), cwd, screen);
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
  const lines = screen.lines();
  const title = "testx sets up Slack, Notion and GitHub in the sandbox, then undoes it";
  return { text: `${lines.map(textOf).join("\n")}\n`, svg: svg(lines, columns, title) };
}

async function run(argv: readonly string[], cwd: string, screen: Screen): Promise<void> {
  const stream = (): Output =>
    Object.assign(
      new Writable({
        decodeStrings: false,
        write(chunk, _, done) {
          screen.write(String(chunk));
          done();
        },
      }),
      { isTTY: true, columns, rows: 60 },
    );
  const code = await main(argv, {
    stdin: new PassThrough(),
    stdout: stream(),
    stderr: stream(),
    env: { LANG: "C.UTF-8", TERM: "xterm-256color" },
    cwd,
  });
  if (code === 0) return;
  const shown = screen.lines().map(textOf).join("\n");
  throw new Error(`testx ${argv.join(" ")} ended with exit code ${code}:\n${shown}`);
}

function textOf(line: readonly Stretch[]): string {
  return line.reduce((text, stretch) => text.padEnd(stretch.column) + stretch.text, "");
}

/** The text without what differs from run to run: durations, and the times in Slack's links. */
export function masked(text: string): string {
  return text.replace(/\b\d+(?:\.\d+)?m?s\b/g, "<time>").replace(/\/p\d{16}\b/g, "/p<time>");
}
