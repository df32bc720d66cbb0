import { sha1 } from "@noble/hashes/legacy.js";
import * as z from "zod";
import { fail } from "../../core/failure.ts";
import { once } from "../../core/once.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Residue } from "../../core/step.ts";
import type { Client } from "./client.ts";
import { compare } from "./compare.ts";
import { elsewhere, nameIn, place, scope, split } from "./inputs.ts";
import { find, send } from "./request.ts";
import { gone } from "./shared.ts";

const input = once(() =>
  z.strictObject({
    ...place(),
    path: z
      .string()
      .min(1)
      .refine(
        (path) => path.split("/").every((part) => part !== "" && part !== "." && part !== ".."),
        {
          message: "must be a path inside the repository, like docs/setup.md",
        },
      )
      .describe("Path in the repository: docs/setup.md."),
    content: z.string().describe("What the file holds."),
    encoding: z
      .enum(["utf-8", "base64"])
      .optional()
      .describe("base64: the content is given in base64, for files that are not text."),
    branch: z.string().min(1).optional().describe("Left out: the default branch."),
    message: z
      .string()
      .min(1)
      .optional()
      .describe("The commit's message; testx names its step below it."),
  }),
);
type Input = z.infer<ReturnType<typeof input>>;

export type FileState = {
  repository: string;
  path: string;
  /** null: the default branch. */
  branch: string | null;
  /** Git's name of the content: SHA-1 of the blob. */
  sha: string;
  url: string;
};

export const file: ResourceKind<Input, FileState, Client> = {
  kind: "github.file",
  input: lazySchema(input, "github.file"),
  secrets: [],
  title: (input) => `file ${input.path}${elsewhere(input)}`,
  identity: ["repository", "path", "branch"],
  fields: ["repository", "path", "branch", "sha", "url"],
  key: (input) => `${scope(input)}file ${input.branch ?? ""}:${input.path}`,
  scopes: ["contents=write"],

  async read(client, input, call) {
    const repository = nameIn(client, input);
    const { path, branch } = input;
    const found = await find(client, call, "GET /repos/{owner}/{repo}/contents/{path}", {
      ...split(repository),
      path,
      ...(branch === undefined ? {} : { ref: branch }),
    });
    if (found === undefined) return undefined;
    if (Array.isArray(found) || found.type !== "file") {
      const type = Array.isArray(found) ? "directory" : found.type;
      fail("GITHUB_NOT_A_FILE", `${path} in ${repository} is a ${type}, not a file.`);
    }
    return stateOf(client, { repository, path, branch: branch ?? null, sha: found.sha });
  },

  changes: (input, now) => compare(now, { sha: blobSha(bytesOf(input)) }),

  async apply(client, input, now, call) {
    if (now?.sha === blobSha(bytesOf(input))) return now;
    const place = {
      repository: nameIn(client, input),
      path: input.path,
      branch: input.branch ?? null,
    };
    const message = input.message ?? `${now ? "Update" : "Add"} ${input.path}`;
    const content = Buffer.from(bytesOf(input)).toString("base64");
    return put(client, call, place, now?.sha, content, message);
  },

  async undo(client, target, now, call) {
    if (target === undefined) {
      await gone(
        send(client, call, "DELETE /repos/{owner}/{repo}/contents/{path}", {
          ...at(now),
          sha: now.sha,
          message: signed(`Remove ${now.path}`, call),
        }),
      );
      return [];
    }
    const earlier = await find(client, call, "GET /repos/{owner}/{repo}/git/blobs/{file_sha}", {
      ...split(now.repository),
      file_sha: target.sha,
    });
    if (earlier === undefined) return [contentLost(target)];
    const content = earlier.content.replace(/\s/g, "");
    await put(client, call, now, now.sha, content, `Restore ${now.path}`);
    return [];
  },
};

/** `sha`: the version that is replaced; without it GitHub refuses to replace anything. */
async function put(
  client: Client,
  call: Call,
  place: Omit<FileState, "sha" | "url">,
  sha: string | undefined,
  content: string,
  message: string,
): Promise<FileState> {
  const written = await send(client, call, "PUT /repos/{owner}/{repo}/contents/{path}", {
    ...at(place),
    message: signed(message, call),
    content,
    ...(sha === undefined ? {} : { sha }),
  });
  const { repository, path, branch } = place;
  const now = written.content?.sha ?? blobSha(Buffer.from(content, "base64"));
  return stateOf(client, { repository, path, branch, sha: now });
}

function at({ repository, path, branch }: Omit<FileState, "sha" | "url">) {
  return { ...split(repository), path, ...(branch === null ? {} : { branch }) };
}

/** The trailer by which commits of testx are told from those of people. */
export const trailer = "Testx-Step:";

function signed(message: string, call: Call): string {
  return `${message.trimEnd()}\n\n${trailer} ${call.step}`;
}

function contentLost(target: FileState): Residue {
  return {
    what: `the earlier content of ${target.path} in ${target.repository}`,
    why: `GitHub does not have it any more (blob ${target.sha})`,
    fix: "Restore the file by hand.",
    url: target.url,
  };
}

function bytesOf({ content, encoding }: Input): Uint8Array {
  return encoding === "base64" ? Buffer.from(content, "base64") : new TextEncoder().encode(content);
}

/** Git's object name of a file: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
export function blobSha(content: Uint8Array): string {
  const head = new TextEncoder().encode(`blob ${content.length}\0`);
  return Buffer.from(sha1.create().update(head).update(content).digest()).toString("hex");
}

function stateOf(client: Client, place: Omit<FileState, "url">): FileState {
  const path = place.path.split("/").map(encodeURIComponent).join("/");
  const branch = encodeURIComponent(place.branch ?? "HEAD");
  return { ...place, url: `${client.web}/${place.repository}/blob/${branch}/${path}` };
}
