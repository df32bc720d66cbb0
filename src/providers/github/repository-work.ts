import type { Call } from "../../core/provider.ts";
import type { Client } from "./client.ts";
import { trailer } from "./file.ts";
import { split } from "./inputs.ts";
import { send, statusOf } from "./request.ts";

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
    const { open_issues_count } = await send(
      client,
      call,
      "GET /repos/{owner}/{repo}",
      split(repository),
    );
    if (open_issues_count > 0) return true;
    const branches = await send(client, call, "GET /repos/{owner}/{repo}/branches", at);
    if (branches.length > 1) return true;
    if (branches.length === 0) return false;
    const commits = await send(client, call, "GET /repos/{owner}/{repo}/commits", at);
    return commits.length === 100 || !commits.every(({ commit }) => ownCommit(commit.message));
  } catch (error) {
    const status = statusOf(error);
    // 409: it is empty. 404: it is gone.
    if (status === 409 || status === 404) return false;
    throw error;
  }
}

function ownCommit(message: string): boolean {
  return message === "Initial commit" || message.includes(`\n${trailer} `);
}
