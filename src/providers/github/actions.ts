import { once } from "../../core/once.ts";
import type { Call } from "../../core/provider.ts";
import type { Client } from "./client.ts";
import { environmentName, place, split } from "./inputs.ts";
import { type Data, list } from "./request.ts";
import { sharedList } from "./shared.ts";

/** Where a variable or a secret lives: `environment` null is the repository itself. */
export interface Holder {
  readonly repository: string;
  readonly environment: string | null;
}

export const holderFields = once(() => ({
  ...place(),
  environment: environmentName()
    .optional()
    .describe("The environment it belongs to; left out: the whole repository."),
}));

export interface Held {
  readonly repository?: string | undefined;
  readonly environment?: string | undefined;
}

/** ` of production`, ` in acme/other`: behind the title. */
export function whereOf(input: Held): string {
  const environment = input.environment === undefined ? "" : ` of ${input.environment}`;
  return input.repository === undefined ? environment : `${environment} in ${input.repository}`;
}

export function keyOf(what: string, input: Held & { readonly name: string }): string {
  const parts = [input.repository, what, input.environment, input.name.toUpperCase()];
  return parts
    .filter((part) => part !== undefined)
    .join(" ")
    .toLowerCase();
}

/** The page where people see them. */
export function settingsUrl(
  client: Client,
  { repository, environment }: Holder,
  tab: string,
): string {
  const page = environment === null ? `${tab}/actions` : "environments";
  return `${client.web}/${repository}/settings/${page}`;
}

export type VariableData = Data<"GET /repos/{owner}/{repo}/actions/variables">["variables"][number];
export type SecretData = Data<"GET /repos/{owner}/{repo}/actions/secrets">["secrets"][number];

/** GitHub's largest page of variables is 30, unlike that of any other list. */
export function variables(client: Client, call: Call, holder: Holder): Promise<VariableData[]> {
  const { repository, environment } = holder;
  const at = { ...split(repository), per_page: 30 };
  return sharedList(client, call, { ...holder, what: "variables" }, () =>
    environment === null
      ? list(
          client,
          call,
          "GET /repos/{owner}/{repo}/actions/variables",
          at,
          (data) => data.variables,
        )
      : list(
          client,
          call,
          "GET /repos/{owner}/{repo}/environments/{environment_name}/variables",
          { ...at, environment_name: environment },
          (data) => data.variables,
        ),
  );
}

export function secrets(client: Client, call: Call, holder: Holder): Promise<SecretData[]> {
  const { repository, environment } = holder;
  const at = { ...split(repository), per_page: 100 };
  return sharedList(client, call, { ...holder, what: "secrets" }, () =>
    environment === null
      ? list(client, call, "GET /repos/{owner}/{repo}/actions/secrets", at, (data) => data.secrets)
      : list(
          client,
          call,
          "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets",
          { ...at, environment_name: environment },
          (data) => data.secrets,
        ),
  );
}
