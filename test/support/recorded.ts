import { type RunningSandbox, startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";

/** A write as a stand-in has received it. */
export interface RecordedWrite {
  readonly service: string;
  readonly method: string;
  /** Behind the service's base URL, as plans name it. */
  readonly path: string;
  readonly body: string;
  readonly requestId: string;
}

export interface RecordingSandbox {
  readonly sandbox: RunningSandbox;
  readonly writes: RecordedWrite[];
  /** Every request, reads included. */
  readonly requests: { count: number };
}

/** A sandbox that keeps what is written to it, bodies included, in order of arrival. */
export async function recordingSandbox(): Promise<RecordingSandbox> {
  const writes: RecordedWrite[] = [];
  const requests = { count: 0 };
  const services = (await loadServices()).map((service) => ({
    ...service,
    handle(...[request, state, context]: Parameters<typeof service.handle>) {
      requests.count += 1;
      const { method, body, headers } = request;
      const path = service.id === "slack" ? request.path.replace(/^\/api/, "") : request.path;
      if (service.isWrite(request)) {
        const requestId = headers["x-request-id"] ?? "";
        writes.push({ service: service.id, method, path, body, requestId });
      }
      return service.handle(request, state, context);
    },
  }));
  return { sandbox: await startSandbox({ services }), writes, requests };
}
