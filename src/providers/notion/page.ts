import type { CreatePageParameters, PageObjectResponse } from "@notionhq/client";
import * as z from "zod";
import { once } from "../../core/once.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change, Residue } from "../../core/step.ts";
import { nextBatch } from "./batch.ts";
import { decode, encode } from "./block.ts";
import { isGone } from "./classify.ts";
import {
  childrenSought,
  ifThere,
  isInside,
  isTrashed,
  type NotionClient,
  placeOf,
  requiredId,
  sameWorkspace,
} from "./client.ts";
import { readContent, writeContent } from "./content.ts";
import { namesakes, theOne, twins } from "./duplicates.ts";
import { type IconState, iconOf, iconRequest } from "./icon.ts";
import { sameId } from "./ids.ts";
import { location, title } from "./inputs.ts";
import { loadMarkdown, parsed, warmUp } from "./lazy-markdown.ts";
import { fromPlain, richText } from "./text.ts";
import { trashPage } from "./trash.ts";

const input = once(() =>
  z.strictObject({
    parent: location().describe(
      "The page under which it stands: its id or address, or a reference such as ${env.NOTION_PARENT_PAGE_ID}. It must be shared with the integration.",
    ),
    title: title().describe(
      "The page's title; together with the parent it says which page is meant.",
    ),
    icon: z.string().min(1).optional().describe("An emoji: 📘"),
    content: z
      .string()
      .optional()
      .describe(
        "The page's content as Markdown. Blocks that people add to the page are left alone.",
      ),
  }),
);
export type PageInput = z.infer<ReturnType<typeof input>>;

export type PageState = {
  id: string;
  url: string;
  /** Id of the parent page. */
  parent: string;
  title: string;
  /** The emoji, or the address of an image, or null. */
  icon: IconState;
  /** Of the blocks testx answers for, a line a block; absent when the sequence gives none. */
  content?: string;
  createdBy?: string;
};

export const page: ResourceKind<PageInput, PageState, NotionClient> = {
  kind: "notion.page",
  input: lazySchema(input, "notion.page"),
  secrets: [],
  title: (wanted) => `page "${wanted.title}"`,
  identity: ["parent", "title"],
  fields: ["id", "url", "parent", "title", "icon", "content", "createdBy"],
  key: (wanted) => JSON.stringify([requiredId(wanted.parent), wanted.title]),
  scopes: ["read content", "insert content", "update content"],

  async read(client, wanted, call) {
    const found = await find(client, wanted, call);
    if (found === undefined) return undefined;
    const state = { ...stateOf(found.page, wanted), ...found.elsewhere };
    if (wanted.content === undefined) return state;
    const blocks = (await loadMarkdown())(wanted.content);
    const content = await ifThere(() => readContent(client, state.id, blocks, call));
    return content === undefined ? undefined : { ...state, content };
  },

  changes(wanted, now) {
    const changes: Change[] = [];
    if (wanted.title !== now.title) {
      changes.push({ field: "title", from: now.title, to: wanted.title });
    }
    if (wanted.icon !== undefined && wanted.icon !== now.icon) {
      changes.push({ field: "icon", from: now.icon, to: wanted.icon });
    }
    if (wanted.content !== undefined) {
      const content = encode(parsed(wanted.content));
      if (content !== now.content) {
        const from = now.content === undefined ? {} : { from: now.content };
        changes.push({ field: "content", ...from, to: content });
      }
    }
    return changes;
  },

  // A parser that has run once is quick.
  loadChanges: loadMarkdown,
  warmUp({ content }) {
    if (typeof content === "string") warmUp(content);
  },

  async apply(client, wanted, now, call) {
    if (now === undefined) return create(client, wanted, call);
    const state = await setFields(client, now, {
      title: wanted.title,
      icon: wanted.icon ?? now.icon,
    });
    if (wanted.content === undefined) return state;
    const blocks = (await loadMarkdown())(wanted.content);
    const content = encode(blocks);
    if (content !== now.content) await writeContent(client, now.id, blocks, call);
    return { ...state, content };
  },

  async ours(client, now) {
    return now.createdBy === undefined || sameId(now.createdBy, await client.me());
  },

  async duplicates(client, wanted, now, call) {
    const at = { parent: now.parent, title: wanted.title, id: now.id };
    const others = await namesakes(client, at, "child_page", call);
    if (others.length === 0) return [];
    const pages = await Promise.all([now, ...others].map(({ id }) => retrieve(client, id)));
    const [kept, ...copies] = pages;
    if (kept === undefined) return [];
    const there = copies.filter((copy) => copy !== undefined);
    return (await twins(client, kept, there)).map((copy) => stateOf(copy, wanted));
  },

  holds: ({ id }, { parent }) => typeof parent === "string" && sameId(parent, id),

  async undo(client, target, now, call): Promise<Residue[]> {
    const name = `page "${now.title}"`;
    if (target === undefined) return trashPage(client, now, name, call);
    try {
      await setFields(client, now, target);
      if (target.content !== undefined && target.content !== now.content) {
        await writeContent(client, now.id, decode(target.content), call);
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    return iconRequest(target.icon) === undefined && target.icon !== now.icon
      ? [
          {
            what: `icon of ${name}`,
            why: "it was an uploaded image, which Notion does not let testx set again",
            fix: "Set the icon by hand.",
            url: now.url,
          },
        ]
      : [];
  },
};

async function find(
  client: NotionClient,
  wanted: PageInput,
  call: Call,
): Promise<{ page: PageObjectResponse; elsewhere?: { parent: string } } | undefined> {
  const parent = requiredId(wanted.parent);
  const known = call.receipt?.id;
  if (typeof known === "string") {
    const page = await retrieve(client, known);
    if (page !== undefined && (await isInside(client, page.parent, parent))) return { page };
    if (page !== undefined && call.compares)
      return { page, elsewhere: { parent: placeOf(page.parent) } };
    if (page === undefined) await sameWorkspace(client, call);
  }
  const named = await childrenSought(client, call, parent, "child_page", wanted.title);
  const what = `pages named "${wanted.title}" under page ${parent}`;
  const only = await theOne(client, named, call, what);
  const page = only && (await retrieve(client, only.id));
  return page && { page };
}

async function retrieve(client: NotionClient, id: string): Promise<PageObjectResponse | undefined> {
  const found = await ifThere(() => client.api.pages.retrieve({ page_id: id }));
  return found !== undefined && "url" in found && !isTrashed(found) ? found : undefined;
}

async function create(client: NotionClient, wanted: PageInput, call: Call): Promise<PageState> {
  const { content } = wanted;
  const blocks = content === undefined ? [] : (await loadMarkdown())(content);
  const batch = nextBatch(blocks);
  const made = (await client.api.pages.create({
    parent: { type: "page_id", page_id: requiredId(wanted.parent) },
    properties: { title: { type: "title", title: richText(wanted.title) } },
    ...(wanted.icon === undefined ? {} : { icon: { type: "emoji", emoji: wanted.icon } }),
    ...(batch.children.length === 0 ? {} : { children: batch.children }),
  } satisfies CreatePageParameters)) as PageObjectResponse;
  if (batch.taken < blocks.length || !batch.whole) {
    await writeContent(client, made.id, blocks, call);
  }
  const state = stateOf(made, wanted);
  return content === undefined ? state : { ...state, content: encode(blocks) };
}

/** Sets title and icon where they differ, in one request. */
async function setFields(
  client: NotionClient,
  now: PageState,
  target: Pick<PageState, "title" | "icon">,
): Promise<PageState> {
  const icon = target.icon === now.icon ? undefined : iconRequest(target.icon);
  if (target.title === now.title && icon === undefined) return now;
  const updated = await client.api.pages.update({
    page_id: now.id,
    ...(target.title === now.title
      ? {}
      : { properties: { title: { type: "title", title: richText(target.title) } } }),
    ...(icon === undefined ? {} : { icon }),
  });
  const url = "url" in updated ? updated.url : now.url;
  return { ...now, url, title: target.title, ...(icon === undefined ? {} : { icon: target.icon }) };
}

function stateOf(found: PageObjectResponse, wanted: PageInput): PageState {
  return {
    id: found.id,
    url: found.url,
    parent: requiredId(wanted.parent),
    title: titleOf(found),
    icon: iconOf(found.icon),
    ...(found.created_by === undefined ? {} : { createdBy: found.created_by.id }),
  };
}

function titleOf(found: PageObjectResponse): string {
  const property = Object.values(found.properties ?? {}).find(({ type }) => type === "title");
  return property?.type === "title" ? fromPlain(property.title) : "";
}
