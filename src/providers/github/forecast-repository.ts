import type { Answer, Asked, Stage } from "../../core/forecast.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";

/** What GitHub gives a repository that is told nothing else. */
const defaults = {
  ...{ description: null, homepage: null, default_branch: "main", topics: [] },
  ...{ has_issues: true, has_projects: true, has_wiki: true, is_template: false, archived: false },
  ...{ allow_squash_merge: true, allow_merge_commit: true, allow_rebase_merge: true },
  ...{ allow_auto_merge: false, allow_update_branch: false, delete_branch_on_merge: false },
  squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
  squash_merge_commit_message: "COMMIT_MESSAGES",
  merge_commit_title: "MERGE_MESSAGE",
  merge_commit_message: "PR_TITLE",
  web_commit_signoff_required: false,
};

const labels: readonly (readonly [string, string, string])[] = [
  ["bug", "d73a4a", "Something isn't working"],
  ["documentation", "0075ca", "Improvements or additions to documentation"],
  ["duplicate", "cfd3d7", "This issue or pull request already exists"],
  ["enhancement", "a2eeef", "New feature or request"],
  ["good first issue", "7057ff", "Good for newcomers"],
  ["help wanted", "008672", "Extra attention is needed"],
  ["invalid", "e4e669", "This doesn't seem right"],
  ["question", "d876e3", "Further information is requested"],
  ["wontfix", "ffffff", "This will not be worked on"],
];

export function newRepository(stage: Stage, body: JsonObject, owner: string): JsonObject {
  const { name = "", auto_init: _, ...settings } = body;
  const hidden = settings.private === true;
  const full_name = `${owner}/${String(name)}`;
  const html_url = `https://github.com/${full_name}`;
  return {
    ...{ id: stage.number("id"), name, full_name, owner: { login: owner }, html_url },
    ...{ clone_url: `${html_url}.git`, ssh_url: `git@github.com:${full_name}.git` },
    ...{ ...defaults, visibility: hidden ? "private" : "public", ...settings },
  };
}

/** Answers a read in a repository that is yet to be made; `undefined`: it is not in one. */
export function inNewRepository(asked: Asked, stage: Stage): Answer | undefined {
  const [root, owner = "", repo = ""] = asked.path.split("/").slice(1);
  if (root !== "repos") return undefined;
  const full = decodeURIComponent(`${owner}/${repo}`).toLowerCase();
  const creations = stage.past.filter(
    ({ asked: { operation }, answer: { body } }) =>
      /^(POST \/user\/repos|POST \/orgs\/\{org\}\/repos)$/.test(operation.name) &&
      isObject(body) &&
      String(body.full_name).toLowerCase() === full,
  );
  const repository = creations.at(-1)?.answer.body;
  if (repository === undefined) return undefined;
  const name = asked.operation.name.replace("GET /repos/{owner}/{repo}", "");
  if (name === "") return { status: 200, body: repository };
  const key = `/${name.split("/").at(-1) ?? ""}`;
  if (key === "/public-key") return { status: 200, body: someKey(stage) };
  const list = Object.hasOwn(lists, key) ? lists[key] : undefined;
  if (list !== undefined) return { status: 200, body: list(stage) };
  return { status: 404, body: { message: "Not Found" } };
}

/** Any point of the curve will do: what is sealed with it is never sent. */
export function someKey(stage: Stage): JsonObject {
  return { key: `CQ${"A".repeat(41)}=`, key_id: stage.text("keyId", (digits) => digits) };
}

const lists: Readonly<Record<string, (stage: Stage) => Json>> = {
  "/labels": (stage) => {
    const given = labels.map(([name, color, description]) => ({
      ...{ id: stage.number(`label ${name}`), name, color, description },
    }));
    const made = stage.past.filter(({ asked }) => asked.operation.name.startsWith("POST /repos/"));
    const more = made.filter(({ asked }) => asked.operation.name.endsWith("/labels"));
    return [...given, ...more.map(({ answer }) => answer.body as Json)];
  },
  "/milestones": () => [],
  "/hooks": () => [],
  "/issues": () => [],
  "/branches": () => [],
  "/commits": () => [],
  "/variables": () => ({ total_count: 0, variables: [] }),
  "/secrets": () => ({ total_count: 0, secrets: [] }),
  "/environments": () => ({ total_count: 0, environments: [] }),
};
