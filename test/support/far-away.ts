import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import type { TlsOptions } from "node:tls";

export const certificates = join(import.meta.dirname, "certificates");

export interface FarAwayOptions {
  /** Where the sandbox listens. */
  readonly sandbox: string;
  /** File of `certificates`; left out: plain HTTP. */
  readonly certificate?: string;
  /** How much its clock is wrong. */
  readonly aheadMs?: number;
  /** Answers in the sandbox's place; where it gives `false`, the sandbox answers all the same. */
  readonly instead?: (...exchange: Parameters<RequestListener>) => unknown;
  /** How it speaks TLS, where it does. */
  readonly tls?: TlsOptions;
}

/** The sandbox's services as if they were elsewhere: under names that only a preload resolves. */
export interface FarAway {
  readonly port: number;
  /** `slack.services.test` and so on, to where they are. */
  readonly names: Readonly<Record<string, string>>;
  /** The sandbox's environment with the addresses of here. */
  environment(sandbox: Readonly<Record<string, string>>): Record<string, string>;
  close(): Promise<void>;
}

export async function farAway(options: FarAwayOptions): Promise<FarAway> {
  const { sandbox, certificate, aheadMs = 0 } = options;
  const relay: RequestListener = (incoming, outgoing) => {
    const { method, url = "/" } = incoming;
    const headers = { ...incoming.headers, host: new URL(sandbox).host };
    const onward = request(new URL(url, sandbox), { method, headers }, (reply) => {
      const date = new Date(Date.now() + aheadMs).toUTCString();
      outgoing.writeHead(reply.statusCode ?? 502, { ...reply.headers, date });
      reply.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  };
  const handler: RequestListener = (incoming, outgoing) => {
    if (options.instead === undefined || options.instead(incoming, outgoing) === false) {
      relay(incoming, outgoing);
    }
  };
  const pem = certificate && readFileSync(join(certificates, `${certificate}.pem`));
  const server = pem
    ? createTlsServer({ cert: pem, key: pem, ...options.tls }, handler)
    : createServer(handler);
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const services = ["slack", "notion", "github", "anykrowd"];
  const protocol = pem ? "https" : "http";
  return {
    port,
    names: Object.fromEntries(services.map((id) => [`${id}.services.test`, "127.0.0.1"])),
    environment: (given) =>
      Object.fromEntries(
        Object.entries(given).map(([name, value]) => {
          const id = services.find((one) => value.startsWith(`${sandbox}/${one}`));
          const there = `${protocol}://${id}.services.test:${port}`;
          return [name, id === undefined ? value : value.replace(sandbox, there)];
        }),
      ),
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
