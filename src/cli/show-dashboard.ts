import type { Dashboard } from "../core/dashboard.ts";
import { TestxError } from "../core/failure.ts";
import { health } from "../features/health.ts";
import { count } from "../render/text.ts";
import type { Context } from "./context.ts";
import { streamOf } from "./io.ts";

const everyMs = 1000;

/** Until somebody ends it. */
export async function onTerminal(look: () => Dashboard, context: Context): Promise<void> {
  const { io, screen, interruption, showNotices } = context;
  const ended = new AbortController();
  interruption.onStop(() => ended.abort());
  interruption.onEnd(() => ended.abort());
  // A bundle of its own, as ECMAScript modules: scripts/build/bundle.ts says why.
  const { showDashboard } = await import("../render/dashboard/screen.ts");
  let restore = (): void => {};
  try {
    await showDashboard({
      ...{ stdin: io.stdin, stdout: streamOf(io.stdout), terminal: screen.out.terminal },
      ...{ look, check: () => checkNow(context), signal: ended.signal, everyMs },
      onNotice: (show) => {
        restore();
        restore = showNotices((text) => show(context.redactor.text(text)));
      },
    });
  } finally {
    restore();
  }
}

/** Asks all services, as `testx integrations health --fresh` does; what it comes to in a sentence. */
async function checkNow(context: Context): Promise<string> {
  const { redactor } = context;
  try {
    const { openProject } = await import("./container.ts");
    // Not the one that is looked at: that one has no services open, and needs none.
    const project = await openProject("everything", context);
    try {
      const deps = project.sequenceDeps("testx dashboard", () => {});
      const offline = project.config().switches.offline;
      const items = await health({ ...deps, offline }, { names: [], fresh: true });
      const ill = items.filter(({ state }) => state !== "healthy");
      if (offline) return "Offline mode is on: nobody was asked.";
      const asked = `${count(items.length, "service")} asked`;
      if (ill.length === 0) return `${asked}: all is well.`;
      const names = ill.map(({ integration, state }) => `${integration} is ${state}`);
      return redactor.text(`${asked}: ${names.join(", ")}.`);
    } finally {
      await project.close();
    }
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    const { code, message } = error.failure;
    return redactor.text(`${code}: ${message}`);
  }
}
