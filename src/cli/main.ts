import type { Readable, Writable } from "node:stream";

export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export async function main(argv: readonly string[], io: Io): Promise<number> {
  const { join } = await import("node:path");
  io.stdout.write(`${join("a", String(argv.length))}\n`);
  return 0;
}
