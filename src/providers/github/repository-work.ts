import type { Call } from "../../core/provider.ts";
import type { Client } from "./client.ts";
import { trailer } from "./file.ts";
import { type Repo, split } from "./inputs.ts";
import { isRolledBack } from "./issue-marker.ts";
import { type Data, send, statusOf } from "./request.ts";

/**
 * Whether a repository that testx made holds anything but what GitHub and testx put there:
 * before it is deleted, because that cannot be taken back. What cannot be seen counts as work.
 */
export async function hasWorkOfOthers(
  client: Client,
  call: Call,
  { repository }: { readonly repository: string },
): Promise<boolean> {
  const at = { ...split(repository), per_page: 100 };
  try {
    // Fresh, not shared: it is the last look before the deletion.
    const { open_issues_count, created_at } = await send(
      client,
      call,
      "GET /repos/{owner}/{repo}",
      split(repository),
    );
    if (open_issues_count > 0) return true;
    const found = await issues(client, call, at);
    if (isPart(found) || !found.every(isOwnIssue)) return true;
    const branches = await send(client, call, "GET /repos/{owner}/{repo}/branches", at);
    if (branches.length > 1) return true;
    if (branches.length === 0) return false;
    const commits = await send(client, call, "GET /repos/{owner}/{repo}/commits", at);
    const own = (one: CommitData) => isOwnCommit(one) || isFirst(one, created_at);
    return isPart(commits) || !commits.every(own);
  } catch (error) {
    const status = statusOf(error);
    // 409: it is empty. 404: it is gone.
    if (status === 409 || status === 404) return false;
    throw error;
  }
}

/** There may be more of it than was looked at. */
function isPart(page: readonly unknown[]): boolean {
  return page.length === 100;
}

type IssueData = Data<"GET /repos/{owner}/{repo}/issues">[number];
type CommitData = Data<"GET /repos/{owner}/{repo}/commits">[number];

/** Pull requests as well; the closed ones would be gone, too. */
async function issues(
  client: Client,
  call: Call,
  at: Repo & { readonly per_page: number },
): Promise<readonly IssueData[]> {
  try {
    return await send(client, call, "GET /repos/{owner}/{repo}/issues", { ...at, state: "all" });
  } catch (error) {
    // They are switched off.
    if (statusOf(error) === 410) return [];
    throw error;
  }
}

/** One that an undo has closed, and of which nobody has said anything. */
function isOwnIssue({ body, comments, pull_request }: IssueData): boolean {
  return pull_request === undefined && comments === 0 && isRolledBack(body);
}

function isOwnCommit({ commit }: CommitData): boolean {
  return commit.message.includes(`\n${trailer} `);
}

/** In ms; GitHub makes the first commit while it makes the repository. */
const atOnce = 10_000;

/** GitHub's own: people call their first commit the same. */
function isFirst({ commit }: CommitData, created: string): boolean {
  if (commit.message !== "Initial commit") return false;
  return Math.abs(Date.parse(commit.committer?.date ?? "") - Date.parse(created)) <= atOnce;
}
