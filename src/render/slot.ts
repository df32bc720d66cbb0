import { duration } from "./text.ts";

/** The part of a listr2 task that is used. */
export interface Drawn {
  title: string;
  output: string;
  skip(message: string): void;
  started(): void;
  waiting(): void;
}

/** One line of the task tree. What happens to it before it is drawn is kept and shown then. */
export class Slot {
  title: string;
  settled = false;
  readonly children: Slot[] = [];
  /** Its notes stay and pile up, instead of showing only what it does now. */
  readonly keepsNotes: boolean;
  readonly #parent: Slot | undefined;
  readonly #end = Promise.withResolvers<void>();
  readonly #notes: string[] = [];
  #drawn: Drawn | undefined;
  #started = false;
  #skipped: string | undefined;
  #ticker: NodeJS.Timeout | undefined;

  constructor(title: string, parent?: Slot, keepsNotes = false) {
    this.title = title;
    this.#parent = parent;
    this.keepsNotes = keepsNotes;
    parent?.children.push(this);
    // Whoever draws it looks at the promise; until then a failure must not count as unhandled.
    this.#end.promise.catch(() => {});
  }

  /** Called when it comes onto the screen; the promise settles when the line does. */
  attach(drawn: Drawn): Promise<void> {
    this.#drawn = drawn;
    if (this.#skipped !== undefined) drawn.skip(this.#skipped);
    else if (!this.#started) drawn.waiting();
    if (this.title !== "") drawn.title = this.title;
    for (const note of this.keepsNotes ? this.#notes : this.#notes.slice(-1)) drawn.output = note;
    return this.#end.promise;
  }

  start(): void {
    if (this.#started || this.settled) return;
    this.#parent?.start();
    this.#started = true;
    this.#drawn?.started();
  }

  retitle(title: string): void {
    if (this.settled) return;
    this.title = title;
    if (this.#drawn !== undefined) this.#drawn.title = title;
  }

  /** What it is doing right now. */
  note(text: string): void {
    if (this.settled) return;
    this.#notes.push(text);
    if (this.#drawn !== undefined) this.#drawn.output = text;
  }

  /** A note with the time that is left, counted down unless notes stay. */
  wait(ms: number, text: string): void {
    if (this.settled) return;
    this.unwait();
    this.start();
    const end = performance.now() + ms;
    const tick = (): void => {
      const left = end - performance.now();
      if (left <= 0) this.unwait();
      this.note(left <= 0 ? text : `${text} in ${left < 10_000 ? duration(left) : seconds(left)}`);
    };
    tick();
    // Where notes stay, each second would stay.
    if (ms > 1000 && !this.keepsNotes) this.#ticker = setInterval(tick, 1000);
    this.#ticker?.unref();
  }

  unwait(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  done(): void {
    if (this.settled) return;
    this.start();
    for (const child of this.children) child.leave();
    this.#settle();
    this.#end.resolve();
  }

  skip(message: string): void {
    if (this.settled) return;
    this.#parent?.start();
    this.#skipped = message;
    this.#drawn?.skip(message);
    this.#settle();
    this.#end.resolve();
    this.#parent?.childSkipped();
  }

  /** A group of which a part was skipped is not shown as done. */
  private childSkipped(): void {
    if (this.children.every((child) => child.settled)) this.#drawn?.skip("");
  }

  fail(message: string): void {
    if (this.settled) return;
    this.start();
    this.#settle();
    this.#end.reject(new Error(message));
  }

  /** Nothing more is coming: it stays as it is, waiting or stopped on its way. */
  leave(): void {
    if (this.settled) return;
    if (this.children.some((child) => !child.settled)) this.#drawn?.waiting();
    for (const child of this.children) child.leave();
    if (this.#started && this.children.length === 0) this.skip("stopped");
    this.#settle();
    this.#end.resolve();
  }

  #settle(): void {
    this.unwait();
    this.settled = true;
  }
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1000)}s`;
