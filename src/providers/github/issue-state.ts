import { fail } from "../../core/failure.ts";
import { equal } from "../../core/json.ts";
import type { Call } from "../../core/provider.ts";
import type { Client } from "./client.ts";
import { differences } from "./compare.ts";
import { sameName, split } from "./inputs.ts";
import { bodyOf, type Marker, markerOf, textOf } from "./issue-marker.ts";
import { type Data, list, send, statusOf } from "./request.ts";
import { labels, login, sharedList } from "./shared.ts";

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

/** By the receipt's number. Moved, deleted or in another repository: as if there were no receipt. */
export async function byNumber(
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

/** By the step's marker, the oldest of several. */
export async function byMarker(
  client: Client,
  call: Call,
  repository: string,
): Promise<IssueData | undefined> {
  return (await allByMarker(client, call, repository))[0];
}

/**
 * Anybody may write an issue with our marker in it, so that only those made by the token's
 * account count. Oldest first.
 */
export async function allByMarker(
  client: Client,
  call: Call,
  repository: string,
): Promise<ListedIssue[]> {
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
    .sort((a, b) => a.number - b.number);
}

export async function set(
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
export async function closed(client: Client, call: Call, now: IssueState): Promise<boolean> {
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
export async function labelsExist(
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

export function sorted(names: readonly string[]): string[] {
  const byKey = new Map(names.map((name) => [name.toLowerCase(), name]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, name]) => name);
}

type ListedIssue = Data<"GET /repos/{owner}/{repo}/issues">[number];
type IssueData = Data<"GET /repos/{owner}/{repo}/issues/{issue_number}"> | ListedIssue;

export function stateOf(
  client: Client,
  repository: string,
  data: IssueData,
  step: string,
): IssueState {
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
