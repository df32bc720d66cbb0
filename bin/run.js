"use strict";

// A reader that has seen enough (`testx … | head`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// node:sqlite is still marked experimental in some releases of Node 24; users cannot act on it.
const emitWarning = process.emitWarning;
process.emitWarning = (warning, ...rest) => {
  const type = typeof rest[0] === "object" ? rest[0]?.type : rest[0];
  if (type === "ExperimentalWarning" && String(warning).includes("SQLite")) return;
  emitWarning.call(process, warning, ...rest);
};

const flush = (stream) => new Promise((resolve) => stream.write("", () => resolve()));

const io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
};

require("../dist/cli/main.cjs")
  .main(process.argv.slice(2), io)
  .then(async (code) => {
    process.exitCode = code;
    // Output to a pipe is asynchronous: whole before the process ends, whatever handles are left.
    await Promise.all([flush(process.stdout), flush(process.stderr)]);
    process.exit();
  });
