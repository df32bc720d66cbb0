import * as z from "zod";
import { once } from "../../core/once.ts";
import type { ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import { isTwin } from "../../core/settle.ts";
import type { Change, Residue } from "../../core/step.ts";
import type { Client } from "./client.ts";
import { compare, withChanges } from "./compare.ts";
import { elsewhere, nameIn, place, sameName, scope, split } from "./inputs.ts";
import { bodyOf, plain } from "./issue-marker.ts";
import {
  allByMarker,
  byMarker,
  byNumber,
  closed,
  type IssueState,
  labelsExist,
  set,
  sorted,
  stateOf,
} from "./issue-state.ts";
import { send } from "./request.ts";
import { gone } from "./shared.ts";

const input = once(() =>
  z.strictObject({
    ...place(),
    title: z.string().min(1).max(256).describe("One line."),
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

export const issue: ResourceKind<Input, IssueState, Client> = {
  kind: "github.issue",
  input: lazySchema(input, "github.issue"),
  secrets: [],
  title: (input) => `issue ${input.title}${elsewhere(input)}`,
  identity: ["repository"],
  fields: [
    "repository",
    "id",
    "url",
    "number",
    "title",
    "body",
    "marker",
    "labels",
    "assignees",
    "milestone",
    "state",
  ],
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

  async duplicates(client, input, now, call) {
    const all = await allByMarker(client, call, now.repository);
    const kept = all.find(({ number }) => number === now.number);
    if (kept === undefined) return [];
    return all
      .filter((one) => one.number !== now.number && one.state === "open")
      .filter((one) => one.title === input.title && isTwin(kept.created_at, one.created_at))
      .map((one) => stateOf(client, now.repository, one, call.step))
      .filter(({ marker }) => marker === "ours");
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
