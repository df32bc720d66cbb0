import type { Reply, ReplyHeaders } from "./http.ts";

/** Names in lower case; a repeated header as Node joins it, or as a list. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The headers of a reply over a plain record. */
export class RecordHeaders implements ReplyHeaders {
  readonly #record: HeaderRecord;

  constructor(record: HeaderRecord) {
    this.#record = record;
  }

  get(name: string): string | null {
    const key = name.toLowerCase();
    if (!Object.hasOwn(this.#record, key)) return null;
    const value = this.#record[key];
    if (value === undefined) return null;
    return typeof value === "string" ? value : value.join(", ");
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const [name, value] of this) visit(value, name);
  }

  *entries(): Generator<[string, string], undefined> {
    for (const name of Object.keys(this.#record)) {
      const value = this.get(name);
      if (value !== null) yield [name, value];
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this) yield name;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries();
  }
}

export interface ReplyParts {
  readonly status: number;
  readonly statusText?: string;
  readonly url: string;
  readonly headers: ReplyHeaders;
  readonly body: Uint8Array | string;
}

/** A reply whose body is at hand: reading it twice is allowed, and `peek` needs no await. */
export class BufferedReply implements Reply {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: ReplyHeaders;
  readonly redirected = false;
  readonly bodyUsed = false;
  readonly #body: Uint8Array | string;
  #text: string | undefined;

  constructor(parts: ReplyParts) {
    this.status = parts.status;
    this.statusText = parts.statusText ?? "";
    this.url = parts.url;
    this.headers = parts.headers;
    this.#body = parts.body;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get body(): Uint8Array | null {
    return this.#body.length === 0 ? null : this.#bytes();
  }

  /** The body as UTF-8 text, byte order mark removed. */
  peek(): string {
    this.#text ??= typeof this.#body === "string" ? this.#body : decoder.decode(this.#body);
    return this.#text;
  }

  async text(): Promise<string> {
    return this.peek();
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.peek());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes().slice().buffer as ArrayBuffer;
  }

  clone(): BufferedReply {
    return this;
  }

  #bytes(): Uint8Array {
    return typeof this.#body === "string" ? new TextEncoder().encode(this.#body) : this.#body;
  }
}

const decoder = new TextDecoder();
