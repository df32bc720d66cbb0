import { fail, rootFailure } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Call } from "../../core/provider.ts";
import type { Client } from "./client.ts";
import { sameName, split } from "./inputs.ts";
import { absentIfMissing, type Data, find, list, send, statusOf } from "./request.ts";

export type RepositoryData = Data<"GET /repos/{owner}/{repo}">;
export type LabelData = Data<"GET /repos/{owner}/{repo}/labels">[number];
export type EnvironmentData = NonNullable<
  Data<"GET /repos/{owner}/{repo}/environments">["environments"]
>[number];

/** A read that no write follows in the same piece of work: the plan, a status, a check. */
export function isLooking(call: Call): boolean {
  return call.operation === "";
}

/** `undefined`: it is not there, or the token may not see it. */
export function repositoryData(
  client: Client,
  call: Call,
  repository: string,
): Promise<RepositoryData | undefined> {
  return call.shared(`repository ${repository.toLowerCase()}`, () =>
    find(client, call, "GET /repos/{owner}/{repo}", split(repository)),
  );
}

/**
 * Of a list the thing that a step is about: by its name; or else that which the receipt tells of,
 * whatever somebody has called it since. A name that the sequence has changed asks for another
 * thing. Where it is to be undone, or compared with the receipt, the receipt comes first.
 * @param named what has the name, or is otherwise found by what the input says
 * @param isAsked whether the input still asks for what the receipt tells of
 */
export function sought<T extends { readonly id: number | bigint }>(
  call: Call,
  repository: string,
  all: readonly T[],
  named: T | undefined,
  isAsked: (receipt: Readonly<JsonObject>) => boolean,
): T | undefined {
  const { receipt } = call;
  if (receipt === undefined || !sameName(String(receipt.repository), repository)) return named;
  const known = all.find(({ id }) => Number(id) === receipt.id);
  if (!isLooking(call)) return known ?? named;
  return named ?? (isAsked(receipt) ? known : undefined);
}

/** The login behind the token; `undefined` for tokens that stand for no user. */
export function login(client: Client, call: Call): Promise<string | undefined> {
  if (client.installation) return Promise.resolve(undefined);
  return call.shared("user", async () => {
    try {
      return (await send(client, call, "GET /user", {})).login;
    } catch (error) {
      const status = statusOf(error);
      const isNobody = /not accessible by integration/i.test(rootFailure(error)?.message ?? "");
      if (status === 404 || (status === 403 && isNobody)) return undefined;
      throw error;
    }
  });
}

/**
 * One list for all steps that ask for it. GitHub answers 404 both when the repository is
 * missing, so that nothing in it exists, and when the token may not list: the first is an
 * empty list, the second an error.
 */
export function sharedList<T>(
  client: Client,
  call: Call,
  at: { readonly repository: string; readonly what: string; readonly environment?: string | null },
  load: () => Promise<T[]>,
): Promise<T[]> {
  const { repository, what, environment } = at;
  const key = [what, repository, environment ?? ""].join(" ").toLowerCase();
  return call.shared(key, async () => {
    try {
      return await load();
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      const found = await repositoryData(client, call, repository);
      if (found === undefined) return [];
      if (environment && !(await environmentData(client, call, repository, environment))) return [];
      return fail(
        "GITHUB_FORBIDDEN",
        `GitHub does not let this token list the ${what} of ${repository}: it answered 404, though the repository is there.`,
        { status: 404, details: { repository, what } },
      );
    }
  });
}

export function labels(client: Client, call: Call, repository: string): Promise<LabelData[]> {
  return sharedList(client, call, { repository, what: "labels" }, () =>
    list(
      client,
      call,
      "GET /repos/{owner}/{repo}/labels",
      { ...split(repository), per_page: 100 },
      (data) => data,
    ),
  );
}

export async function environmentData(
  client: Client,
  call: Call,
  repository: string,
  name: string,
): Promise<EnvironmentData | undefined> {
  const all = await sharedList(client, call, { repository, what: "environments" }, () =>
    list(
      client,
      call,
      "GET /repos/{owner}/{repo}/environments",
      { ...split(repository), per_page: 100 },
      (data) => data.environments ?? [],
    ),
  );
  return all.find((environment) => sameName(environment.name, name));
}

/** A deletion that finds nothing left to delete has succeeded. */
export async function gone(work: Promise<unknown>): Promise<void> {
  await absentIfMissing(work);
}
