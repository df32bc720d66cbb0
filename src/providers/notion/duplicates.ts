import { fail } from "../../core/failure.ts";
import type { Call } from "../../core/provider.ts";
import { isTwin } from "../../core/settle.ts";
import { type Child, childrenLeft, lister, type NotionClient } from "./client.ts";
import { sameId } from "./ids.ts";

interface Made {
  readonly id: string;
  readonly created_time: string;
  readonly created_by?: { readonly id: string };
  readonly last_edited_by?: { readonly id: string };
}

/**
 * Of several things that fit, the one that testx goes on with. When it looks what became of a
 * write of its own they may be copies of one: then the oldest that it has made itself.
 * @throws TestxError NOTION_AMBIGUOUS
 */
export async function theOne<T extends { readonly createdBy?: string | undefined }>(
  client: NotionClient,
  all: readonly T[],
  call: Pick<Call, "operation">,
  what: string,
): Promise<T | undefined> {
  if (all.length < 2) return all[0];
  const me = call.operation === "" ? undefined : await client.me();
  const own = all.find(({ createdBy }) => me !== undefined && sameId(createdBy, me));
  return own ?? fail("NOTION_AMBIGUOUS", `There are ${all.length} ${what}.`);
}

/** Those of the things that only testx has had its hands on, made about when `kept` was. */
export async function twins<T extends Made>(
  client: NotionClient,
  kept: Made,
  others: readonly T[],
): Promise<T[]> {
  const me = await client.me();
  return others.filter(
    ({ id, created_by, last_edited_by = created_by, created_time }) =>
      !sameId(id, kept.id) &&
      sameId(created_by?.id, me) &&
      sameId(last_edited_by?.id, me) &&
      isTwin(kept.created_time, created_time),
  );
}

/** The other child pages or databases with this title. */
export async function namesakes(
  client: NotionClient,
  at: { readonly parent: string; readonly title: string; readonly id: string },
  type: "child_page" | "child_database",
  call: Call,
): Promise<Child[]> {
  const all = await childrenLeft(lister(client, call), at.parent, type, at.title);
  return all.filter(({ id }) => !sameId(id, at.id));
}
