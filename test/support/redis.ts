import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether `redis-server` can be started here. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

export interface RunningRedis {
  readonly port: number;
  /** Ends at once, without saving anything. */
  kill(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A Redis of its own, on a free port, with nothing in it. */
export async function startRedis(password = ""): Promise<RunningRedis> {
  const dir = mkdtempSync(join(tmpdir(), "testx-redis-"));
  const port = await freePort();
  const own = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", ""];
  const locked = password === "" ? [] : ["--requirepass", password];
  const child = spawn("redis-server", [...own, ...locked], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let said = "";
  for await (const text of child.stdout) {
    said += String(text);
    if (/ready to accept connections/i.test(said)) break;
  }
  if (child.exitCode !== null) throw new Error(`redis-server ended: ${said}`);
  return {
    port,
    async kill() {
      child.kill("SIGKILL");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
