import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";

/** Keeps what `testx --help` prints, which is asked for more often than anything else. */
export async function writeHelp(folder: string): Promise<void> {
  const { main } = await import(pathToFileURL(resolve(folder, "main.cjs")).href);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdin: process.stdin, stdout, stderr, env: {}, cwd: process.cwd() };
  const code = await main(["--help"], io);
  if (code !== 0) throw new Error(`testx --help ended with ${code}: ${stderr.read()}`);
  writeFileSync(`${folder}/help.txt`, String(stdout.read()));
}
