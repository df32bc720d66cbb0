import { styleText } from "node:util";

/** What a stream can show. Made once per stream; everything that renders is a function of it. */
export interface Terminal {
  readonly color: boolean;
  /** False: ASCII symbols only. */
  readonly unicode: boolean;
  /** Columns; infinite when it is not a terminal, where nothing should be wrapped or cut. */
  readonly width: number;
  /** A person looks at it and it can move its cursor. */
  readonly interactive: boolean;
  /** What a command in advice must repeat to mean the same project: ` --sandbox`. Left out: nothing. */
  readonly options?: string;
}

/** A command in advice, as it is to be typed. */
export function typed(command: string, { options = "" }: Pick<Terminal, "options">): string {
  return `\`${command}${options}\``;
}

/** Text with the commands in it that are about a project made as they are to be typed. */
export function withOptions(text: string, { options = "" }: Pick<Terminal, "options">): string {
  if (options === "") return text;
  return text.replace(/`(testx [^`]+)`/g, (quoted, command: string) =>
    elsewhere.test(command) || command.includes(options) ? quoted : `\`${command}${options}\``,
  );
}

/** They need no project, or mean another one. */
const elsewhere = /^testx (-|explain|help|init|completion|sandbox|simulate)/;

type Environment = Readonly<Record<string, string | undefined>>;

export function terminalOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Environment,
  wanted: { readonly color: boolean },
): Terminal {
  const tty = stream.isTTY === true;
  const dumb = env.TERM === "dumb";
  return {
    color: wanted.color && colored(tty && !dumb, env),
    unicode: !dumb && env.TERM !== "linux" && unicodeLocale(env),
    width: tty ? Math.max(20, stream.columns || 80) : Number.POSITIVE_INFINITY,
    interactive: tty && !dumb && !isReadAloud(env) && !inContinuousIntegration(env),
  };
}

/**
 * Whether what is shown goes to a screen reader: it reads whole lines, one after the other, and a
 * picture that is drawn anew from the start. INK_SCREEN_READER is ink's name for that, ACCESSIBLE
 * that of other programs.
 */
export function isReadAloud(env: Environment): boolean {
  const on = (value: string | undefined): boolean => !["", "0", "false", undefined].includes(value);
  return on(env.INK_SCREEN_READER) || on(env.ACCESSIBLE);
}

/** FORCE_COLOR wins over NO_COLOR, as in Node itself. */
function colored(capable: boolean, env: Environment): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return capable && !env.NO_COLOR;
}

function unicodeLocale(env: Environment): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  // Without any locale a container's shell still sits in somebody's UTF-8 terminal.
  return !locale || /utf-?8/i.test(locale);
}

export function inContinuousIntegration(env: Environment): boolean {
  return Boolean(env.CI) && env.CI !== "false" && env.CI !== "0";
}

const styles = {
  good: "green",
  bad: "red",
  warn: "yellow",
  faint: "dim",
  strong: "bold",
  link: "cyan",
} as const;

/** Colours by what they mean. */
export type Paint = Readonly<Record<keyof typeof styles, (text: string) => string>>;

export function paintFor({ color }: Pick<Terminal, "color">): Paint {
  const plain = (text: string): string => text;
  const entries = Object.entries(styles).map(([name, style]) => [
    name,
    color ? (text: string) => styleText(style, text, { validateStream: false }) : plain,
  ]);
  return Object.fromEntries(entries) as Paint;
}

const unicodeSymbols = {
  done: "✔",
  failed: "✖",
  warning: "⚠",
  skipped: "↓",
  waiting: "◻",
  arrow: "→",
  detail: "›",
  dash: "–",
  ellipsis: "…",
  branch: "├─ ",
  lastBranch: "└─ ",
  trunk: "│  ",
  gutter: "│",
  spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
} as const;

type SymbolNames = keyof typeof unicodeSymbols;
export type Symbols = Readonly<Record<Exclude<SymbolNames, "spinner">, string>> & {
  readonly spinner: readonly string[];
};

const asciiSymbols: Symbols = {
  done: "v",
  failed: "x",
  warning: "!",
  skipped: "-",
  waiting: ".",
  arrow: "->",
  detail: ">",
  dash: "-",
  ellipsis: "...",
  branch: "|- ",
  lastBranch: "`- ",
  trunk: "|  ",
  gutter: "|",
  spinner: ["-", "\\", "|", "/"],
};

export function symbolsFor({ unicode }: Pick<Terminal, "unicode">): Symbols {
  return unicode ? unicodeSymbols : asciiSymbols;
}
