import { once } from "node:events";
import { Worker } from "node:worker_threads";

export interface EchoServer {
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<unknown>;
}

/** A server on loopback, in a thread of its own, that answers everything with `body`. */
export async function startEchoServer(body: string): Promise<EchoServer> {
  const worker = new Worker(
    `const { createServer } = require("node:http");
     const { parentPort, workerData } = require("node:worker_threads");
     const headers = {
       "content-type": "application/json; charset=utf-8",
       "content-length": Buffer.byteLength(workerData),
     };
     const server = createServer((request, response) => {
       request.resume();
       request.on("end", () => response.writeHead(200, headers).end(workerData));
     });
     server.keepAliveTimeout = 60_000;
     server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
    { eval: true, workerData: body },
  );
  const [port] = (await once(worker, "message")) as [number];
  return { url: `http://127.0.0.1:${port}`, close: () => worker.terminate() };
}
