import { getBuiltinModule } from "node:process";
import type { Worker } from "node:worker_threads";
import { type Failure, TestxError } from "../core/failure.ts";

type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly id: number; readonly bug: string };

/** A thread of this process that answers questions. */
export interface Thread {
  /** Rejects with what `answering` has thrown there, or when the thread ends. */
  ask(question: unknown): Promise<unknown>;
  end(): Promise<void>;
}

/** `file` calls `answering`; `given` is cloned and told to it. */
export function startThread(file: URL, given: unknown): Thread {
  const worker: Worker = new (getBuiltinModule("node:worker_threads").Worker)(file, {
    workerData: given,
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  let over: unknown;
  const give = (why: unknown): void => {
    over ??= why;
    for (const { reject } of waiting.values()) reject(over);
    waiting.clear();
  };
  worker.on("message", (answer: Answer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("result" in answer) one?.resolve(answer.result);
    else if ("failure" in answer) one?.reject(new TestxError(answer.failure));
    else one?.reject(new Error(answer.bug));
  });
  worker.on("error", give);
  worker.on("exit", () => give(new Error("The thread has ended.")));
  return {
    ask(question) {
      if (over !== undefined) return Promise.reject(over);
      const id = ++asked;
      const one = Promise.withResolvers<unknown>();
      waiting.set(id, one);
      worker.postMessage({ id, question });
      return one.promise;
    },
    async end() {
      await worker.terminate();
    },
  };
}

/** In a thread: answers what it is asked, with what `open` makes of what the thread was given. */
export function answering<Given, Question>(
  open: (given: Given) => Promise<(question: Question) => Promise<unknown>>,
): void {
  const { parentPort: port, workerData } = getBuiltinModule("node:worker_threads");
  const opened = open(workerData as Given);
  // Whoever asks is told.
  opened.catch(() => {});
  port?.on("message", async ({ id, question }: { id: number; question: Question }) => {
    try {
      port.postMessage({ id, result: await (await opened)(question) });
    } catch (error) {
      if (error instanceof TestxError) port.postMessage({ id, failure: error.failure });
      else port.postMessage({ id, bug: error instanceof Error ? error.stack : String(error) });
    }
  });
}
