import type { Readable, Writable } from "node:stream";
import { confirm, intro, isCancel, log, multiselect, password, text } from "@clack/prompts";
import type { Terminal } from "./terminal.ts";
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

type Output = Writable & { readonly columns?: number };

export function prompts(
  given: { readonly input: Readable; readonly output: Output; readonly signal: AbortSignal },
  terminal: Pick<Terminal, "color" | "unicode">,
): Prompts {
  const { input } = given;
  const gone = new AbortController();
  // Ctrl-D closes the line that is read, and no question would ever be answered.
  input.on("keypress", (_, { ctrl, name }: { ctrl?: boolean; name?: string }) => {
    if (ctrl && name === "d") gone.abort();
  });
  input.once("end", () => gone.abort());
  const signal = AbortSignal.any([given.signal, gone.signal]);
  const streams = { input, output: shownOn(given.output, terminal), signal };
  const answered = <T>(answer: T | symbol): T | undefined =>
    isCancel(answer) ? undefined : (answer as T);
  const asked: Prompts["confirm"] = async (message, likely = false) =>
    answered<boolean>(await confirm({ ...streams, message, initialValue: likely }));
  const oneByOne = async <T extends string>(
    message: string,
    options: readonly { readonly value: T; readonly label: string }[],
    likely: readonly T[],
  ): Promise<readonly T[] | undefined> => {
    for (;;) {
      log.step(message, streams);
      const taken: T[] = [];
      for (const { value, label } of options) {
        const yes = await asked(`${label}?`, likely.includes(value));
        if (yes === undefined) return undefined;
        if (yes) taken.push(value);
      }
      if (taken.length > 0) return taken;
      log.error("Say yes to at least one.", streams);
    }
  };
  return {
    intro: (title) => intro(title, streams),
    async choose(message, options, chosen) {
      // Only a colour tells where one is in a list.
      if (!terminal.color) return oneByOne(message, options, chosen);
      const answer = await multiselect<string>({
        ...streams,
        message,
        options: [...options],
        initialValues: [...chosen],
      });
      return answered(answer) as never;
    },
    async ask(message, { initial, hint, check }) {
      const answer = await text({
        ...streams,
        message,
        ...(initial === "" ? {} : { initialValue: initial }),
        // It looks like something typed where it is not faint.
        ...(hint === undefined ? {} : { placeholder: terminal.color ? hint : `(${hint})` }),
        defaultValue: "",
        validate: (value) => check((value ?? "").trim()),
      });
      return answered<string>(answer)?.trim();
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
      const known = answered<string | undefined>(answer);
      return isCancel(answer) ? undefined : (known ?? "").trim();
    },
    confirm: asked,
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

/** The same output for a terminal that shows no colours, or no signs beyond ASCII. */
function shownOn(output: Output, { color, unicode }: Pick<Terminal, "color" | "unicode">): Output {
  if (color && unicode) return output;
  const shown = (text: string): string => {
    const plain = color ? text : text.replace(colors, "");
    return unicode ? plain : plain.replace(beyond, (sign) => ascii[sign] ?? sign);
  };
  return new Proxy(output, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "write") return value.bind(target);
      return (text: unknown, ...rest: unknown[]) =>
        value.call(target, typeof text === "string" ? shown(text) : text, ...rest);
    },
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const colors = /\u001b\[[\d;]*m/g;
const beyond = /[^\0-\x7f]/gu;

/** One column each, as what they stand for: rows are counted by width. */
const ascii: Readonly<Record<string, string>> = {
  "◆": "*",
  "◇": "o",
  "■": "x",
  "▲": "!",
  "●": ">",
  "○": " ",
  "◻": ".",
  "◼": "x",
  "▪": "*",
  "•": "*",
  "│": "|",
  "┌": "+",
  "└": "+",
  "├": "+",
  "─": "-",
  "━": "-",
  "—": "-",
  "█": "_",
  "…": ".",
  "↑": "^",
  "↓": "v",
};
