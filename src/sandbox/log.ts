/** What the sandbox remembers of one request. No body, no header, no query: they hold secrets. */
export interface LogEntry {
  readonly at: number;
  readonly service: string;
  readonly method: string;
  /** Behind the service's prefix, without the query. */
  readonly path: string;
  readonly write: boolean;
  /** Absent when no status line was sent: the connection was cut or left hanging. */
  readonly status?: number;
  /** The caller's `X-Request-ID`. */
  readonly requestId?: string;
  /** Whether the service has seen it; a fault can keep a request from it. */
  readonly served: boolean;
  /** Kind of the fault that was injected. */
  readonly fault?: string;
}

/** The newest requests, oldest first. */
export class RequestLog {
  readonly #limit: number;
  #earlier: (() => readonly LogEntry[]) | undefined;
  #entries: LogEntry[] = [];

  /** @param earlier what an earlier process has logged, read when somebody wants to know */
  constructor(limit: number, earlier?: () => readonly LogEntry[]) {
    this.#limit = limit;
    this.#earlier = earlier;
  }

  add(entry: LogEntry): void {
    this.#entries.push(entry);
    // Cut in large pieces, so that a full log does not move its entries with every request.
    if (this.#entries.length > this.#limit * 1.25) this.#entries = this.entries();
  }

  entries(): LogEntry[] {
    if (this.#earlier) {
      this.#entries.unshift(...this.#earlier());
      this.#earlier = undefined;
    }
    return this.#entries.slice(-this.#limit);
  }

  clear(): void {
    this.#earlier = undefined;
    this.#entries = [];
  }
}
