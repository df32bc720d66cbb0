import { rootFailure } from "../core/failure.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { SandboxReply } from "../core/stand-in.ts";
import type { Accounts } from "./accounts.ts";
import type { Faults } from "./fault.ts";
import { stateFileHeader } from "./holder.ts";

export interface Controlled {
  readonly accounts: Accounts;
  readonly faults: Faults;
  readonly environment: Readonly<Record<string, string>>;
  readonly stateFile: string | undefined;
}

export interface ControlRequest {
  readonly method: string;
  /** Behind `/__sandbox`: `/state`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** The sandbox's own addresses, for looking at it and steering it. */
export async function control(sandbox: Controlled, request: ControlRequest): Promise<SandboxReply> {
  try {
    return await answer(sandbox, request);
  } catch (error) {
    const failure = rootFailure(error);
    if (failure === undefined) throw error;
    const status = failure.code === "SANDBOX_STATE_UNWRITABLE" ? 500 : 422;
    return { status, body: { error: failure.code, message: failure.message } };
  }
}

async function answer(sandbox: Controlled, request: ControlRequest): Promise<SandboxReply> {
  const { accounts, faults } = sandbox;
  switch (`${request.method} ${request.path}`) {
    case "GET /state": {
      if (request.query.get("full") === "1") return { status: 200, body: accounts.full() };
      return { status: 200, body: accounts.canonical() };
    }
    case "GET /environment":
      return { status: 200, headers: stateHeader(sandbox), body: { ...sandbox.environment } };
    case "GET /log":
      return { status: 200, body: accounts.log.entries() as unknown as Json };
    case "DELETE /log":
      accounts.clearLog();
      return { status: 204 };
    case "POST /reset":
      accounts.reset(request.body === "" ? undefined : seedOf(parse(request.body)));
      faults.set([]);
      return { status: 200, body: accounts.canonical() };
    case "GET /faults":
      return { status: 200, body: faults.active as unknown as Json };
    case "POST /faults": {
      const { parseFaultRules } = await import("./fault-rules.ts");
      faults.set(parseFaultRules(parse(request.body)));
      return { status: 204 };
    }
    case "DELETE /faults":
      faults.set([]);
      return { status: 204 };
    default:
      return { status: 404, body: { error: "not found", paths } };
  }
}

function stateHeader({ stateFile }: Controlled): Record<string, string> {
  return stateFile === undefined ? {} : { [stateFileHeader]: encodeURIComponent(stateFile) };
}

const paths = [
  "GET /__sandbox/state",
  "GET /__sandbox/state?full=1",
  "GET /__sandbox/environment",
  "GET /__sandbox/log",
  "DELETE /__sandbox/log",
  "POST /__sandbox/reset",
  "GET /__sandbox/faults",
  "POST /__sandbox/faults",
  "DELETE /__sandbox/faults",
];

/** `undefined` for what is not JSON: the validators say what should have been there. */
function parse(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return null;
  }
}

function seedOf(value: Json): JsonObject {
  // Anything but an object is refused as a seed by a key that no service has.
  return isObject(value) ? (value as JsonObject) : { "": null };
}
