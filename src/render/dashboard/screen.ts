import type { Readable } from "node:stream";
import { Box, type Key, render, Text, useApp, useInput, useWindowSize } from "ink";
import { createElement as h, type ReactNode, useRef, useState } from "react";
import type { Dashboard } from "../../core/dashboard.ts";
import { paintFor, symbolsFor, type Terminal } from "../terminal.ts";
import { cut, oneLine } from "../text.ts";
import { detailLines } from "./details.ts";
import { helpLines, keysLine } from "./keys.ts";
import { overviewLines, titleLine } from "./overview.ts";
import { firstView, type KeyName, press } from "./view.ts";

export interface DashboardScreen {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly terminal: Terminal;
  /** How everything is now. */
  look(): Dashboard;
  /** Asks the services; gives what there is to say of it. */
  check(): Promise<string>;
  /** Hands out the function that shows a sentence at the bottom. */
  onNotice(show: (text: string) => void): void;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** How often is looked, in ms. */
  readonly everyMs: number;
}

/** How long a sentence stays at the bottom. */
const saidForMs = 10_000;

/**
 * The dashboard on the terminal's other screen, until q, Ctrl-C or the signal; the terminal is then
 * as it was. Rejects with what `look` or `check` has thrown.
 */
export async function showDashboard(options: DashboardScreen): Promise<void> {
  const { stdin, stdout, terminal, look, check, onNotice, signal, everyMs } = options;
  let board = look();
  let checking = false;
  let said = { text: "", at: board.at };
  if (signal.aborted) return;
  const checkNow = (): void => {
    if (checking) return;
    checking = true;
    say("Asking the services.");
    const done = (text: string): void => {
      checking = false;
      say(text);
    };
    check().then(done, fail);
  };
  const app = (): ReactNode => {
    const current = board.at - said.at < saidForMs ? said.text : "";
    return h(App, { board, said: current, terminal, canType: canType(stdin), checkNow });
  };
  const screen = render(app(), {
    stdin: stdin as NodeJS.ReadStream,
    stdout,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    isScreenReaderEnabled: false,
    // Ctrl-C is a key as any other; signals are the caller's business.
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const fail = (error: unknown): void => screen.unmount(error as Error);
  const draw = (): void => {
    try {
      board = look();
      screen.rerender(app());
    } catch (error) {
      fail(error);
    }
  };
  const say = (text: string): void => {
    said = { text, at: board.at };
    draw();
  };
  const end = (): void => screen.unmount();
  const timer = setInterval(draw, everyMs);
  signal.addEventListener("abort", end, { once: true });
  onNotice(say);
  try {
    await screen.waitUntilExit();
  } finally {
    clearInterval(timer);
    signal.removeEventListener("abort", end);
    onNotice(() => {});
  }
}

function canType(stdin: DashboardScreen["stdin"]): boolean {
  return stdin.isTTY === true && "setRawMode" in stdin;
}

interface Shown {
  readonly board: Dashboard;
  /** A sentence at the bottom. */
  readonly said: string;
  readonly terminal: Terminal;
  readonly canType: boolean;
  checkNow(): void;
}

function App({ board, said, terminal: given, canType, checkNow }: Shown): ReactNode {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  // Of several keys in one piece each finds what the one before it has left.
  const latest = useRef(firstView);
  const [view, setView] = useState(firstView);
  const ids = board.integrations.map(({ integration }) => integration);
  useInput(
    (input, key) => {
      for (const name of names(input, key)) {
        const pressed = press(latest.current, name, ids);
        if (pressed === "quit") return exit();
        if (pressed === "check") checkNow();
        else latest.current = pressed;
      }
      setView(latest.current);
    },
    { isActive: canType },
  );

  const terminal: Terminal = { ...given, width: columns };
  const { ellipsis } = symbolsFor(terminal);
  const note = said === "" ? "" : paintFor(terminal).warn(cut(oneLine(said), columns, ellipsis));
  // One row stays free: a terminal whose last one is full may scroll. Title, keys, their blanks.
  const room = Math.max(0, rows - 1 - 4 - (note === "" ? 0 : 1));
  const pages = { overview: overviewLines, details: detailLines };
  const lines =
    view.page === "help"
      ? helpLines(terminal, room)
      : pages[view.page](board, view, terminal, room);
  return h(
    Box,
    { flexDirection: "column", width: columns, height: Math.max(1, rows - 1), overflow: "hidden" },
    line(titleLine(board, terminal)),
    h(
      Box,
      { flexDirection: "column", flexGrow: 1, marginTop: 1, overflow: "hidden" },
      ...lines.map(line),
    ),
    note === "" ? null : line(note),
    line(keysLine(view.page, canType, terminal)),
  );
}

function line(text: string): ReactNode {
  return h(Text, { wrap: "truncate-end" }, text === "" ? " " : text);
}

/** Keys that are pressed fast, or pasted, come together. */
function names(input: string, key: Key): KeyName[] {
  if (key.ctrl) return input === "c" || input === "d" ? ["interrupt"] : [];
  if (key.upArrow) return ["up"];
  if (key.downArrow) return ["down"];
  if (key.home || key.pageUp) return ["first"];
  if (key.end || key.pageDown) return ["last"];
  if (key.return || key.rightArrow) return ["enter"];
  if (key.escape || key.leftArrow || key.backspace || key.delete) return ["back"];
  return [...input].map((sign) => signs[sign] ?? sign);
}

/** Those that have a name of their own only when they come alone. */
const signs: Readonly<Record<string, KeyName>> = {
  "\r": "enter",
  "\n": "enter",
  "\u001b": "back",
  "\u007f": "back",
  "\u0003": "interrupt",
  "\u0004": "interrupt",
};
