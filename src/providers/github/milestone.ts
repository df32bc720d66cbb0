import * as z from "zod";
import { equal } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change } from "../../core/step.ts";
import type { Client } from "./client.ts";
import { compare, differences, withChanges } from "./compare.ts";
import { elsewhere, nameIn, place, scope, split } from "./inputs.ts";
import { type Data, list, type Parameters, send } from "./request.ts";
import { gone, sharedList, sought } from "./shared.ts";

const input = once(() =>
  z.strictObject({
    ...place(),
    title: z.string().min(1).max(255).describe("The milestone's title: what it is found by."),
    description: z.string().optional().describe("What it is about; Markdown."),
    dueOn: z.iso.date().optional().describe("The day it is due: 2026-03-31."),
    state: z
      .enum(["open", "closed"])
      .optional()
      .describe("Left out: left as it is; a new one is open."),
  }),
);
type Input = z.infer<ReturnType<typeof input>>;

export type MilestoneState = {
  repository: string;
  id: number;
  number: number;
  title: string;
  description: string;
  /** `2026-03-31`; null: none. */
  dueOn: string | null;
  state: "open" | "closed";
  url: string;
};

export const milestone: ResourceKind<Input, MilestoneState, Client> = {
  kind: "github.milestone",
  input: lazySchema(input, "github.milestone"),
  secrets: [],
  title: (input) => `milestone ${input.title}${elsewhere(input)}`,
  identity: ["repository", "title"],
  fields: ["repository", "id", "url", "number", "title", "description", "dueOn", "state"],
  key: (input) => `${scope(input)}milestone ${input.title}`,
  scopes: ["issues=write"],

  async read(client, input, call) {
    const repository = nameIn(client, input);
    const all = await sharedList(client, call, { repository, what: "milestones" }, () =>
      list(
        client,
        call,
        "GET /repos/{owner}/{repo}/milestones",
        { ...split(repository), state: "all", per_page: 100 },
        (data) => data,
      ),
    );
    const isNamed = ({ title }: { title?: unknown }) => title === input.title;
    const found = sought(call, repository, all, all.find(isNamed), isNamed);
    return found && stateOf(client, repository, found);
  },

  changes,

  async apply(client, input, now, call) {
    if (now) return set(client, call, now, withChanges(now, changes(input, now)));
    const repository = nameIn(client, input);
    const { title, description, dueOn, state } = input;
    const made = await send(client, call, "POST /repos/{owner}/{repo}/milestones", {
      ...split(repository),
      title,
      ...(description === undefined ? {} : { description }),
      ...(dueOn === undefined ? {} : { due_on: noonOf(dueOn) }),
      ...(state === undefined ? {} : { state }),
    });
    return stateOf(client, repository, made);
  },

  async undo(client, target, now, call) {
    if (target) await gone(set(client, call, now, target));
    else {
      const at = { ...split(now.repository), milestone_number: now.number };
      await gone(
        send(client, call, "DELETE /repos/{owner}/{repo}/milestones/{milestone_number}", at),
      );
    }
    return [];
  },
};

function changes(input: Input, now: MilestoneState): Change[] {
  const { title, description, dueOn, state } = input;
  return compare(now, { title, description, dueOn, state });
}

const update = "PATCH /repos/{owner}/{repo}/milestones/{milestone_number}";

async function set(
  client: Client,
  call: Call,
  now: MilestoneState,
  target: MilestoneState,
): Promise<MilestoneState> {
  if (equal(now, target)) return now;
  const { title, description, dueOn, state } = differences(now, target);
  const body = {
    ...split(now.repository),
    milestone_number: now.number,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    // The service takes null for "no due date", which its description leaves out.
    ...(dueOn === undefined ? {} : { due_on: dueOn === null ? null : noonOf(dueOn) }),
    ...(state === undefined ? {} : { state }),
  };
  const changed = await send(client, call, update, body as Parameters<typeof update>);
  return stateOf(client, now.repository, changed);
}

/**
 * GitHub keeps the day only, as seen from California. Noon UTC lies on the same day there, and
 * so does the midnight that GitHub makes of it.
 */
function noonOf(day: string): string {
  return `${day}T12:00:00Z`;
}

function stateOf(
  client: Client,
  repository: string,
  data: Data<"GET /repos/{owner}/{repo}/milestones">[number],
): MilestoneState {
  return {
    repository,
    id: data.id,
    number: data.number,
    title: data.title,
    description: data.description ?? "",
    dueOn: data.due_on?.slice(0, 10) ?? null,
    state: data.state,
    url: `${client.web}/${repository}/milestone/${data.number}`,
  };
}
