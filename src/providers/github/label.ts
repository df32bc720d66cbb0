import * as z from "zod";
import { equal } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change } from "../../core/step.ts";
import type { Client } from "./client.ts";
import { compare, withChanges } from "./compare.ts";
import { elsewhere, nameIn, place, sameName, scope, split } from "./inputs.ts";
import { send } from "./request.ts";
import { gone, type LabelData, labels, sought } from "./shared.ts";

const input = once(() =>
  z.strictObject({
    ...place(),
    name: z
      .string()
      .min(1)
      .max(50)
      .describe("The label's name. GitHub does not tell upper from lower case."),
    color: z
      .string()
      .regex(/^#?[0-9a-fA-F]{6}$/, "must be six hexadecimal digits, like d73a4a")
      .optional()
      .describe("Six hexadecimal digits, with or without #."),
    description: z.string().max(100).optional().describe("Up to 100 characters."),
  }),
);
type Input = z.infer<ReturnType<typeof input>>;

export type LabelState = {
  repository: string;
  id: number;
  name: string;
  /** Six hexadecimal digits in lower case. */
  color: string;
  description: string;
  url: string;
};

export const label: ResourceKind<Input, LabelState, Client> = {
  kind: "github.label",
  input: lazySchema(input, "github.label"),
  secrets: [],
  title: (input) => `label ${input.name}${elsewhere(input)}`,
  identity: ["repository", "name"],
  fields: ["repository", "id", "url", "name", "color", "description"],
  key: (input) => `${scope(input)}label ${input.name.toLowerCase()}`,
  scopes: ["issues=write"],

  async read(client, input, call) {
    const repository = nameIn(client, input);
    const all = await labels(client, call, repository);
    const isNamed = ({ name }: { name?: unknown }) => sameName(String(name), input.name);
    const found = sought(call, repository, all, all.find(isNamed), isNamed);
    return found && stateOf(client, repository, found);
  },

  changes,

  async apply(client, input, now, call) {
    const repository = nameIn(client, input);
    const { name, description } = input;
    const color = input.color === undefined ? undefined : colorOf(input.color);
    if (now === undefined) {
      const made = await send(client, call, "POST /repos/{owner}/{repo}/labels", {
        ...split(repository),
        name,
        ...(color === undefined ? {} : { color }),
        ...(description === undefined ? {} : { description }),
      });
      return stateOf(client, repository, made);
    }
    return set(client, call, now, withChanges(now, changes(input, now)));
  },

  async undo(client, target, now, call) {
    if (target) await gone(set(client, call, now, target));
    else {
      const { repository, name } = now;
      const at = { ...split(repository), name };
      await gone(send(client, call, "DELETE /repos/{owner}/{repo}/labels/{name}", at));
    }
    return [];
  },
};

function changes(input: Input, now: LabelState): Change[] {
  return compare(now, {
    name: input.name,
    color: input.color === undefined ? undefined : colorOf(input.color),
    description: input.description,
  });
}

async function set(
  client: Client,
  call: Call,
  now: LabelState,
  target: LabelState,
): Promise<LabelState> {
  if (equal(now, target)) return now;
  const changed = await send(client, call, "PATCH /repos/{owner}/{repo}/labels/{name}", {
    ...split(now.repository),
    name: now.name,
    ...(target.name === now.name ? {} : { new_name: target.name }),
    ...(target.color === now.color ? {} : { color: target.color }),
    ...(target.description === now.description ? {} : { description: target.description }),
  });
  return stateOf(client, now.repository, changed);
}

function colorOf(color: string): string {
  return color.replace("#", "").toLowerCase();
}

function stateOf(client: Client, repository: string, data: LabelData): LabelState {
  return {
    repository,
    id: Number(data.id),
    name: data.name,
    color: colorOf(data.color),
    description: data.description ?? "",
    url: `${client.web}/${repository}/labels/${encodeURIComponent(data.name)}`,
  };
}
