/** A sandbox in a process of its own: `sandbox-process.ts STATE_FILE`. Says its URL, then serves. */
import { startSandbox } from "../../src/sandbox/server.ts";
import { notesService } from "./notes-service.ts";

const stateFile = process.argv[2];
try {
  const { url } = await startSandbox({ services: [notesService], stateFile, pid: process.pid });
  process.stdout.write(`${JSON.stringify({ url })}\n`);
} catch (error) {
  process.stdout.write(
    `${JSON.stringify({ failure: (error as { failure?: unknown }).failure })}\n`,
  );
}
