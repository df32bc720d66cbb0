import { createHash } from "node:crypto";
import type { Branch, Commit, Repository } from "./state.ts";

/** Git's name of a content; `base64` without line breaks. */
export function blobSha(base64: string): string {
  const content = Buffer.from(base64, "base64");
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

export function putBlob(repository: Repository, base64: string): string {
  const sha = blobSha(base64);
  repository.blobs[sha] = base64;
  return sha;
}

/** Puts a commit on a branch, which begins with it if it is not there; `null` removes a file. */
export function addCommit(
  repository: Repository,
  branch: string,
  author: string,
  at: string,
  message: string,
  files: Readonly<Record<string, string | null>>,
): Commit {
  const known = repository.branches[branch];
  const target: Branch = known ?? { files: {}, commits: [] };
  for (const [path, sha] of Object.entries(files)) {
    if (sha === null) delete target.files[path];
    else target.files[path] = sha;
  }
  const identity = [target.commits[0]?.sha, branch, author, at, message, target.files];
  const sha = createHash("sha1").update(JSON.stringify(identity)).digest("hex");
  const commit = { sha, message, author, at };
  target.commits.unshift(commit);
  repository.branches[branch] = target;
  return commit;
}

export function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}
