import type { Readable, Writable } from "node:stream";
import { confirm, intro, isCancel, log, multiselect, password, text } from "@clack/prompts";
import { hanging } from "./text.ts";

/** Questions to a person at a terminal. Each gives `undefined` when the person gives up. */
export interface Prompts {
  intro(title: string): void;
  choose<T extends string>(
    message: string,
    options: readonly { readonly value: T; readonly label: string }[],
    chosen: readonly T[],
  ): Promise<readonly T[] | undefined>;
  ask(
    message: string,
    options: {
      readonly initial: string;
      readonly hint?: string;
      readonly check: (text: string) => string | undefined;
    },
  ): Promise<string | undefined>;
  /** What is typed is not shown; empty: nothing was. */
  secret(message: string, check: (text: string) => string | undefined): Promise<string | undefined>;
  /** @param likely what Enter alone answers */
  confirm(message: string, likely?: boolean): Promise<boolean | undefined>;
  /** Tells something between questions. */
  say(kind: "step" | "info" | "good" | "bad", text: string): void;
}

export function prompts(streams: {
  readonly input: Readable;
  readonly output: Writable & { readonly columns?: number };
  readonly signal: AbortSignal;
}): Prompts {
  const given = <T>(answer: T | symbol): T | undefined =>
    isCancel(answer) ? undefined : (answer as T);
  return {
    intro: (title) => intro(title, streams),
    async choose(message, options, chosen) {
      const answer = await multiselect<string>({
        ...streams,
        message,
        options: [...options],
        initialValues: [...chosen],
      });
      return given(answer) as never;
    },
    async ask(message, { initial, hint, check }) {
      const answer = await text({
        ...streams,
        message,
        ...(initial === "" ? {} : { initialValue: initial }),
        ...(hint === undefined ? {} : { placeholder: hint }),
        defaultValue: "",
        validate: (value) => check((value ?? "").trim()),
      });
      return given<string>(answer)?.trim();
    },
    async secret(message, check) {
      const answer = await password({
        ...streams,
        message,
        validate: (value) => {
          const text = (value ?? "").trim();
          return text === "" ? undefined : check(text);
        },
      });
      const known = given<string | undefined>(answer);
      return isCancel(answer) ? undefined : (known ?? "").trim();
    },
    async confirm(message, likely = false) {
      return given<boolean>(await confirm({ ...streams, message, initialValue: likely }));
    },
    say(kind, text) {
      const tell = { step: log.step, info: log.info, good: log.success, bad: log.error }[kind];
      const width = (streams.output.columns ?? 80) - 4;
      const lines = text
        .split("\n")
        .flatMap((line) => (line.length > width ? hanging("", line, width) : [line]));
      tell(lines.join("\n"), { output: streams.output });
    },
  };
}
