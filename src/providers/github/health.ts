import { failure, rootFailure, TestxError } from "../../core/failure.ts";
import type { Call, Health } from "../../core/provider.ts";
import type { Client } from "./client.ts";
import { login, repositoryData } from "./shared.ts";

/**
 * Asks for the repository, which also tells what the token may do in it, and who the token is.
 * Tokens of an app installation have no user, so the second call is left out for them.
 */
export async function health(client: Client, call: Call): Promise<Health> {
  const [found, account] = await Promise.allSettled([
    repositoryData(client, call, client.repository),
    login(client, call),
  ]);
  if (account.status === "rejected") return down(account.reason);
  if (found.status === "rejected") return down(moved(found.reason, client) ?? found.reason);
  // A classic token's scopes are other words than the permissions that kinds name, and
  // fine-grained tokens tell none: so they are judged here, and not given on.
  const who = { account: account.value ?? "an app installation" };
  const repository = found.value;
  if (repository === undefined) return { ...who, ...absent(client) };
  if (repository.archived) {
    const message = `${repository.full_name} is archived: nothing in it can be changed.`;
    return { ...who, status: "degraded", message, failure: failure("GITHUB_ARCHIVED", message) };
  }
  if (repository.disabled) {
    const message = `${repository.full_name} is disabled by GitHub: nothing in it can be changed.`;
    return { ...who, status: "degraded", message, failure: failure("GITHUB_REFUSED", message) };
  }
  const may = repository.permissions;
  if (may && !may.push && !may.admin && !may.maintain) {
    const message = `The token may read ${repository.full_name} but not write to it.`;
    return { ...who, status: "degraded", message, failure: failure("GITHUB_FORBIDDEN", message) };
  }
  const has = narrow(client);
  if (has !== undefined && !client.seen.scopes?.includes("public_repo")) {
    const message = `The token has ${has}: writing to ${repository.full_name} needs repo.`;
    return { ...who, status: "degraded", message, failure: failure("GITHUB_FORBIDDEN", message) };
  }
  return { ...who, status: "healthy" };
}

/** What a classic token that sees no private repository has in place of `repo`. */
function narrow({ seen: { scopes } }: Client): string | undefined {
  if (scopes === undefined || scopes.includes("repo")) return undefined;
  return scopes.length === 0 ? "no scopes" : `only the scopes ${scopes.join(", ")}`;
}

/** GitHub leads from an old name to a number, which says nothing to people. */
function moved(error: unknown, { web, repository }: Client): TestxError | undefined {
  const { code, details } = rootFailure(error) ?? {};
  const at = code === "GATEWAY_REDIRECTED" ? String(details?.location) : "";
  if (!/\/repositories\/\d+$/.test(at)) return undefined;
  const message = `${repository} has another name by now: ${web}/${repository} leads to it.`;
  return new TestxError(failure("GITHUB_MOVED", message, { status: 301 }));
}

function absent(client: Client): Health {
  const has = narrow(client);
  if (has !== undefined && !(client.mayCreate && client.seen.scopes?.includes("public_repo"))) {
    const message = `GitHub shows no repository ${client.repository} to this token, which has ${has}: a private one needs repo.`;
    return {
      status: "down",
      message,
      failure: failure("GITHUB_FORBIDDEN", message, { status: 404 }),
    };
  }
  const message = `GitHub shows no repository ${client.repository} to this token.`;
  if (client.mayCreate) return { status: "healthy", message };
  return {
    status: "down",
    message,
    failure: failure("GITHUB_REPOSITORY_NOT_FOUND", message, { status: 404 }),
  };
}

function down(error: unknown): Health {
  const cause = rootFailure(error);
  if (!cause) throw error;
  return { status: "down", message: cause.message, failure: cause };
}
