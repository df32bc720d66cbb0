import type { SandboxReply } from "../../core/stand-in.ts";
import type { Exchange, Operation } from "./exchange.ts";
import { notFound, Refusal } from "./refusal.ts";
import type { Environment, Holder } from "./state.ts";

export function findEnvironment({ repository, path }: Exchange): Environment | undefined {
  const wanted = path.environment_name?.toLowerCase();
  return repository.environments.find(({ name }) => name.toLowerCase() === wanted);
}

function holderOf(exchange: Exchange): Holder {
  if (exchange.path.environment_name === undefined) return exchange.repository.holder;
  const environment = findEnvironment(exchange);
  if (!environment) throw notFound();
  return environment.holder;
}

export type HolderHandler = (exchange: Exchange, holder: Holder) => SandboxReply;

/** The same operation twice: on a repository and on one of its environments. */
export function onBoth(
  method: string,
  what: "variables" | "secrets",
  rest: string,
  handle: HolderHandler,
): Operation[] {
  const level = method === "GET" ? "read" : "write";
  const role = method === "GET" ? "write" : "admin";
  return [`actions/${what}`, `environments/{environment_name}/${what}`].map((place) => ({
    method,
    template: `/repos/{owner}/{repo}/${place}${rest}`,
    permission: `${place.startsWith("actions") ? (what === "secrets" ? "secrets" : "actions_variables") : "environments"}=${level}`,
    role: role as "write" | "admin",
    handle: (exchange: Exchange) => handle(exchange, holderOf(exchange)),
  }));
}

export function checkName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || /^github_/i.test(name)) {
    throw new Refusal(
      422,
      `Name is invalid. It can only contain alphanumeric characters or underscores, and cannot begin with a number or GITHUB_`,
    );
  }
}
