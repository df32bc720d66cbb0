import type { Cacheable, JudgedReply, WireRequest } from "../../core/http.ts";

const hour = 3_600_000;
const repository = "/repos/{owner}/{repo}";

/**
 * The kinds by path. GitHub gives ETags, so whatever testx decides by is confirmed by GitHub each
 * time, and the times count only where nothing is decided. Files are left out: anything may stand
 * in them. So are the keys that secrets are sealed with, which only writes ask for.
 */
const kinds: Readonly<Record<string, readonly [kind: string, ttlMs: number]>> = {
  "/user": ["account", hour],
  "/users/{username}": ["account", hour],
  "/orgs/{org}/teams/{team_slug}": ["account", hour],
  [repository]: ["repository", hour],
  [`${repository}/topics`]: ["repository", hour],
  [`${repository}/branches`]: ["repository", hour],
  [`${repository}/labels`]: ["labels", 4 * hour],
  [`${repository}/labels/{name}`]: ["labels", 4 * hour],
  [`${repository}/milestones`]: ["milestones", 4 * hour],
  [`${repository}/milestones/{milestone_number}`]: ["milestones", 4 * hour],
  [`${repository}/actions/variables`]: ["variables", 4 * hour],
  [`${repository}/actions/variables/{name}`]: ["variables", 4 * hour],
  [`${repository}/actions/secrets`]: ["secret-names", 4 * hour],
  [`${repository}/actions/secrets/{secret_name}`]: ["secret-names", 4 * hour],
  [`${repository}/environments`]: ["environments", 4 * hour],
  [`${repository}/environments/{environment_name}`]: ["environments", 4 * hour],
  [`${repository}/environments/{environment_name}/variables`]: ["variables", 4 * hour],
  [`${repository}/environments/{environment_name}/variables/{name}`]: ["variables", 4 * hour],
  [`${repository}/environments/{environment_name}/secrets`]: ["secret-names", 4 * hour],
  [`${repository}/environments/{environment_name}/secrets/{secret_name}`]: [
    "secret-names",
    4 * hour,
  ],
  [`${repository}/hooks`]: ["webhooks", 4 * hour],
  [`${repository}/hooks/{hook_id}`]: ["webhooks", 4 * hour],
  [`${repository}/hooks/{hook_id}/config`]: ["webhooks", 4 * hour],
  [`${repository}/issues`]: ["issues", hour / 12],
  [`${repository}/issues/{issue_number}`]: ["issues", hour / 12],
};

export function cacheable({ method, url }: WireRequest, template: string): Cacheable | undefined {
  const known = method === "GET" && Object.hasOwn(kinds, template) ? kinds[template] : undefined;
  if (known === undefined) return undefined;
  const [kind, ttlMs] = known;
  return { kind, ttlMs, keep: (reply) => !isFullLastPage(reply, url) };
}

/**
 * Whether there may be a next page by now without this one being different: a list that is full
 * and names no next page. Its ETag could go on confirming it when there is one. Lists that say
 * how many entries there are change with their number.
 */
function isFullLastPage({ headers, text }: JudgedReply, url: URL): boolean {
  if (!text.trimStart().startsWith("[")) return false;
  if (/\brel="?next"?/.test(headers.get("link") ?? "")) return false;
  const asked = Number(url.searchParams.get("per_page") ?? 30);
  const list: unknown = JSON.parse(text);
  return Array.isArray(list) && list.length >= asked;
}
