import { fail } from "../../core/failure.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change, Residue } from "../../core/step.ts";
import type { Client } from "./client.ts";
import { compare, differences, withChanges } from "./compare.ts";
import { nameIn, sameName, scope, split } from "./inputs.ts";
import {
  bodyOf,
  type RepositoryInput,
  type RepositorySettings,
  repositoryInput,
  settingNames,
  settingsOf,
  wantedSettings,
} from "./repository-settings.ts";
import { hasWorkOfOthers } from "./repository-work.ts";
import { type Parameters, send, statusOf } from "./request.ts";
import { gone, isLooking, login, type RepositoryData, repositoryData } from "./shared.ts";

export type RepositoryState = RepositorySettings & {
  /** `acme/app` */
  repository: string;
  id: number;
  owner: string;
  name: string;
  topics: string[];
  url: string;
  cloneUrl: string;
  sshUrl: string;
};

export const repository: ResourceKind<RepositoryInput, RepositoryState, Client> = {
  kind: "github.repository",
  input: lazySchema(repositoryInput, "github.repository"),
  secrets: [],
  title: (input) =>
    input.repository === undefined ? "the repository" : `repository ${input.repository}`,
  identity: ["repository", "create"],
  fields: [
    "repository",
    "id",
    "url",
    "owner",
    "name",
    "topics",
    "cloneUrl",
    "sshUrl",
    ...settingNames,
  ],
  key: (input) => `${scope(input)}repository`,
  scopes: ["administration=write"],

  async read(client, input, call) {
    const name = nameIn(client, input);
    const found = await repositoryData(client, call, name);
    if (found) return stateOf(found);
    if (isLooking(call) && !mayCreate(client, input)) missing(name);
    return undefined;
  },

  changes,

  async apply(client, input, now, call) {
    const before = now ?? (await create(client, call, input));
    return set(client, call, before, withChanges(before, changes(input, before)));
  },

  async ours(client, now, call) {
    const me = await login(client, call);
    return me === undefined || !(await hasWorkOfOthers(client, call, now));
  },

  holds: ({ repository }, other) => sameName(String(other.repository), repository),

  async undo(client, target, now, call) {
    if (target) {
      await gone(set(client, call, now, target));
      return [];
    }
    return remove(client, call, now);
  },
};

function changes(input: RepositoryInput, now: RepositoryState): Change[] {
  return compare(now, {
    ...wantedSettings(input),
    topics: input.topics && sorted(input.topics),
  });
}

function mayCreate(client: Client, input: RepositoryInput): boolean {
  return input.create ?? client.mayCreate;
}

async function create(
  client: Client,
  call: Call,
  input: RepositoryInput,
): Promise<RepositoryState> {
  const full = nameIn(client, input);
  if (!mayCreate(client, input)) missing(full);
  const { owner, repo: name } = split(full);
  const { description, homepage, visibility = "private", autoInit = true } = input;
  const common = {
    name,
    auto_init: autoInit,
    private: visibility !== "public",
    ...(description === undefined ? {} : { description }),
    ...(homepage === undefined ? {} : { homepage }),
  };
  const me = await login(client, call);
  if (me !== undefined && sameName(me, owner)) {
    return stateOf((await send(client, call, "POST /user/repos", common)) as RepositoryData);
  }
  const body = {
    org: owner,
    ...common,
    ...(visibility === "internal" ? { visibility } : {}),
  } as unknown as Parameters<"POST /orgs/{org}/repos">;
  return stateOf((await send(client, call, "POST /orgs/{org}/repos", body)) as RepositoryData);
}

async function set(
  client: Client,
  call: Call,
  now: RepositoryState,
  target: RepositoryState,
): Promise<RepositoryState> {
  const { topics, ...settings } = differences(now, target);
  const body = bodyOf(settings);
  let state = now;
  if (Object.keys(body).length > 0) {
    const changed = await send(client, call, "PATCH /repos/{owner}/{repo}", {
      ...split(now.repository),
      ...body,
    });
    state = { ...stateOf(changed as RepositoryData), topics: now.topics };
  }
  if (topics !== undefined) {
    const at = { ...split(now.repository), names: topics };
    const { names } = await send(client, call, "PUT /repos/{owner}/{repo}/topics", at);
    state = { ...state, topics: sorted(names) };
  }
  return state;
}

async function remove(client: Client, call: Call, now: RepositoryState): Promise<Residue[]> {
  const left = (why: string): Residue[] => [
    {
      what: `repository ${now.repository}`,
      why,
      fix: `Delete it at the end of ${now.url}/settings if nobody needs it.`,
      url: now.url,
      again: true,
    },
  ];
  if (await hasWorkOfOthers(client, call, now))
    return left("somebody has worked in it since testx created it");
  try {
    await gone(send(client, call, "DELETE /repos/{owner}/{repo}", split(now.repository)));
    return [];
  } catch (error) {
    if (statusOf(error) !== 403) throw error;
    return left(
      "the token may not delete repositories (scope delete_repo, or administration=write)",
    );
  }
}

function missing(name: string): never {
  return fail(
    "GITHUB_REPOSITORY_NOT_FOUND",
    `GitHub shows no repository ${name} to this token, and the step is not told to create it.`,
    { status: 404, details: { repository: name } },
  );
}

function sorted(topics: readonly string[]): string[] {
  return [...new Set(topics)].sort();
}

function stateOf(data: RepositoryData): RepositoryState {
  return {
    repository: data.full_name,
    id: Number(data.id),
    owner: data.owner.login,
    name: data.name,
    ...settingsOf(data),
    topics: sorted(data.topics ?? []),
    url: data.html_url,
    cloneUrl: data.clone_url,
    sshUrl: data.ssh_url,
  };
}
