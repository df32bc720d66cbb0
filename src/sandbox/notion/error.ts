import type { SandboxReply } from "../../core/stand-in.ts";

/** Ends a request with one of Notion's errors. https://developers.notion.com/reference/status-codes */
export class NotionError extends Error {
  override readonly name = "NotionError";
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  reply(requestId: string): SandboxReply {
    return {
      status: this.status,
      headers: {
        "x-notion-request-id": requestId,
        ...(this.retryAfter === undefined ? {} : { "retry-after": String(this.retryAfter) }),
      },
      body: {
        object: "error",
        status: this.status,
        code: this.code,
        message: this.message,
        request_id: requestId,
      },
    };
  }
}

export function invalid(message: string): never {
  throw new NotionError(400, "validation_error", message);
}

export function notFound(what: string, id: string): never {
  throw new NotionError(
    404,
    "object_not_found",
    `Could not find ${what} with ID: ${id}. Make sure the relevant pages and databases are shared with your integration "testx".`,
  );
}

export function inTrash(): never {
  return invalid("Can't edit block that is archived. You must unarchive the block before editing.");
}
