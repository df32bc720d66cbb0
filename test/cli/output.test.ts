import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/cli.ts";

const required = JSON.stringify(join(root, "bin/output.js"));
const output = `require(${required}).outputTo(1, () => process.stdout)`;

/** A process whose standard output is a pipe that is read when the test says so. */
function child(code: string, shell = (node: string) => node) {
  const node = `'${process.execPath}' -e '${code}'`;
  const made = spawn("sh", ["-c", shell(node)], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  made.stdout?.pause();
  return made;
}

async function allOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  return text;
}

test("more than a pipe holds keeps nobody waiting, and arrives whole and in order", async () => {
  const writer = child(`
    const output = ${output};
    for (let line = 0; line < 60000; line += 1) output.write(\`line \${line} \\u2714\\n\`);
    setImmediate(() => process.send("goes on"));
    output.write("", () => process.disconnect());
  `);
  expect((await once(writer, "message"))[0]).toBe("goes on");
  const lines = Array.from({ length: 60_000 }, (_, line) => `line ${line} ✔\n`);
  expect(await allOf(writer.stdout as NodeJS.ReadableStream)).toBe(lines.join(""));
});

test("a full pipe that does not block is waited for by the stream", async () => {
  // Node makes the pipe behind standard error one that does not block; here that is the same pipe.
  const writer = child(
    `
    process.stderr.write("");
    const { writeSync } = require("node:fs");
    let filled = 0;
    try { for (;;) filled += writeSync(1, "x".repeat(1000)); } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
    const output = ${output};
    output.write("the first, ");
    const arrived = new Promise((done) => output.write("the last", done));
    // It may have arrived by now: the reader takes some without being asked.
    process.send(filled);
    arrived.then(() => process.disconnect());
  `,
    (node) => `exec ${node} 2>&1`,
  );
  const [filled] = await once(writer, "message");
  const text = await allOf(writer.stdout as NodeJS.ReadableStream);
  expect(text).toBe(`${"x".repeat(Number(filled))}the first, the last`);
});

test("a reader that went away is told to listeners, and nothing is written any more", async () => {
  const writer = child(`
    process.on("message", () => {
      const output = ${output};
      output.on("error", ({ code }) => process.send(code));
      output.write("one");
      output.write("two", () => process.disconnect());
    });
    process.send("ready");
  `);
  await once(writer, "message");
  writer.stdout?.destroy();
  await once(writer.stdout as NodeJS.ReadableStream, "close");
  writer.send("go");
  const told: unknown[] = [];
  writer.on("message", (code) => told.push(code));
  await once(writer, "exit");
  expect(told).toEqual(["EPIPE"]);
});

test("a file gets all of it, even when the process ends in the middle of things", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "testx-output-")), "out.txt");
  const to = openSync(file, "w");
  const code = `const output = ${output.replaceAll("'", "")}; output.write("x".repeat(30000)); process.exit();`;
  const writer = spawn(process.execPath, ["-e", code], { stdio: ["ignore", to, "inherit"] });
  await once(writer, "exit");
  closeSync(to);
  expect(readFileSync(file, "utf8")).toHaveLength(30_000);
});
