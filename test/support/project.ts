import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../src/core/json.ts";
import { type RunningSandbox, startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";
import { type CliOptions, type Ended, root, testx } from "./cli.ts";

/** Waits that tests have no time for; the stand-ins show at once what they have done. */
export const impatient = { INTEGRATION_SETTLE_TIME: "0", INTEGRATION_RETRY_BASE_DELAY: "5" };

/** A fresh folder with the default configuration, beside a sandbox of its own. */
export interface TestProject {
  readonly folder: string;
  readonly sandbox: RunningSandbox;
  /** Runs testx there, pointed at the sandbox by environment alone. */
  run(args: readonly string[], options?: Partial<CliOptions>): Promise<Ended>;
  /** Writes that reached a service, as `slack POST /api/chat.postMessage`. */
  writes(): string[];
  close(): Promise<void>;
}

/** A canonical state with the ids that one thing holds of another masked: they differ from run to run. */
export function masked(state: string): string {
  return state.replace(/\b[0-9a-f]{32}\b/g, "<id>").replace(/\bC0[0-9A-Z]{7,}\b/g, "<channel>");
}

/** @param seen told of every request that reaches a service, with its headers */
export async function testProject(
  seen: (service: string, headers: Readonly<Record<string, string | undefined>>) => void = () => {},
): Promise<TestProject> {
  const folder = mkdtempSync(join(tmpdir(), "testx-"));
  cpSync(join(root, "config"), join(folder, "config"), { recursive: true });
  const services = (await loadServices()).map((service) => ({
    ...service,
    handle(...[request, ...rest]: Parameters<typeof service.handle>) {
      seen(service.id, request.headers);
      return service.handle(request, ...rest);
    },
  }));
  const sandbox = await startSandbox({ services });
  return {
    folder,
    sandbox,
    run: (args, options = {}) =>
      testx(args, {
        cwd: folder,
        ...options,
        env: { ...sandbox.environment, ...impatient, ...options.env },
      }),
    writes: () =>
      sandbox
        .log()
        .filter(({ write }) => write)
        .map(({ service, method, path }) => `${service} ${method} ${path}`),
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A step beside those of the default sequence's Slack: one that is easy to meddle with. */
export const repositoryLink: JsonObject = {
  kind: "bookmark",
  with: {
    channel: "${slack.channel.id}",
    title: "Repository",
    link: "https://github.com/${env.GITHUB_REPOSITORY}",
    emoji: ":computer:",
  },
};
