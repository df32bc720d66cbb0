import type {
  BlockObjectResponse,
  DataSourceObjectResponse,
  Client as Sdk,
} from "@notionhq/client";
import { fail } from "../../core/failure.ts";
import type { Call, ConnectDeps } from "../../core/provider.ts";
import { isGone } from "./classify.ts";
import { cursors } from "./cursors.ts";
import { idOf, plain, sameId } from "./ids.ts";
import { notionVersion, speaking } from "./version.ts";

export interface NotionClient {
  readonly api: Sdk;
  /** Of the API, as the service and testx understand each other. */
  version(): string;
  /** Id of the integration's bot user; asked once. */
  me(): Promise<string>;
  /** Data sources as they were last seen, by id; what changes one takes it out. */
  readonly sources: Map<string, DataSourceObjectResponse>;
  /** Ids of the data sources behind databases, by the plain id of the database. */
  readonly sourceIds: Map<string, string>;
}

/** The gateway owns deadlines; the SDK's own does not cancel anything, so it must never come first. */
const never = 2_147_483_647;

export async function connect(deps: ConnectDeps): Promise<NotionClient> {
  const { Client } = await import("@notionhq/client");
  const auth = deps.secret("NOTION_TOKEN");
  const spoken = speaking(deps.fetch);
  const api = new Client({
    ...(auth === undefined ? {} : { auth }),
    // The SDK adds the /v1 that some write along.
    baseUrl: deps.url.replace(/\/+$/, "").replace(/\/v1$/, ""),
    // The SDK's own fetch type is a subset in spirit but names its streams differently.
    fetch: spoken.fetch as unknown as typeof fetch,
    notionVersion,
    timeoutMs: never,
    retry: false,
    logger: () => {},
  });
  let asked: Promise<string> | undefined;
  return {
    api,
    version: spoken.version,
    sources: new Map(),
    sourceIds: new Map(),
    me() {
      asked ??= api.users.me({}).then(({ id }) => id);
      asked.catch(() => {
        asked = undefined;
      });
      return asked;
    },
  };
}

/** Lists the children of a block or page to the end. */
export type List = (id: string) => Promise<BlockObjectResponse[]>;

export function lister(client: NotionClient, call: Call): List {
  return async (id) => {
    const found: BlockObjectResponse[] = [];
    const next = cursors(`the blocks in ${id}`);
    let cursor: string | undefined;
    do {
      call.signal.throwIfAborted();
      const page = await client.api.blocks.children.list({
        block_id: id,
        page_size: 100,
        ...(cursor === undefined ? {} : { start_cursor: cursor }),
      });
      for (const block of page.results) {
        if ("type" in block && !isTrashed(block)) found.push(block);
      }
      cursor = next(page);
      if (page.has_more && cursor === undefined) {
        fail(
          "NOTION_UNREADABLE",
          `Notion did not show all blocks in ${id}, nor say where more are.`,
        );
      }
    } while (cursor !== undefined);
    return found;
  };
}

/** As `lister`, but what one step has listed serves the others of the phase. */
export function sharedLister(client: NotionClient, call: Call): List {
  const list = lister(client, call);
  return (id) => call.shared(`children:${plain(id)}`, () => list(id));
}

/**
 * To be asked where what testx has set up is not to be seen: whoever made it is known in the
 * workspace that it is in.
 * @throws TestxError NOTION_WRONG_WORKSPACE
 */
export async function sameWorkspace(client: NotionClient, call: Call): Promise<void> {
  const by = call.receipt?.createdBy;
  if (!call.compares || typeof by !== "string" || sameId(by, await client.me())) return;
  try {
    await call.shared(`user:${plain(by)}`, () => client.api.users.retrieve({ user_id: by }));
  } catch (error) {
    // Where the connection may not look at users, nothing is learned.
    if (!isGone(error)) return;
    const what = "The token is for another workspace than what testx has set up is in";
    fail("NOTION_WRONG_WORKSPACE", `${what}: nobody there knows who made it.`);
  }
}

/** 2026-03-11 says `in_trash`; earlier versions `archived`. */
export function isTrashed(thing: { in_trash?: boolean; archived?: boolean }): boolean {
  return thing.in_trash === true || thing.archived === true;
}

/** What `load` gives; `undefined` when the service knows no such thing, or not any more. */
export async function ifThere<T>(load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

interface Parent {
  readonly type: string;
  readonly page_id?: string;
  readonly block_id?: string;
}

/** The id of what a thing stands in; of one at the top the word that Notion has for that. */
export function placeOf(parent: Parent): string {
  return parent.page_id ?? parent.block_id ?? parent.type;
}

/** Whether a parent is this page, or a column or toggle somewhere in it. */
export async function isInside(
  client: NotionClient,
  parent: Parent,
  page: string,
): Promise<boolean> {
  let current: Parent = parent;
  for (let depth = 0; depth < 20; depth++) {
    if (current.type === "page_id") return sameId(current.page_id, page);
    const id = current.type === "block_id" ? current.block_id : undefined;
    if (id === undefined) return false;
    if (sameId(id, page)) return true;
    const block = await ifThere(() => client.api.blocks.retrieve({ block_id: id }));
    if (block === undefined || !("parent" in block)) return false;
    current = block.parent as Parent;
  }
  return false;
}

const layout: ReadonlySet<string> = new Set([
  "callout",
  "column",
  "column_list",
  "heading_1",
  "heading_2",
  "heading_3",
  "synced_block",
  "tab",
  "toggle",
]);

export interface Child {
  readonly id: string;
  readonly title: string;
  readonly createdBy: string | undefined;
}

/**
 * Child pages or databases of a page that have this title. Where none stands at the top, the
 * columns and toggles are looked through as well, before "absent" is said.
 */
export async function childrenNamed(
  list: List,
  parent: string,
  type: "child_page" | "child_database",
  title: string,
): Promise<Child[]> {
  const blocks = await list(parent);
  const found = blocks.flatMap((block) => childOf(block, type)).filter((it) => it.title === title);
  if (found.length > 0) return found;
  const folds = blocks.filter((block) => block.has_children && layout.has(block.type));
  const inner = await Promise.all(folds.map(({ id }) => childrenNamed(list, id, type, title)));
  return inner.flat();
}

type Sought = [parent: string, type: "child_page" | "child_database", title: string];

/**
 * As `childrenNamed`, for a step: in one that is only planned, what is wrong with the parent is
 * said as long as nothing is written; in another, what a receipt tells of may have gone with it.
 */
export async function childrenSought(
  client: NotionClient,
  call: Call,
  ...sought: Sought
): Promise<Child[]> {
  const list = sharedLister(client, call);
  if (call.operation !== "") {
    return (call.receipt === undefined ? childrenNamed : childrenLeft)(list, ...sought);
  }
  const found = await childrenNamed(list, ...sought);
  const [page] = sought;
  if (found.length === 0) await mustBePage(client, call, page);
  return found;
}

/** Of what is no page Notion lists nothing, where it could say so. What has children is one. */
async function mustBePage(client: NotionClient, call: Call, page: string): Promise<void> {
  const blocks = await sharedLister(client, call)(page);
  const isOne = ({ parent }: { parent?: Parent }) => sameId(parent?.page_id, page);
  if (blocks.some((block) => isOne(block as { parent?: Parent }))) return;
  await call.shared(`page:${plain(page)}`, () => client.api.pages.retrieve({ page_id: page }));
}

/**
 * As `childrenNamed`, for something that a receipt tells of and that is not there any more: when
 * the parent has gone too, it went with it.
 */
export async function childrenLeft(
  ...[list, parent, type, title]: Parameters<typeof childrenNamed>
): Promise<Child[]> {
  return (await ifThere(() => childrenNamed(list, parent, type, title))) ?? [];
}

export function childOf(block: BlockObjectResponse, type: Child["title"]): Child[] {
  if (block.type !== type) return [];
  const { id, created_by: by } = block;
  const createdBy = (by as typeof by | undefined)?.id;
  if (block.type === "child_page") return [{ id, createdBy, title: block.child_page.title }];
  if (block.type === "child_database") {
    return [{ id, createdBy, title: block.child_database.title }];
  }
  return [];
}

export function requiredId(written: string): string {
  return idOf(written) ?? written;
}
