import type { ListrDefaultRendererOptions, ListrTask } from "listr2";
import type { Surface } from "./renderer.ts";
import { type Drawn, Slot } from "./slot.ts";
import { paintFor, symbolsFor } from "./terminal.ts";

type Module = typeof import("listr2");
type Wrapper = Parameters<ListrTask["task"]>[1];

/** A tree of lines that is drawn by listr2, redrawn as its slots change, and left standing. */
export class Board {
  readonly #surface: Surface;
  readonly #slots = new Map<string, Slot>();
  readonly #roots: Slot[] = [];
  readonly #bottom = new Slot("");
  #running: Promise<unknown> | undefined;

  constructor(surface: Surface) {
    this.#surface = surface;
  }

  get(id: string): Slot | undefined {
    return this.#slots.get(id);
  }

  /** To be called before the board is drawn: a line that is added later is not seen. */
  add(id: string, title: string, options: { parent?: string; keepsNotes?: boolean } = {}): Slot {
    const parent = options.parent === undefined ? undefined : this.#slots.get(options.parent);
    const slot = new Slot(title, parent, options.keepsNotes);
    this.#slots.set(id, slot);
    if (parent === undefined) this.#roots.push(slot);
    return slot;
  }

  /** A line below the tree. */
  notice(text: string): void {
    this.#bottom.note(text);
  }

  async begin(): Promise<void> {
    if (this.#roots.length === 0) return;
    const listr = await import("listr2");
    // Whether there is a terminal is decided here, by the stream that is drawn on; listr2 would
    // look at the process's standard output.
    class Renderer extends listr.DefaultRenderer {
      static override nonTTY = true;
    }
    const tree = new listr.Listr(
      [...this.#roots.map((slot) => lineOf(slot, listr)), { task: attach(this.#bottom, listr) }],
      {
        concurrent: true,
        exitOnError: false,
        // Signals are the engine's business: listr2 would end the process.
        registerSignalListeners: false,
        renderer: Renderer,
        fallbackRendererCondition: false,
        rendererOptions: rendererOptions(this.#surface, listr),
      },
    );
    this.#running = tree.run();
  }

  /** Leaves what has not ended as it is, and resolves when the last picture is drawn. */
  async end(): Promise<void> {
    for (const slot of this.#roots) slot.leave();
    this.#bottom.done();
    await this.#running;
  }
}

function lineOf(slot: Slot, listr: Module): ListrTask {
  const outputBar = slot.keepsNotes ? Number.POSITIVE_INFINITY : true;
  const start = attach(slot, listr);
  return {
    title: slot.title,
    rendererOptions: { outputBar, persistentOutput: slot.keepsNotes },
    task: (context, wrapper) => {
      const end = start(context, wrapper);
      if (slot.children.length === 0) return end;
      return wrapper.newListr(
        slot.children.map((child) => lineOf(child, listr)),
        { concurrent: true, exitOnError: false },
      );
    },
  };
}

function attach(slot: Slot, listr: Module) {
  return (_: unknown, wrapper: Wrapper): Promise<void> => {
    const { STARTED, WAITING } = listr.ListrTaskState;
    const drawn: Drawn = {
      set title(text: string) {
        wrapper.title = text;
      },
      set output(text: string) {
        wrapper.output = text;
      },
      skip: (message) => wrapper.skip(message),
      started: () => {
        wrapper.task.state$ = STARTED;
      },
      waiting: () => {
        wrapper.task.state$ = WAITING;
      },
    };
    return slot.attach(drawn);
  };
}

function rendererOptions(surface: Surface, listr: Module): ListrDefaultRendererOptions {
  const paint = paintFor(surface.terminal);
  const symbols = symbolsFor(surface.terminal);
  const size = () => surface.size?.() ?? { columns: surface.terminal.width, rows: 24 };
  const stream = {
    isTTY: true,
    get columns() {
      return size().columns;
    },
    get rows() {
      return size().rows;
    },
    write: (text: string) => {
      surface.write(text);
      return true;
    },
  } as unknown as NodeJS.WriteStream;
  const processOutput = new listr.ProcessOutput(stream, stream, {
    dump: [],
    leaveEmptyLine: false,
  });
  class Spinner extends listr.Spinner {
    protected override readonly spinner = [...symbols.spinner];
  }
  const { faint, good, warn, bad } = paint;
  const same = (text?: string) => text ?? "";
  const painted = (color: (text: string) => string) => (text?: string) => color(text ?? "");
  return {
    collapseErrors: false,
    collapseSkips: false,
    collapseSubtasks: false,
    formatOutput: "wrap",
    spinner: new Spinner(),
    logger: new listr.ListrLogger({ processOutput, useIcons: true, toStderr: [] }),
    icon: {
      SKIPPED_WITH_COLLAPSE: symbols.detail,
      SKIPPED_WITHOUT_COLLAPSE: symbols.skipped,
      OUTPUT: symbols.detail,
      OUTPUT_WITH_BOTTOMBAR: symbols.warning,
      PENDING: symbols.detail,
      COMPLETED: symbols.done,
      COMPLETED_WITH_FAILED_SUBTASKS: symbols.warning,
      COMPLETED_WITH_SISTER_TASKS_FAILED: symbols.waiting,
      FAILED: symbols.failed,
      FAILED_WITH_SUBTASKS: symbols.failed,
      WAITING: symbols.waiting,
    },
    color: {
      SKIPPED_WITH_COLLAPSE: painted(warn),
      SKIPPED_WITHOUT_COLLAPSE: painted(warn),
      OUTPUT: painted(faint),
      OUTPUT_WITH_BOTTOMBAR: painted(warn),
      PENDING: same,
      COMPLETED: painted(good),
      COMPLETED_WITH_FAILED_SUBTASKS: painted(warn),
      COMPLETED_WITH_SISTER_TASKS_FAILED: painted(faint),
      FAILED: painted(bad),
      FAILED_WITH_SUBTASKS: painted(bad),
      WAITING: painted(faint),
    },
  };
}
