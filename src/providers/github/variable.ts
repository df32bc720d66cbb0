import * as z from "zod";
import { once } from "../../core/once.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import {
  type Held,
  type Holder,
  holderFields,
  keyOf,
  settingsUrl,
  variables,
  whereOf,
} from "./actions.ts";
import type { Client } from "./client.ts";
import { compare } from "./compare.ts";
import { actionsName, nameIn, sameName, split } from "./inputs.ts";
import { send } from "./request.ts";
import { gone } from "./shared.ts";

const input = once(() =>
  z.strictObject({
    ...holderFields(),
    name: actionsName().describe("The variable's name. GitHub keeps it in upper case."),
    value: z
      .string()
      .min(1)
      .max(49_152)
      .describe("Its value. Anybody who can read the repository's workflows can see it."),
  }),
);
type Input = z.infer<ReturnType<typeof input>>;

export type VariableState = {
  repository: string;
  environment: string | null;
  name: string;
  value: string;
  url: string;
};

export const variable: ResourceKind<Input, VariableState, Client> = {
  kind: "github.variable",
  input: lazySchema(input, "github.variable"),
  secrets: [],
  title: (input) => `variable ${input.name.toUpperCase()}${whereOf(input)}`,
  identity: ["repository", "environment", "name"],
  fields: ["repository", "environment", "name", "value", "url"],
  key: (input) => keyOf("variable", input),
  scopes: ["variables=write"],

  async read(client, input, call) {
    const holder = holderOf(client, input);
    const all = await variables(client, call, holder);
    const found = all.find(({ name }) => sameName(name, input.name));
    return found && stateOf(client, holder, found);
  },

  changes: ({ value }, now) => compare(now, { value }),

  async apply(client, input, now, call) {
    if (now) return set(client, call, now, input.value);
    const holder = holderOf(client, input);
    const { environment } = holder;
    const body = {
      ...split(holder.repository),
      name: input.name.toUpperCase(),
      value: input.value,
    };
    if (environment === null) {
      await send(client, call, "POST /repos/{owner}/{repo}/actions/variables", body);
    } else {
      const route = "POST /repos/{owner}/{repo}/environments/{environment_name}/variables";
      await send(client, call, route, { ...body, environment_name: environment });
    }
    return stateOf(client, holder, body);
  },

  async undo(client, target, now, call) {
    if (target) await gone(set(client, call, now, target.value));
    else await gone(remove(client, call, now));
    return [];
  },
};

async function set(
  client: Client,
  call: Call,
  now: VariableState,
  value: string,
): Promise<VariableState> {
  if (value === now.value) return now;
  const at = { ...split(now.repository), name: now.name, value };
  if (now.environment === null) {
    await send(client, call, "PATCH /repos/{owner}/{repo}/actions/variables/{name}", at);
  } else {
    const route = "PATCH /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}";
    await send(client, call, route, { ...at, environment_name: now.environment });
  }
  return { ...now, value };
}

function remove(client: Client, call: Call, now: VariableState): Promise<unknown> {
  const at = { ...split(now.repository), name: now.name };
  if (now.environment === null) {
    return send(client, call, "DELETE /repos/{owner}/{repo}/actions/variables/{name}", at);
  }
  const route = "DELETE /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}";
  return send(client, call, route, { ...at, environment_name: now.environment });
}

function holderOf(client: Client, input: Held): Holder {
  return { repository: nameIn(client, input), environment: input.environment ?? null };
}

function stateOf(
  client: Client,
  holder: Holder,
  data: { name: string; value: string },
): VariableState {
  return {
    ...holder,
    name: data.name.toUpperCase(),
    value: data.value,
    url: settingsUrl(client, holder, "variables"),
  };
}
