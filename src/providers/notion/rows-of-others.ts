import type { DataSourceObjectResponse, PageObjectResponse } from "@notionhq/client";
import type { Call } from "../../core/provider.ts";
import type { Residue } from "../../core/step.ts";
import { ifThere, type NotionClient } from "./client.ts";
import { cursors } from "./cursors.ts";
import { sameId } from "./ids.ts";
import { optionsOf } from "./schema.ts";
import { isNothing, stateOf } from "./values.ts";

/** Whether a hand is known, and not that of the user with this id. */
export function isAnother(hand: { readonly id: string } | undefined, user: string): boolean {
  return hand !== undefined && !sameId(hand.id, user);
}

/** Whether there are rows that others than `user` have made or changed, or may be. */
export async function hasRowsOfOthers(
  client: NotionClient,
  dataSourceId: string,
  user: string,
  call: Call,
): Promise<boolean> {
  const found = await someRow(client, dataSourceId, call, (row) =>
    [row.created_by, row.last_edited_by].some((hand) => isAnother(hand, user)),
  );
  return found !== false;
}

/**
 * Whether `is` holds for a row, read only as far as the first; `undefined`: for none of those that
 * Notion shows, and it does not show all.
 */
async function someRow(
  client: NotionClient,
  dataSourceId: string,
  call: Call,
  is: (row: PageObjectResponse) => boolean,
): Promise<boolean | undefined> {
  const next = cursors("a database's rows");
  let cursor: string | undefined;
  do {
    call.signal.throwIfAborted();
    const page = await ifThere(() =>
      client.api.dataSources.query({
        data_source_id: dataSourceId,
        page_size: 100,
        ...(cursor === undefined ? {} : { start_cursor: cursor }),
      }),
    );
    for (const row of page?.results ?? []) {
      if ("created_by" in row && "properties" in row && is(row as PageObjectResponse)) return true;
    }
    if (page?.request_status?.type === "incomplete") return undefined;
    cursor = next(page);
    if (page?.has_more && cursor === undefined) return undefined;
  } while (cursor !== undefined);
  return false;
}

type Update = Record<string, Record<string, unknown> | null>;

/**
 * Of what an update of a data source would take away, the properties and options in which somebody
 * has put something: their names are taken out of the update, and told. Whoever has written a row
 * last says nothing of who filled in what; but what testx has is undone before this.
 */
export async function spareValues(
  client: NotionClient,
  source: DataSourceObjectResponse,
  update: Update,
  call: Call,
): Promise<Residue[]> {
  const taken = Object.entries(update).filter(([name, to]) => takesAway(source, name, to));
  if (taken.length === 0) return [];
  const empty = new Map(taken);
  const filled = await someRow(client, source.id, call, (row) => {
    for (const [name, to] of empty) if (loses(row, source, name, to)) empty.delete(name);
    return empty.size === 0;
  });
  const spared = filled === undefined ? taken : taken.filter(([name]) => !empty.has(name));
  return spared.map(([name, to]): Residue => {
    delete update[name];
    return {
      what: to === null ? `property "${name}"` : `options of property "${name}"`,
      why: empty.has(name) ? "Notion does not show all rows" : "somebody has filled it in since",
      fix: "Move what is worth keeping, then run testx rollback again.",
      again: true,
    };
  });
}

function takesAway({ properties }: DataSourceObjectResponse, name: string, to: Update[string]) {
  const present = properties[name];
  if (present === undefined || to === null) return present !== undefined;
  const left = optionsIn(to);
  return left !== undefined && optionsOf(present).some((option) => !left.has(option.name));
}

/** The names that a select or multi-select is to have; `undefined` for other types. */
function optionsIn(to: Record<string, unknown>): Set<string> | undefined {
  const { options } = (to[String(to.type)] ?? {}) as { options?: { name: string }[] };
  return options && new Set(options.map(({ name }) => name));
}

function loses(
  row: PageObjectResponse,
  { properties }: DataSourceObjectResponse,
  name: string,
  to: Update[string],
): boolean {
  const property = row.properties[name];
  const value = property && stateOf(property);
  if (value === undefined || isNothing(value)) return false;
  // Where nobody has chosen a status, Notion shows the first.
  const first = properties[name] && optionsOf(properties[name])[0]?.name;
  if (property?.type === "status" && value === first) return false;
  const left = to === null ? undefined : optionsIn(to);
  if (left === undefined) return true;
  return (Array.isArray(value) ? value : [String(value)]).some((one) => !left.has(one));
}
