import type { Json } from "../../core/json.ts";
import type { SandboxContext, SandboxReply, SandboxRequest } from "../../core/stand-in.ts";
import { notFound } from "./refusal.ts";
import type { GithubState, Repository, Token } from "./state.ts";

/** One request on its way through an operation. */
export interface Exchange {
  readonly request: SandboxRequest;
  readonly state: GithubState;
  readonly context: SandboxContext;
  readonly token: Token;
  /** The path's variable parts, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** The repository that the path names. */
  readonly repository: Repository;
}

export interface Operation {
  readonly method: string;
  /** As GitHub's description writes it: `/repos/{owner}/{repo}/labels`. */
  readonly template: string;
  /** The permission of fine-grained tokens: `issues=write`. Left out: any token will do. */
  readonly permission?: string;
  /** What the token's owner must be in the repository. */
  readonly role?: "admin" | "write" | "read";
  /** A classic token's scope, besides `repo`. */
  readonly scope?: string;
  handle(exchange: Exchange): SandboxReply;
}

export function ok(body: Json, headers: Readonly<Record<string, string>> = {}): SandboxReply {
  return { status: 200, body, headers };
}

export function created(body: Json): SandboxReply {
  return { status: 201, body };
}

export const noContent: SandboxReply = { status: 204 };

/** Now, as GitHub writes it. */
export function timeOf(context: SandboxContext): string {
  return iso(context.now());
}

export function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The number that a path's part stands for; 404 when it is none. */
export function numberAt({ path }: Exchange, name: string): number {
  const value = Number(path[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw notFound();
  return value;
}

export interface PageOptions {
  readonly largest?: number;
  readonly usual?: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
}

/** One page of a list, with the links to the others. */
export function page<T>(exchange: Exchange, all: readonly T[], options: PageOptions = {}): Page<T> {
  const { largest = 100, usual = 30 } = options;
  const { query, path } = exchange.request;
  const size = Math.min(largest, positive(query.get("per_page")) ?? usual);
  const number = positive(query.get("page")) ?? 1;
  const last = Math.max(1, Math.ceil(all.length / size));
  const links: string[] = [];
  const link = (rel: string, target: number): void => {
    const next = new URLSearchParams(query);
    next.set("page", String(target));
    links.push(`<${exchange.context.url}${path}?${next}>; rel="${rel}"`);
  };
  if (number > 1) link("prev", Math.min(number - 1, last));
  if (number < last) link("next", number + 1);
  if (number < last) link("last", last);
  if (number > 1) link("first", 1);
  return {
    items: all.slice((number - 1) * size, number * size),
    headers: links.length > 0 ? { link: links.join(", ") } : {},
  };
}

function positive(text: string | null): number | undefined {
  const value = Number(text ?? "");
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
