import * as z from "zod";
import { fail } from "../../core/failure.ts";
import { equal } from "../../core/json.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import type { Change, Residue } from "../../core/step.ts";
import type { Client } from "./client.ts";
import { compare, differences, withChanges } from "./compare.ts";
import { elsewhere, nameIn, once, place, sameName, scope, split } from "./inputs.ts";
import { bodyOf, type Marker, markerOf, plain, textOf } from "./issue-marker.ts";
import { type Data, list, send, statusOf } from "./request.ts";
import { gone, labels, login, sharedList } from "./shared.ts";

const input = once(() =>
  z.strictObject({
    ...place,
    title: z.string().min(1).max(256),
    body: z
      .string()
      .max(65_000)
      .optional()
      .describe("Markdown. testx adds an invisible comment to find it again."),
    labels: z
      .array(z.string().min(1))
      .optional()
      .describe("Names of labels that exist: exactly these."),
    assignees: z.array(z.string().min(1)).max(10).optional().describe("Logins: exactly these."),
    milestone: z
      .int()
      .positive()
      .optional()
      .describe("A milestone's number: ${github.NAME.number}."),
    state: z
      .enum(["open", "closed"])
      .optional()
      .describe("Left out: a new issue is open, and whoever closes it is not overruled."),
  }),
);
type Input = z.infer<ReturnType<typeof input>>;

export type IssueState = {
  repository: string;
  id: number;
  number: number;
  title: string;
  /** Without testx's marker. */
  body: string;
  marker: Marker;
  /** Sorted. */
  labels: string[];
  /** Sorted. */
  assignees: string[];
  milestone: number | null;
  state: "open" | "closed";
  url: string;
};

export const issue: ResourceKind<Input, IssueState, Client> = {
  kind: "github.issue",
  get input() {
    return input();
  },
  title: (input) => `issue ${input.title}${elsewhere(input)}`,
  identity: ["repository"],
  key: (input) => `${scope(input)}issue ${input.title}`,
  scopes: ["issues=write"],

  async read(client, input, call) {
    const repository = nameIn(client, input);
    const found =
      (await byNumber(client, call, repository)) ?? (await byMarker(client, call, repository));
    return found && stateOf(client, repository, found, call.step);
  },

  changes,

  async apply(client, input, now, call) {
    const repository = nameIn(client, input);
    if (now) return set(client, call, now, withChanges(now, changes(input, now)));
    await labelsExist(client, call, repository, input.labels ?? []);
    const { title, milestone } = input;
    const made = await send(client, call, "POST /repos/{owner}/{repo}/issues", {
      ...split(repository),
      title,
      body: bodyOf(input.body ?? "", call.step, "ours"),
      ...(input.labels === undefined ? {} : { labels: sorted(input.labels) }),
      ...(input.assignees === undefined ? {} : { assignees: sorted(input.assignees) }),
      ...(milestone === undefined ? {} : { milestone }),
    });
    const state = stateOf(client, repository, made, call.step);
    return input.state === "closed"
      ? set(client, call, state, { ...state, state: "closed" })
      : state;
  },

  async undo(client, target, now, call) {
    if (target) {
      await gone(set(client, call, now, target));
      return [];
    }
    let left = true;
    if (now.state !== "closed" || now.marker !== "rolled-back") {
      left = await closed(client, call, now);
    }
    return left ? [stays(now)] : [];
  },
};

function changes(input: Input, now: IssueState): Change[] {
  // One that an undo has closed is opened again; one that a person has closed stays closed.
  const state = input.state ?? (now.marker === "rolled-back" ? "open" : undefined);
  return compare(now, {
    title: input.title,
    body: input.body === undefined ? undefined : plain(input.body),
    marker: "ours",
    labels: wanted(input.labels, now.labels),
    assignees: wanted(input.assignees, now.assignees),
    milestone: input.milestone,
    state,
  });
}

/** By the receipt's number. Moved, deleted or in another repository: as if there were no receipt. */
async function byNumber(
  client: Client,
  call: Call,
  repository: string,
): Promise<IssueData | undefined> {
  const receipt = call.receipt as IssueState | undefined;
  if (!receipt || !sameName(receipt.repository, repository)) return undefined;
  try {
    const at = { ...split(repository), issue_number: receipt.number };
    return await send(client, call, "GET /repos/{owner}/{repo}/issues/{issue_number}", at);
  } catch (error) {
    if (elsewhereNow.has(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

const elsewhereNow: ReadonlySet<number> = new Set([301, 404, 410]);

/** Anybody may write an issue with our marker in it, so that only those made by the token's account count. */
async function byMarker(
  client: Client,
  call: Call,
  repository: string,
): Promise<IssueData | undefined> {
  const creator = await login(client, call);
  const all = await sharedList(client, call, { repository, what: "issues" }, () =>
    list(
      client,
      call,
      "GET /repos/{owner}/{repo}/issues",
      {
        ...split(repository),
        state: "all",
        per_page: 100,
        ...(creator === undefined ? {} : { creator }),
      },
      (data) => data,
    ),
  );
  return all
    .filter((item) => !item.pull_request && markerOf(item.body, call.step) !== "missing")
    .filter(({ user }) => (creator ? sameName(user?.login ?? "", creator) : user?.type === "Bot"))
    .sort((a, b) => a.number - b.number)[0];
}

async function set(
  client: Client,
  call: Call,
  now: IssueState,
  target: IssueState,
): Promise<IssueState> {
  if (equal(now, target)) return now;
  const {
    title,
    body,
    marker,
    labels: names,
    assignees,
    milestone,
    state,
  } = differences(now, target);
  if (names !== undefined) await labelsExist(client, call, now.repository, names);
  const text = body !== undefined || marker !== undefined;
  const changed = await send(client, call, "PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
    ...split(now.repository),
    issue_number: now.number,
    ...(title === undefined ? {} : { title }),
    ...(text ? { body: bodyOf(target.body, call.step, target.marker) } : {}),
    ...(names === undefined ? {} : { labels: names }),
    ...(assignees === undefined ? {} : { assignees }),
    ...(milestone === undefined ? {} : { milestone }),
    ...(state === undefined ? {} : { state }),
  });
  return stateOf(client, now.repository, changed, call.step);
}

/** False: it is gone altogether. */
async function closed(client: Client, call: Call, now: IssueState): Promise<boolean> {
  try {
    await send(client, call, "PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
      ...split(now.repository),
      issue_number: now.number,
      state: "closed",
      state_reason: "not_planned",
      body: bodyOf(now.body, call.step, "rolled-back"),
    });
    return true;
  } catch (error) {
    if (elsewhereNow.has(statusOf(error) ?? 0)) return false;
    throw error;
  }
}

/** GitHub makes labels that an issue names and that are not there; no undo would know of them. */
async function labelsExist(
  client: Client,
  call: Call,
  repository: string,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  const there = await labels(client, call, repository);
  const missing = names.filter((name) => !there.some((label) => sameName(label.name, name)));
  if (missing.length === 0) return;
  fail(
    "GITHUB_LABEL_MISSING",
    `The issue is to have labels that ${repository} does not have: ${missing.join(", ")}.`,
    { details: { repository, labels: missing } },
  );
}

function stays(now: IssueState): Residue {
  return {
    what: `issue #${now.number} in ${now.repository}, closed`,
    why: "issues cannot be deleted through GitHub's REST API",
    fix: "Delete it on its page: administrators of the repository can.",
    url: now.url,
  };
}

/** GitHub compares logins and labels without regard to case. */
function wanted(
  names: readonly string[] | undefined,
  now: readonly string[],
): string[] | undefined {
  if (names === undefined) return undefined;
  const list = sorted(names);
  const same =
    list.length === now.length && list.every((name, at) => sameName(name, now[at] ?? ""));
  return same ? [...now] : list;
}

function sorted(names: readonly string[]): string[] {
  const byKey = new Map(names.map((name) => [name.toLowerCase(), name]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, name]) => name);
}

type IssueData =
  | Data<"GET /repos/{owner}/{repo}/issues/{issue_number}">
  | Data<"GET /repos/{owner}/{repo}/issues">[number];

function stateOf(client: Client, repository: string, data: IssueData, step: string): IssueState {
  const names = data.labels.map((label) =>
    typeof label === "string" ? label : (label.name ?? ""),
  );
  return {
    repository,
    id: Number(data.id),
    number: data.number,
    title: data.title,
    body: textOf(data.body),
    marker: markerOf(data.body, step),
    labels: sorted(names),
    assignees: sorted((data.assignees ?? []).map((user) => user.login)),
    milestone: data.milestone?.number ?? null,
    state: data.state === "closed" ? "closed" : "open",
    url: `${client.web}/${repository}/issues/${data.number}`,
  };
}
