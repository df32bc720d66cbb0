import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../support/cli.ts";
import { hasTmux, openWindow } from "../support/tmux.ts";

const command = `${process.execPath} ${join(root, "bin/testx.js")}`;
const dashboard = `${command} dashboard --sandbox`;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-dashboard-"));
  cpSync(join(root, "config"), join(folder, "config"), { recursive: true });
  const env = { PATH: process.env.PATH, HOME: folder, INTEGRATION_SETTLE_TIME: "0" };
  const setup = spawnSync(process.execPath, [join(root, "bin/testx.js"), "setup", "--sandbox"], {
    ...{ cwd: folder, env, encoding: "utf8" },
  });
  expect(setup.stderr + setup.stdout).toContain("succeeded");
});
// Its programs may be on their way out.
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

/** The id of the dashboard that runs in a window. */
function dashboards(): number[] {
  const { stdout } = spawnSync("pgrep", ["-f", `^${dashboard}`], { encoding: "utf8" });
  return stdout.split("\n").filter(Boolean).map(Number);
}

if (!hasTmux) console.warn("tmux is not installed: the dashboard is not tried on a terminal.");

describe.skipIf(!hasTmux)("testx dashboard on a terminal", () => {
  it("shows everything, has keys for more, and leaves the terminal as it was", async () => {
    const window = await openWindow({ cwd: folder });
    window.keys("stty -g > before; echo was here", "Enter");
    await window.until(/^was here$/m);
    const before = window.screen();
    window.keys(`${dashboard}; stty -g > after; echo ended $?`, "Enter");
    const overview = await window.until("q quit");
    expect(overview).toMatch(/^testx dashboard --sandbox +\d\d:\d\d:\d\dZ$/m);
    expect(overview).toContain("Nothing is running.");
    expect(overview).toMatch(/^› slack +✔ healthy \S+.* closed +free .*█$/m);
    expect(overview).toMatch(/^\d{8}-\d{6}-\w+ +setup +succeeded/m);
    expect(window.state()).toEqual({ cursor: false, otherScreen: true });

    window.keys("j");
    await window.until(/^› notion/m);
    window.keys("Down", "k", "j");
    await window.until(/^› github/m);
    window.keys("k", "j", "Enter");
    const details = await window.until("The last 24 hours");
    expect(details).toMatch(/^github {2}✔ healthy/m);
    expect(details).toMatch(/^ {2}breaker {2}closed$/m);
    window.keys("?");
    await window.until("half-open: one tries");
    window.keys("Escape");
    await window.until(/^› github/m);
    window.keys("r");
    await window.until("services asked: all is well.");

    window.keys("q");
    const after = await window.until("ended 0");
    expect(after.startsWith(before.trimEnd().split("\n")[0] as string)).toBe(true);
    expect(after).not.toContain("q quit");
    // Nothing is left on the screen below but what the shell has written.
    expect(after.trimEnd().split("\n").at(-2)).toMatch(/ended 0$/);
    expect(after).not.toContain("Warning");
    expect(window.state()).toEqual({ cursor: true, otherScreen: false });
    const modes = (name: string) => execFileSync("cat", [name], { cwd: folder, encoding: "utf8" });
    expect(modes("after")).toBe(modes("before"));
  });

  it("fits a window that is made smaller and larger", async () => {
    const window = await openWindow({ cwd: folder });
    window.keys(dashboard, "Enter");
    await window.until("q quit");
    for (const [columns, rows] of [
      [60, 16],
      [40, 10],
      [120, 30],
    ] as const) {
      window.resize(columns, rows);
      // The time stands at the right end.
      const screen = await window.until(
        new RegExp(`^testx dashboard.{${columns - 18}}\\d\\dZ$`, "m"),
      );
      const lines = screen.trimEnd().split("\n");
      expect(lines[0]).toMatch(/^testx dashboard/);
      expect(lines.filter((line) => line.startsWith("testx dashboard"))).toHaveLength(1);
      expect(lines.filter((line) => line.startsWith("q quit"))).toHaveLength(1);
      expect(screen).toMatch(/^› slack/m);
    }
    window.keys("C-c");
    await window.until("q quit", { gone: true });
    expect(window.state()).toEqual({ cursor: true, otherScreen: false });
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "gives the terminal back at %s",
    async (signal) => {
      const window = await openWindow({ cwd: folder });
      const others = dashboards();
      window.keys(dashboard, "Enter");
      await window.until("q quit");
      for (const id of dashboards().filter((id) => !others.includes(id))) process.kill(id, signal);
      await window.until("q quit", { gone: true });
      expect(window.state()).toEqual({ cursor: true, otherScreen: false });
    },
  );

  it("is ASCII without colors where that is asked for", async () => {
    const window = await openWindow({ cwd: folder, env: { LC_ALL: "C", NO_COLOR: "1" } });
    window.keys(dashboard, "Enter");
    await window.until("q quit");
    expect(window.screen({ colors: true })).toMatch(/^[ -~\n]*$/);
    window.keys("?");
    await window.until("half-open: one tries");
    expect(window.screen({ colors: true })).toMatch(/^[ -~\n]*$/);
    window.keys("q");
    await window.until("q quit", { gone: true });
  });

  it.each(["TERM=dumb", "INK_SCREEN_READER=true", "ACCESSIBLE=1", "CI=true"])(
    "is told once, as text, with %s",
    async (setting) => {
      const window = await openWindow({ cwd: folder });
      window.keys(`${setting} ${dashboard}; echo ended $?`, "Enter");
      const screen = await window.until("ended 0");
      expect(screen).toContain("Runs\n");
      expect(screen).not.toContain("q quit");
    },
  );

  it("goes on without a keyboard until Ctrl-C", async () => {
    const window = await openWindow({ cwd: folder });
    window.keys(`${dashboard} < /dev/null; echo ended $?`, "Enter");
    await window.until("Ctrl-C quits");
    window.keys("C-c");
    await window.until("ended 0");
    expect(window.state()).toEqual({ cursor: true, otherScreen: false });
  });
});
