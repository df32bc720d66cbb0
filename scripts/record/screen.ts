export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

interface Cell {
  readonly sign: string;
  readonly styles: readonly Style[];
}

/** Signs in a row that look the same. */
export interface Stretch {
  readonly column: number;
  readonly text: string;
  readonly styles: readonly Style[];
}

const on: Readonly<Record<string, Style>> = {
  "1": "bold",
  "2": "dim",
  "31": "red",
  "32": "green",
  "33": "yellow",
  "36": "cyan",
};
const off: Readonly<Record<string, readonly Style[]>> = {
  "22": ["bold", "dim"],
  "39": ["red", "green", "yellow", "cyan"],
};

/** What a terminal would show: obeys the few sequences that testx sends, and throws at others. */
export class Screen {
  readonly #columns: number;
  readonly #lines: Cell[][] = [[]];
  #styles: readonly Style[] = [];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    for (const part of text.match(/\u001b\[[?\d;]*[A-Za-z]|[\s\S]/gu) ?? []) this.#take(part);
  }

  /** Without the empty lines at the end. */
  lines(): Stretch[][] {
    const lines = this.#lines.map(stretches);
    while (lines.at(-1)?.length === 0) lines.pop();
    return lines;
  }

  #take(part: string): void {
    if (part === "\n") this.#to(this.#row + 1, 0);
    else if (part === "\r") this.#column = 0;
    else if (part.startsWith("\u001b")) this.#control(part.slice(2, -1), part.at(-1) as string);
    else this.#put(part);
  }

  #put(sign: string): void {
    if (this.#column === this.#columns) this.#to(this.#row + 1, 0);
    const line = this.#lines[this.#row]!;
    while (line.length < this.#column) line.push({ sign: " ", styles: [] });
    line[this.#column] = { sign, styles: this.#styles };
    this.#column += 1;
  }

  #control(argument: string, letter: string): void {
    const times = Number(argument || 1);
    if (letter === "h" || letter === "l") return;
    if (letter === "m") for (const code of argument.split(";")) this.#style(code);
    else if (letter === "A") this.#row = Math.max(0, this.#row - times);
    else if (letter === "B") this.#to(this.#row + times, this.#column);
    else if (letter === "G") this.#column = times - 1;
    else if (letter === "K" && argument === "2") this.#lines[this.#row] = [];
    else if (letter === "K" && argument === "") this.#lines[this.#row]!.length = this.#column;
    else throw new Error(`the screen does not know CSI ${argument}${letter}`);
  }

  #style(code: string): void {
    const style = on[code];
    const ended = off[code];
    if (code === "" || code === "0") this.#styles = [];
    else if (style !== undefined) this.#styles = [...new Set([...this.#styles, style])];
    else if (ended !== undefined) this.#styles = this.#styles.filter((it) => !ended.includes(it));
    else throw new Error(`the screen does not know the style ${code}`);
  }

  #to(row: number, column: number): void {
    while (this.#lines.length <= row) this.#lines.push([]);
    this.#row = row;
    this.#column = column;
  }
}

function stretches(line: readonly Cell[]): Stretch[] {
  const found: { column: number; text: string; styles: readonly Style[] }[] = [];
  line.forEach(({ sign, styles }, column) => {
    const last = found.at(-1);
    if (last !== undefined && same(last.styles, styles)) last.text += sign;
    else found.push({ column, text: sign, styles });
  });
  const end = found.at(-1);
  if (end !== undefined) end.text = end.text.trimEnd();
  return found.filter(({ text }) => text !== "");
}

function same(a: readonly Style[], b: readonly Style[]): boolean {
  return a.length === b.length && a.every((style) => b.includes(style));
}
