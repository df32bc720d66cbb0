import type { Endpoints } from "@octokit/types";

/** `GET /repos/{owner}/{repo}`: every operation that the SDK knows. */
export type Route = keyof Endpoints;

/** What a reply must hold to be taken for one: more than that nothing relies on. */
const essentials: { readonly [route in Route]?: readonly string[] } = {
  "GET /user": ["login"],
  "GET /users/{username}": ["id", "login", "type"],
  "GET /orgs/{org}/teams/{team_slug}": ["id", "slug"],
  "POST /orgs/{org}/repos": ["id", "full_name", "owner"],
  "POST /user/repos": ["id", "full_name", "owner"],
  "GET /repos/{owner}/{repo}": ["id", "full_name", "owner"],
  "PATCH /repos/{owner}/{repo}": ["id", "full_name", "owner"],
  "PUT /repos/{owner}/{repo}/topics": ["names"],
  "POST /repos/{owner}/{repo}/labels": ["id", "name", "color"],
  "PATCH /repos/{owner}/{repo}/labels/{name}": ["id", "name", "color"],
  "POST /repos/{owner}/{repo}/milestones": ["id", "number", "title"],
  "PATCH /repos/{owner}/{repo}/milestones/{milestone_number}": ["id", "number", "title"],
  "GET /repos/{owner}/{repo}/actions/secrets/public-key": ["key", "key_id"],
  "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key": ["key", "key_id"],
  "GET /repos/{owner}/{repo}/actions/secrets/{secret_name}": ["name", "updated_at"],
  "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}": [
    "name",
    "updated_at",
  ],
  "POST /repos/{owner}/{repo}/hooks": ["id", "config", "events"],
  "PATCH /repos/{owner}/{repo}/hooks/{hook_id}": ["id", "config", "events"],
  "PATCH /repos/{owner}/{repo}/hooks/{hook_id}/config": ["url"],
  "POST /repos/{owner}/{repo}/issues": ["id", "number", "title"],
  "GET /repos/{owner}/{repo}/issues/{issue_number}": ["id", "number", "title"],
  "PATCH /repos/{owner}/{repo}/issues/{issue_number}": ["id", "number", "title"],
  "PUT /repos/{owner}/{repo}/contents/{path}": ["content"],
  "DELETE /repos/{owner}/{repo}/contents/{path}": ["commit"],
  "GET /repos/{owner}/{repo}/git/blobs/{file_sha}": ["content"],
  "PUT /repos/{owner}/{repo}/environments/{environment_name}": ["id", "name"],
};

/** Lists of which testx reads one page. */
const lists: ReadonlySet<Route> = new Set<Route>([
  "GET /repos/{owner}/{repo}/branches",
  "GET /repos/{owner}/{repo}/commits",
]);

/** Whether the data of a successful reply is what the operation promises. */
export function isWhole(route: Route, status: number, data: unknown): boolean {
  if (status === 204) return true;
  const expected = successWithout(route);
  if (expected !== undefined) return status === expected;
  if (typeof data !== "object" || data === null) return false;
  if (lists.has(route)) return Array.isArray(data);
  return (essentials[route] ?? []).every((key) => (data as Record<string, unknown>)[key] != null);
}

/**
 * The status with which an operation succeeds whose content nobody needs; `undefined` for those
 * with content. `operation` has the path as GitHub's description writes it.
 */
export function successWithout(operation: string): 201 | 204 | undefined {
  if (/^(POST \S+\/variables|PUT \S+\/secrets\/\{secret_name\})$/.test(operation)) return 201;
  if (/^PATCH \S+\/variables\/\{name\}$/.test(operation)) return 204;
  if (/^DELETE (?!\S+\/contents\/)/.test(operation)) return 204;
  return undefined;
}
