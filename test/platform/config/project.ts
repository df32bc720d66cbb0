import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { TestxError } from "../../../src/core/failure.ts";
import type { ProviderSource } from "../../../src/core/settings.ts";
import { type Problem, problemsOf } from "../../../src/core/validate/problem.ts";
import { type LoadOptions, loadConfig } from "../../../src/platform/config/load.ts";
import { registry } from "../../../src/providers/registry.ts";

export const sequenceFile = "config/integrations/integration-sequence.json";
export const healthFile = "config/integrations/health-check-config.json";
export const retryFile = "config/integrations/retry-policies.json";
export const fallbackFile = "config/integrations/fallback-strategies.json";

export const providers: ProviderSource = {
  ids: () => Object.keys(registry),
  own: () => [],
  load: (id) => (registry[id] as () => ReturnType<ProviderSource["load"]>)(),
};

type Content = string | Uint8Array | object;

/** A project in a folder of its own, gone after the test. It is the root of its project. */
export function projectWith(files: Readonly<Record<string, Content>>): string {
  const folder = mkdtempSync(join(tmpdir(), "testx-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries({ ".git/HEAD": "", ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    const isText = typeof content === "string" || ArrayBuffer.isView(content);
    writeFileSync(
      join(folder, name),
      isText ? (content as string) : JSON.stringify(content, null, 2),
    );
  }
  return folder;
}

export function load(cwd: string, more: Partial<LoadOptions> = {}) {
  return loadConfig({ cwd, env: {}, providers, ...more });
}

/** The problems that loading ends with. Fails when there are none. */
export async function problemsOfLoading(
  cwd: string,
  more: Partial<LoadOptions> = {},
): Promise<readonly Problem[]> {
  try {
    await load(cwd, more);
  } catch (error) {
    if (error instanceof TestxError && error.code === "CONFIG_INVALID") {
      return problemsOf(error.failure.details);
    }
    throw error;
  }
  throw new Error("the configuration was accepted");
}

export interface Expected {
  readonly text: string;
  /** In order of the marks. */
  readonly places: readonly { readonly line: number; readonly column: number }[];
}

/** Takes the marks `▸` out of a text and tells where they stood. */
export function marked(text: string): Expected {
  const places: { line: number; column: number }[] = [];
  let clean = "";
  for (const part of text.split(/(▸)/)) {
    if (part !== "▸") clean += part;
    else {
      const lines = clean.split("\n");
      places.push({ line: lines.length, column: (lines.at(-1) as string).length + 1 });
    }
  }
  return { text: clean, places };
}
