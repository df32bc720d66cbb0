import type { Json } from "../../core/json.ts";
import type { SandboxReply } from "../../core/stand-in.ts";

const documentation = "https://docs.github.com/rest";

/** Thrown to answer with an error; nothing has been changed by then. */
export class Refusal extends Error {
  readonly reply: SandboxReply;

  constructor(status: number, message: string, more: { [key: string]: Json } = {}, headers = {}) {
    super(message);
    const body = { message, ...more, documentation_url: documentation, status: String(status) };
    this.reply = { status, body, headers };
  }
}

export function notFound(): Refusal {
  return new Refusal(404, "Not Found");
}

export interface Problem {
  readonly resource: string;
  readonly field: string;
  readonly code: "already_exists" | "custom" | "invalid" | "missing" | "missing_field";
  readonly message?: string;
}

/** 422 with `errors[]`, as GitHub answers when a value does not do. */
export function invalid(...errors: Problem[]): Refusal {
  return new Refusal(422, "Validation Failed", { errors: errors.map((error) => ({ ...error })) });
}

/** 422 as GitHub answers when the body is not of the described form. */
export function malformed(problem: string): Refusal {
  return new Refusal(422, `Invalid request.\n\n${problem}`);
}
