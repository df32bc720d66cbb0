import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyService, SandboxReply, SandboxRequest } from "../core/stand-in.ts";
import type { Accounts } from "./accounts.ts";
import { control } from "./control.ts";
import { type Faults, reaches, type Struck } from "./fault.ts";
import { refusal } from "./guard.ts";
import { afterFault, refusalOf, send, sendFaulty } from "./reply.ts";

const maxBodyBytes = 64 * 1024 * 1024;

export interface RequestDeps {
  readonly accounts: Accounts;
  readonly faults: Faults;
  readonly services: readonly AnyService[];
  readonly environment: Readonly<Record<string, string>>;
  readonly stateFile: string | undefined;
  /** The sandbox's own address. */
  readonly url: string;
  readonly now: () => number;
  readonly latencyMs: number;
  /** Aborts when the sandbox closes: requests that wait are dropped. */
  readonly closing: AbortSignal;
}

type Handler = (incoming: IncomingMessage, response: ServerResponse) => void;

/** Routes each request to its service, or to the sandbox's own addresses. */
export function requestHandler(deps: RequestDeps): Handler {
  const byId = new Map(deps.services.map((service) => [service.id, service]));
  const { now, url } = deps;

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refused = refusal(incoming.headers);
    const body = refused === undefined ? await read(incoming) : undefined;
    if (body === undefined) {
      const reply =
        refused === undefined
          ? { status: 413, body: { error: "the request's body is too large" } }
          : { status: 403, body: { error: refused } };
      return deny(incoming, response, reply, now());
    }
    const method = incoming.method ?? "GET";
    const { pathname, searchParams: query } = new URL(incoming.url ?? "/", url);
    const [, prefix = "", path = "/"] = /^\/([^/]*)(\/.*)?$/.exec(pathname) ?? [];
    if (prefix === "__sandbox") {
      return send(response, await control(deps, { method, path, query, body }), now());
    }
    const service = byId.get(prefix);
    if (service === undefined) {
      const nobody = { error: "no such service", services: [...byId.keys()] };
      return send(response, { status: 404, body: nobody }, now());
    }
    const request = { method, path, query, headers: headersOf(incoming), body };
    await toService(deps, service, request, incoming, response);
  };

  return (incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      if (deps.closing.aborted || response.headersSent) return incoming.socket.destroy();
      const message = error instanceof Error ? error.message : String(error);
      send(response, { status: 500, body: { error: "sandbox_failed", message } }, now());
    });
  };
}

async function toService(
  deps: RequestDeps,
  service: AnyService,
  request: SandboxRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { accounts, now, latencyMs, closing } = deps;
  const { method, path } = request;
  const aimed = deps.faults.aimed(request.headers["x-request-id"]);
  const struck = aimed ? undefined : deps.faults.strike({ service: service.id, method, path });
  const fault = aimed ? aimed.fault : struck?.fault;
  const delayMs = struck?.delayMs ?? 0;
  const dated = () => now() + (aimed?.skewMs ?? 0);
  if (latencyMs + delayMs > 0) await sleep(latencyMs + delayMs, undefined, { signal: closing });
  const served = reaches(fault);
  let own: SandboxReply | undefined;
  let status: number | undefined = 500;
  try {
    if (served) own = accounts.serve(service, request, `${deps.url}/${service.id}`, aimed?.lagMs);
    else if (fault?.kind === "refusal") own = refusalOf(service, fault.refused);
    status = isSilent(fault) ? undefined : afterFault(own, fault).status;
  } finally {
    const requestId = request.headers["x-request-id"];
    accounts.record({
      at: now(),
      service: service.id,
      method,
      path,
      write: service.isWrite(request),
      ...(status === undefined ? {} : { status }),
      ...(requestId === undefined ? {} : { requestId }),
      served,
      ...(fault === undefined ? {} : { fault: fault.kind }),
    });
    await accounts.saved();
  }
  const reply = afterFault(own, fault);
  if (fault === undefined) send(response, reply, dated());
  else sendFaulty(incoming, response, reply, fault, dated(), aimed?.stalled);
}

/** Whether the caller gets no status at all. */
function isSilent(fault: Struck["fault"]): boolean {
  return fault?.kind === "reset" || (fault?.kind === "stall" && fault.when === "headers");
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headersDistinct).map(([name, values = []]) => [
      name,
      values.join(", "),
    ]),
  );
}

/** The whole body as text; `undefined` when it is larger than any service would take. */
async function read(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Answers without having read the request to its end; the connection is of no more use. */
function deny(
  incoming: IncomingMessage,
  response: ServerResponse,
  reply: SandboxReply,
  now: number,
): void {
  send(response, { ...reply, headers: { connection: "close" } }, now);
  response.once("finish", () => incoming.destroy());
}
