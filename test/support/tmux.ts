import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** A real terminal, with a shell in it, that can be looked at and typed on. */
export interface Window {
  /** What is on the screen; with `colors` the escape sequences that paint it too. */
  screen(options?: { readonly colors?: boolean }): string;
  /** Types these; names as tmux has them: `Enter`, `Down`, `C-c`. */
  keys(...keys: readonly string[]): void;
  resize(columns: number, rows: number): void;
  /** Whether the cursor is to be seen, and whether a program has the other screen. */
  state(): { readonly cursor: boolean; readonly otherScreen: boolean };
  /** The screen as soon as it looks so. */
  until(wanted: string | RegExp, options?: { readonly gone?: boolean }): Promise<string>;
}

export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

let made = 0;

export async function openWindow(options: {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}): Promise<Window> {
  const { columns = 80, rows = 24, cwd } = options;
  made += 1;
  const socket = join(cwd, `tmux-${made}`);
  const env = {
    ...{ PATH: process.env.PATH, HOME: cwd, LANG: "C.UTF-8", TERM: "xterm-256color", PS1: "$ " },
    ...options.env,
  };
  const tmux = (...args: readonly string[]): string =>
    execFileSync("tmux", ["-S", socket, "-f", "/dev/null", "-u", ...args], {
      ...{ encoding: "utf8", cwd, env, stdio: ["ignore", "pipe", "pipe"] },
    });
  const size = ["-x", String(columns), "-y", String(rows)];
  tmux("new-session", "-d", ...size, "env", "-u", "TMUX", "bash", "--norc", "--noprofile");
  onTestFinished(() => void spawnSync("tmux", ["-S", socket, "kill-server"]));
  const window: Window = {
    screen: ({ colors = false } = {}) => tmux("capture-pane", "-p", ...(colors ? ["-e"] : [])),
    keys: (...keys) => void tmux("send-keys", ...keys),
    resize: (columns, rows) =>
      void tmux("resize-window", "-x", String(columns), "-y", String(rows)),
    state() {
      const flags = tmux("display-message", "-p", "#{cursor_flag}#{alternate_on}");
      return { cursor: flags[0] === "1", otherScreen: flags[1] === "1" };
    },
    async until(wanted, { gone = false } = {}) {
      const last = performance.now() + 20_000;
      for (;;) {
        const screen = window.screen();
        const isThere = typeof wanted === "string" ? screen.includes(wanted) : wanted.test(screen);
        if (isThere !== gone) return screen;
        if (performance.now() > last) throw new Error(`${wanted} is not on the screen:\n${screen}`);
        await sleep(50);
      }
    },
  };
  await window.until(/^\$/m);
  return window;
}
