import type { Surface } from "../../src/render/renderer.ts";
import type { Terminal } from "../../src/render/terminal.ts";

/** A surface that collects what is written. */
export function collect(terminal: Partial<Terminal> = {}): Surface & { text(): string } {
  let written = "";
  return {
    terminal: { color: false, unicode: true, width: 80, interactive: true, ...terminal },
    write(text) {
      written += text;
    },
    text: () => written,
  };
}

/**
 * What a terminal would show: follows the cursor through the few sequences that testx and
 * listr2 use, and throws at any other.
 */
export class FakeTerminal implements Surface {
  readonly terminal: Terminal;
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(terminal: Partial<Terminal> = {}) {
    this.terminal = { color: false, unicode: true, width: 80, interactive: true, ...terminal };
  }

  size() {
    return { columns: this.terminal.width, rows: 60 };
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    for (const part of text.match(/\u001b\[[?\d;]*[A-Za-z]|[\s\S]/gu) ?? []) this.#take(part);
  }

  text(): string {
    return this.#lines
      .map((line) => line.join("").trimEnd())
      .join("\n")
      .trimEnd();
  }

  #take(part: string): void {
    if (part === "\n") this.#to(this.#row + 1, 0);
    else if (part === "\r") this.#column = 0;
    else if (!part.startsWith("\u001b")) this.#put(part);
    else this.#control(part.slice(2, -1), part.at(-1) as string);
  }

  #put(sign: string): void {
    if (this.#column === this.terminal.width) this.#to(this.#row + 1, 0);
    const line = this.#lines[this.#row]!;
    while (line.length < this.#column) line.push(" ");
    line[this.#column] = sign;
    this.#column += 1;
  }

  #control(argument: string, letter: string): void {
    const times = Number(argument || 1);
    if (letter === "h" || letter === "l" || letter === "m") return;
    if (letter === "A") this.#row = Math.max(0, this.#row - times);
    else if (letter === "B") this.#to(this.#row + times, this.#column);
    else if (letter === "G") this.#column = times - 1;
    else if (letter === "K" && argument === "2") this.#lines[this.#row] = [];
    else if (letter === "K" && argument === "") this.#lines[this.#row]!.length = this.#column;
    else throw new Error(`the fake terminal does not know CSI ${argument}${letter}`);
  }

  #to(row: number, column: number): void {
    while (this.#lines.length <= row) this.#lines.push([]);
    this.#row = row;
    this.#column = column;
  }
}
