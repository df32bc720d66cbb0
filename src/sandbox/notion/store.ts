import type { Json } from "../../core/json.ts";
import type { SandboxContext } from "../../core/stand-in.ts";
import { inTrash, invalid, notFound } from "./error.ts";
import type { Block, Database, DataSource, NotionState, Page, Parent, Thing } from "./state.ts";

/** One request's view of the workspace: looking things up as the integration may, and changing them. */
export class Store {
  readonly state: NotionState;
  readonly #context: SandboxContext;
  /** Id of the user who asks. */
  readonly actor: string;

  constructor(state: NotionState, context: SandboxContext, actor: string) {
    this.state = state;
    this.actor = actor;
    this.#context = context;
  }

  newId(): string {
    const count = this.#context.next().toString(16).padStart(12, "0");
    return `1d000000-0000-4000-8000-${count}`;
  }

  /** Short, as Notion's property ids are. */
  newPropertyId(): string {
    return `p${this.#context.next().toString(36).padStart(4, "0")}`;
  }

  now(): string {
    const minute = Math.floor(this.#context.now() / 60_000) * 60_000;
    return new Date(minute).toISOString();
  }

  born(parent: Parent, id = this.newId()): Thing {
    const at = this.now();
    const by = this.actor;
    return { id, parent, createdBy: by, createdAt: at, editedBy: by, editedAt: at, trashed: false };
  }

  touch(thing: Thing): void {
    thing.editedAt = this.now();
    thing.editedBy = this.actor;
  }

  /** Also one in the trash, but nothing below something in the trash. */
  page(written: string): Page {
    const page = this.state.pages[uuid(written, "page_id")];
    return page !== undefined && this.#visible(page) ? page : this.#no("page", written);
  }

  block(written: string): Block | Page | Database {
    const id = uuid(written, "block_id");
    const { blocks, pages, databases } = this.state;
    const thing = blocks[id] ?? pages[id] ?? databases[id];
    return thing !== undefined && this.#visible(thing) ? thing : notFound("block", written);
  }

  database(written: string): Database {
    const database = this.state.databases[uuid(written, "database_id")];
    return database !== undefined && this.#visible(database)
      ? database
      : this.#no("database", written);
  }

  dataSource(written: string): DataSource {
    const source = this.state.dataSources[uuid(written, "data_source_id")];
    return source !== undefined && this.#visible(source)
      ? source
      : this.#no("data source", written);
  }

  /** The service tells an id of another kind from one of nothing. */
  #no(what: string, written: string): never {
    const id = uuid(written, "id");
    const { pages, databases, dataSources } = this.state;
    const others = { page: pages[id], database: databases[id], "data source": dataSources[id] };
    for (const [kind, thing] of Object.entries(others)) {
      if (kind === what || thing === undefined || !this.#visible(thing)) continue;
      invalid(
        `Provided ID ${id} is a ${kind}, not a ${what}. Use the retrieve ${kind} API instead.`,
      );
    }
    return notFound(what.replace(" ", "_"), written);
  }

  /** The list in which something's children stand in order. */
  childrenOf(thing: Thing): string[] {
    if ("children" in thing && Array.isArray(thing.children)) return thing.children as string[];
    return invalid("Block does not support children.");
  }

  alive<T extends Thing>(thing: T): T {
    return thing.trashed ? inTrash() : thing;
  }

  rowsOf(source: DataSource): Page[] {
    return Object.values(this.state.pages).filter(
      ({ parent, trashed }) =>
        !trashed && parent.type === "data_source_id" && parent.data_source_id === source.id,
    );
  }

  /** Shared through the page at the top, and nothing above it in the trash. */
  #visible(thing: Thing): boolean {
    let current: Thing = thing;
    for (;;) {
      const above = this.above(current);
      if (above === undefined) return this.actor !== this.state.bot || (current as Page).shared;
      if (above.trashed) return false;
      current = above;
    }
  }

  above({ parent }: Thing): Thing | undefined {
    const { pages, blocks, databases } = this.state;
    switch (parent.type) {
      case "page_id":
        return pages[parent.page_id];
      case "block_id":
        return blocks[parent.block_id];
      case "database_id":
      case "data_source_id":
        return databases[parent.database_id];
      default:
        return undefined;
    }
  }
}

/** Ids may come with or without dashes. */
export function uuid(written: Json | undefined, name: string): string {
  const plain = String(written).replaceAll("-", "").toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(plain)) {
    invalid(
      `path failed validation: path.${name} should be a valid uuid, instead was \`"${String(written)}"\`.`,
    );
  }
  return plain.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
