import { fail } from "../../core/failure.ts";
import { isObject } from "../../core/json.ts";
import type { Call } from "../../core/provider.ts";
import { find, pages, type SlackClient } from "./client.ts";

/** From this many unknown addresses on, one list of all users takes fewer calls than asking for each. */
const listFrom = 10;

/**
 * The user ids of e-mail addresses; what is an id already stays as it is.
 * @throws TestxError SLACK_USER_NOT_FOUND, naming every address without a user
 */
export async function resolvePeople(
  client: SlackClient,
  call: Call,
  asked: readonly string[],
): Promise<Record<string, string>> {
  const known = receiptIds(call);
  const idOf = (name: string): string | undefined =>
    name.includes("@") ? (client.people.get(name.toLowerCase()) ?? known[name]) : name;
  const unknown = [...new Set(asked.filter((name) => idOf(name) === undefined))];
  if (unknown.length >= listFrom) await learnAll(client, call);
  const left = unknown.filter((name) => idOf(name) === undefined);
  const looked = await Promise.allSettled(left.map((email) => lookUp(client, call, email)));
  for (const result of looked) if (result.status === "rejected") throw result.reason;
  const missing = left.filter((name) => idOf(name) === undefined);
  if (missing.length > 0) {
    const who =
      missing.length === 1 ? "No user of this workspace has" : "No users of this workspace have";
    fail("SLACK_USER_NOT_FOUND", `${who} the address ${missing.join(", ")}.`, {
      details: { missing },
    });
  }
  return Object.fromEntries(asked.map((name) => [name, idOf(name) ?? name]));
}

/** User ids by what was asked for, as the step's receipt has them. */
export function receiptIds(call: Pick<Call, "receipt">): Record<string, string> {
  const ids = call.receipt?.ids;
  return isObject(ids) ? (ids as Record<string, string>) : {};
}

async function lookUp(client: SlackClient, call: Call, email: string): Promise<void> {
  const reply = await find(client, call, "users.lookupByEmail", { email }, ["users_not_found"]);
  if (reply?.user?.id) client.people.set(email.toLowerCase(), reply.user.id);
}

async function learnAll(client: SlackClient, call: Call): Promise<void> {
  await call.shared("slack.users", async () => {
    for await (const page of pages(client, call, "users.list", {})) {
      for (const { id, deleted, profile } of page.members ?? []) {
        if (id && !deleted && profile?.email) client.people.set(profile.email.toLowerCase(), id);
      }
    }
    return true;
  });
}
