import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "../../src/core/json.ts";
import type { FaultRule } from "../../src/sandbox/fault.ts";
import type { LogEntry } from "../../src/sandbox/log.ts";

const script = new URL("./chaos-sandbox-process.ts", import.meta.url);

export interface Question {
  readonly id: number;
  readonly ask: "state" | "full" | "log" | "faults" | "reset";
  readonly rules?: readonly FaultRule[];
}

export type Answer =
  | { type: "ready"; url: string; environment: Readonly<Record<string, string>> }
  | { type: "held"; entry: LogEntry }
  | { type: "answer"; id: number; value: unknown };

/** The stand-ins in a process of their own, with durable state. */
export class ChaosSandbox {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Called for each request that a `stall` holds back, before or after it took effect. */
  onHeld: (entry: LogEntry) => void = () => {};
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (value: never) => void>();
  #asked = 0;

  static async start(stateFile: string): Promise<ChaosSandbox> {
    const child = fork(fileURLToPath(script), [stateFile], {
      // Without the test runner's own options, which are no business of this process.
      execArgv: [],
    });
    const early = new Promise<never>((_, reject) => {
      child.once("exit", (code) => reject(new Error(`the sandbox did not start (${code})`)));
    });
    const started = once(child, "message") as Promise<[Extract<Answer, { type: "ready" }>]>;
    const [ready] = await Promise.race([started, early]);
    early.catch(() => {});
    return new ChaosSandbox(child, ready);
  }

  private constructor(
    child: ChildProcess,
    { url, environment }: { url: string; environment: Readonly<Record<string, string>> },
  ) {
    this.#child = child;
    this.url = url;
    this.environment = environment;
    child.on("message", (message: Answer) => {
      if (message.type === "held") this.onHeld(message.entry);
      if (message.type !== "answer") return;
      this.#waiting.get(message.id)?.(message.value as never);
      this.#waiting.delete(message.id);
    });
  }

  #ask<T>(ask: Question["ask"], rules?: readonly FaultRule[]): Promise<T> {
    const id = ++this.#asked;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ id, ask, ...(rules ? { rules } : {}) } satisfies Question, (error) => {
        if (error) reject(error);
      });
    });
  }

  /** Canonical. */
  state = (): Promise<string> => this.#ask("state");
  /** With ids, trash and archive. */
  full = (): Promise<Record<string, JsonObject>> => this.#ask("full");
  log = (): Promise<LogEntry[]> => this.#ask("log");
  setFaults = (rules: readonly FaultRule[]): Promise<void> => this.#ask("faults", rules);
  /** Back to the beginning, without faults. */
  reset = (): Promise<void> => this.#ask("reset");

  async close(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    await gone;
  }
}
