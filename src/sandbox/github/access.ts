import type { SandboxRequest } from "../../core/stand-in.ts";
import { lasts } from "../lasting.ts";
import type { Operation } from "./exchange.ts";
import { notFound, Refusal } from "./refusal.ts";
import type { GithubState, Repository, Role, Token } from "./state.ts";

const ranks: Readonly<Record<Role, number>> = { none: 0, read: 1, write: 2, admin: 3 };

/** Whose request it is. @throws Refusal 401 */
export function authenticate({ headers }: SandboxRequest, state: GithubState, now: number): Token {
  const given = headers.authorization;
  if (given === undefined) throw new Refusal(401, "Requires authentication");
  const token = /^(?:token|bearer)\s+(\S+)$/i.exec(given)?.[1] ?? "";
  const known = Object.hasOwn(state.tokens, token) ? state.tokens[token] : undefined;
  if (known === undefined || (known.expires ?? Number.POSITIVE_INFINITY) <= now) {
    throw new Refusal(401, "Bad credentials");
  }
  if (!lasts(state.lasting, token)) throw new Refusal(401, "Bad credentials");
  return known;
}

/** Whether a token may see a repository at all; GitHub answers 404 when not. */
export function visible(token: Token, { settings }: Repository): boolean {
  if (settings.visibility === "public") return true;
  if (token.scopes !== null && !token.scopes.includes("repo")) return false;
  return token.role !== "none";
}

/** @throws Refusal 403, or 404 where GitHub hides that the thing exists */
export function authorize(
  token: Token,
  operation: Operation,
  repository: Repository | undefined,
): void {
  const write = operation.method !== "GET" && operation.method !== "HEAD";
  if (repository?.settings.archived && write && !operation.template.endsWith("/{repo}")) {
    throw new Refusal(403, "Repository was archived so is read-only.");
  }
  const accepted = acceptance(operation);
  if (token.permissions !== null) {
    const [permission, level] = (operation.permission ?? "metadata=read").split("=");
    const has = token.permissions[permission!];
    if (
      operation.permission !== undefined &&
      !(has === "write" || (has === "read" && level === "read"))
    ) {
      const who = token.login.endsWith("[bot]") ? "integration" : "personal access token";
      throw new Refusal(403, `Resource not accessible by ${who}`, {}, accepted);
    }
  } else if (operation.scope !== undefined && !token.scopes?.includes(operation.scope)) {
    throw new Refusal(403, "Must have admin rights to Repository.", {}, accepted);
  } else if (repository !== undefined && write && !token.scopes?.includes("repo")) {
    throw notFound();
  }
  const needed = operation.role ?? "read";
  if (repository === undefined || ranks[token.role] >= ranks[needed]) return;
  if (needed === "read" && repository.settings.visibility === "public") return;
  if (token.role === "none" || operation.template.includes("/hooks")) throw notFound();
  const right = needed === "admin" ? "admin rights to Repository" : "write access to Repository";
  throw new Refusal(403, `Must have ${right}.`, {}, accepted);
}

/** Headers that say what a token has and what would do. */
export function acceptance(operation: Operation | undefined): Record<string, string> {
  const scopes = operation?.scope ?? (operation?.role === undefined ? "" : "repo");
  return {
    "x-accepted-oauth-scopes": scopes,
    ...(operation?.permission === undefined
      ? {}
      : { "x-accepted-github-permissions": operation.permission }),
  };
}
