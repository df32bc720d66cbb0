import * as z from "zod";
import type { Json } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { place } from "./inputs.ts";
import type { RepositoryData } from "./shared.ts";

/** Fields of the input and the state, with the API's own names for them. */
export const apiNames = {
  description: "description",
  homepage: "homepage",
  visibility: "visibility",
  defaultBranch: "default_branch",
  hasIssues: "has_issues",
  hasProjects: "has_projects",
  hasWiki: "has_wiki",
  isTemplate: "is_template",
  allowSquashMerge: "allow_squash_merge",
  allowMergeCommit: "allow_merge_commit",
  allowRebaseMerge: "allow_rebase_merge",
  allowAutoMerge: "allow_auto_merge",
  allowUpdateBranch: "allow_update_branch",
  deleteBranchOnMerge: "delete_branch_on_merge",
  squashMergeCommitTitle: "squash_merge_commit_title",
  squashMergeCommitMessage: "squash_merge_commit_message",
  mergeCommitTitle: "merge_commit_title",
  mergeCommitMessage: "merge_commit_message",
  webCommitSignoffRequired: "web_commit_signoff_required",
} as const;
type Setting = keyof typeof apiNames;
export const settingNames = Object.keys(apiNames) as Setting[];

const flag = (about: string) => z.boolean().optional().describe(about);

export const repositoryInput = once(() =>
  z.strictObject({
    ...place(),
    create: flag("Create the repository when it is not there."),
    autoInit: flag("Begin a new repository with a README. True when left out."),
    description: z.string().max(350).optional().describe("One line about it; empty: none."),
    homepage: z.string().max(255).optional().describe("URL of its web site; empty: none."),
    visibility: z
      .enum(["public", "private", "internal"])
      .optional()
      .describe("Left out: as it is; a new one is private."),
    topics: z
      .array(
        z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, "must be lower-case letters, digits and -"),
      )
      .max(20)
      .optional()
      .describe("Exactly these."),
    defaultBranch: z.string().min(1).optional().describe("A branch that exists."),
    hasIssues: flag("Issues can be written."),
    hasProjects: flag("Projects can be linked."),
    hasWiki: flag("It has a wiki."),
    isTemplate: flag("Others can be made from it."),
    allowSquashMerge: flag("Pull requests can be squashed."),
    allowMergeCommit: flag("Pull requests can be merged with a merge commit."),
    allowRebaseMerge: flag("Pull requests can be rebased."),
    allowAutoMerge: flag("Pull requests can merge themselves when their checks pass."),
    allowUpdateBranch: flag("Pull requests offer to be updated from their base."),
    deleteBranchOnMerge: flag("A branch is deleted when its pull request is merged."),
    squashMergeCommitTitle: z
      .enum(["PR_TITLE", "COMMIT_OR_PR_TITLE"])
      .optional()
      .describe("What a squashed commit is titled by."),
    squashMergeCommitMessage: z
      .enum(["PR_BODY", "COMMIT_MESSAGES", "BLANK"])
      .optional()
      .describe("What a squashed commit says below its title."),
    mergeCommitTitle: z
      .enum(["PR_TITLE", "MERGE_MESSAGE"])
      .optional()
      .describe("What a merge commit is titled by."),
    mergeCommitMessage: z
      .enum(["PR_BODY", "PR_TITLE", "BLANK"])
      .optional()
      .describe("What a merge commit says below its title."),
    webCommitSignoffRequired: flag("Commits made on the web must be signed off."),
  }),
);
export type RepositoryInput = z.infer<ReturnType<typeof repositoryInput>>;

/** Settings that GitHub shows to this token only; merge options need push access. */
export type RepositorySettings = { [field in Setting]?: string | boolean };

export function settingsOf(data: RepositoryData): RepositorySettings {
  const source = data as unknown as Record<string, string | boolean | null | undefined>;
  const found: RepositorySettings = {};
  for (const [field, name] of Object.entries(apiNames)) {
    const value = source[name];
    if (field === "description" || field === "homepage") found[field] = String(value ?? "");
    else if (value !== undefined && value !== null) found[field as Setting] = value;
  }
  if (found.visibility === undefined) found.visibility = data.private ? "private" : "public";
  return found;
}

/** The wanted settings among an input's or a state's fields. */
export function wantedSettings(
  from: Readonly<Record<string, unknown>>,
): Record<string, Json | undefined> {
  return Object.fromEntries(
    Object.keys(apiNames).map((field) => [field, from[field] as Json | undefined]),
  );
}

/** Settings as a request's body. */
export function bodyOf(settings: Readonly<Record<string, unknown>>): Record<string, Json> {
  const body: Record<string, Json> = {};
  for (const [field, name] of Object.entries(apiNames)) {
    const value = settings[field];
    if (value !== undefined) body[name] = value as Json;
  }
  return body;
}
