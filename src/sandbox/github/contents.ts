import * as z from "zod";
import { once } from "../../core/once.ts";
import { parseBody } from "./body.ts";
import { type Exchange, type Operation, ok, timeOf } from "./exchange.ts";
import { addCommit, putBlob } from "./git.ts";
import { invalid, malformed, notFound, Refusal } from "./refusal.ts";
import { repositoryUrl, webUrl } from "./repository-view.ts";
import type { Branch, Commit } from "./state.ts";
import { json, nodeId, type ReplyOf } from "./views.ts";

const person = once(() =>
  z.strictObject({ name: z.string(), email: z.string(), date: z.string().optional() }),
);
const common = once(() => ({
  message: z.string(),
  branch: z.string().optional(),
  committer: person().optional(),
  author: person().optional(),
}));
const putBody = once(() =>
  z.strictObject({ ...common(), content: z.string(), sha: z.string().optional() }),
);
const deleteBody = once(() => z.strictObject({ ...common(), sha: z.string() }));
/** Larger contents are not part of the reply. */
const inlineLimit = 1024 * 1024;

function pathOf({ path }: Exchange): string {
  const wanted = path.path ?? "";
  if (wanted.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw malformed("path contains a malformed path component");
  }
  return wanted;
}

function branchOf({ repository }: Exchange, name: string | null | undefined): Branch | undefined {
  const wanted = name ?? repository.settings.default_branch;
  return Object.hasOwn(repository.branches, wanted) ? repository.branches[wanted] : undefined;
}

function entry(exchange: Exchange, path: string, sha: string, ref: string) {
  const { repository } = exchange;
  const url = `${repositoryUrl(exchange, repository)}/contents/${path}?ref=${ref}`;
  const html = webUrl(repository);
  const git = `${repositoryUrl(exchange, repository)}/git/blobs/${sha}`;
  const size = Buffer.from(repository.blobs[sha] ?? "", "base64").length;
  return {
    type: "file" as const,
    name: path.split("/").at(-1)!,
    path,
    sha,
    size,
    url,
    html_url: `${html}/blob/${ref}/${path}`,
    git_url: git,
    download_url: `${html}/raw/${ref}/${path}`,
    _links: { self: url, git, html: `${html}/blob/${ref}/${path}` },
  };
}

function get(exchange: Exchange) {
  const { repository, request } = exchange;
  const ref = request.query.get("ref") ?? repository.settings.default_branch;
  if (Object.keys(repository.branches).length === 0)
    throw new Refusal(404, "This repository is empty.");
  const branch = branchOf(exchange, ref);
  if (!branch) throw new Refusal(404, `No commit found for the ref ${ref}`);
  const path = pathOf(exchange);
  const sha = Object.hasOwn(branch.files, path) ? branch.files[path] : undefined;
  if (sha === undefined) {
    const inside = Object.keys(branch.files).filter((name) => name.startsWith(`${path}/`));
    if (inside.length === 0) throw notFound();
    return ok(json(inside.map((name) => entry(exchange, name, branch.files[name]!, ref))));
  }
  const content = repository.blobs[sha] ?? "";
  const file = entry(exchange, path, sha, ref);
  const small = file.size <= inlineLimit;
  const reply: ReplyOf<"GET /repos/{owner}/{repo}/contents/{path}"> = {
    ...file,
    content: small ? content.replace(/.{60}/g, "$&\n") : "",
    encoding: small ? "base64" : "none",
  };
  return ok(json(reply));
}

function commitView(exchange: Exchange, commit: Commit) {
  const { repository } = exchange;
  const api = repositoryUrl(exchange, repository);
  const who = { name: commit.author, email: `${commit.author}@example.com`, date: commit.at };
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", repository.id),
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${webUrl(repository)}/commit/${commit.sha}`,
    author: who,
    committer: who,
    message: commit.message,
    tree: { sha: commit.sha, url: `${api}/git/trees/${commit.sha}` },
    parents: [],
  };
}

/** The branch to commit to. The first commit of an empty repository makes its default branch. */
function targetOf(exchange: Exchange, name: string | undefined): string {
  const { repository } = exchange;
  const branch = name ?? repository.settings.default_branch;
  const empty = Object.keys(repository.branches).length === 0;
  if (!empty && !branchOf(exchange, branch)) throw new Refusal(404, `Branch ${branch} not found`);
  return branch;
}

function put(exchange: Exchange) {
  const { repository, token, context, request } = exchange;
  const { message, content, sha, branch: named, committer } = parseBody(putBody, request.body);
  const path = pathOf(exchange);
  const base64 = content.replace(/\s/g, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
    throw new Refusal(422, "content is not valid Base64");
  }
  const branch = targetOf(exchange, named);
  const files = branchOf(exchange, branch)?.files ?? {};
  const now = Object.hasOwn(files, path) ? files[path] : undefined;
  if (now !== undefined && sha === undefined) throw malformed('"sha" wasn\'t supplied.');
  if (sha !== undefined && sha !== now) throw new Refusal(409, `${path} does not match ${sha}`);
  if (
    Object.keys(files).some((name) => name.startsWith(`${path}/`) || path.startsWith(`${name}/`))
  ) {
    throw invalid({ resource: "Commit", field: "path", code: "invalid" });
  }
  const blob = putBlob(repository, base64);
  const at = committer?.date ?? timeOf(context);
  const commit = addCommit(repository, branch, token.login, at, message, { [path]: blob });
  const body = {
    content: entry(exchange, path, blob, branch),
    commit: commitView(exchange, commit),
  };
  const reply = body satisfies ReplyOf<"PUT /repos/{owner}/{repo}/contents/{path}">;
  return { status: now === undefined ? 201 : 200, body: json(reply) };
}

function remove(exchange: Exchange) {
  const { repository, token, context, request } = exchange;
  const { message, sha, branch: named } = parseBody(deleteBody, request.body);
  const path = pathOf(exchange);
  const branch = targetOf(exchange, named);
  const files = branchOf(exchange, branch)?.files ?? {};
  if (!Object.hasOwn(files, path)) throw notFound();
  if (files[path] !== sha) throw new Refusal(409, `${path} does not match ${sha}`);
  const commit = addCommit(repository, branch, token.login, timeOf(context), message, {
    [path]: null,
  });
  return ok(json({ content: null, commit: commitView(exchange, commit) }));
}

function blob(exchange: Exchange) {
  const { repository, path } = exchange;
  const sha = path.file_sha!;
  const content = Object.hasOwn(repository.blobs, sha) ? repository.blobs[sha] : undefined;
  if (content === undefined) throw notFound();
  const reply: ReplyOf<"GET /repos/{owner}/{repo}/git/blobs/{file_sha}"> = {
    sha,
    node_id: nodeId("Blob", repository.id),
    size: Buffer.from(content, "base64").length,
    url: `${repositoryUrl(exchange, repository)}/git/blobs/${sha}`,
    content: content.replace(/.{60}/g, "$&\n"),
    encoding: "base64",
  };
  return ok(json(reply));
}

const template = "/repos/{owner}/{repo}/contents/{path}";

export const contentOperations: readonly Operation[] = [
  { method: "GET", template, permission: "contents=read", role: "read", handle: get },
  { method: "PUT", template, permission: "contents=write", role: "write", handle: put },
  { method: "DELETE", template, permission: "contents=write", role: "write", handle: remove },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/git/blobs/{file_sha}",
    permission: "contents=read",
    role: "read",
    handle: blob,
  },
];
